import { randomUUID } from 'node:crypto'
import type { PGlite } from '@electric-sql/pglite'
import { createLog, createRedactor } from '../../../src/log.js'
import type { Connector, Content } from '../../../src/publisher/connectors/connector.js'
import { type Account, createConnector } from '../../../src/publisher/connectors/index.js'
import { createPolicy } from '../../../src/publisher/core/retry.js'
import type { PublisherDeps } from '../../../src/publisher/deps.js'
import { type Publisher, startPublisher } from '../../../src/publisher/publisher.js'
import type { Doorbell } from '../../../src/publisher/queue/queue.js'
import { syncAccounts } from '../../../src/store/accounts.js'
import { createPost } from '../../../src/store/create-post.js'
import type { Database } from '../../../src/store/database.js'
import { createId } from '../../../src/store/ids.js'
import { loadTargetsOf } from '../../../src/store/load-targets.js'
import { databaseOver } from '../../../src/store/open-embedded.js'
import { createSecretBox } from '../../../src/store/secret-box.js'
import type { StoredTarget } from '../../../src/store/stored-target.js'
import { createMemoryQueue } from './memory-queue.js'
import { createLife, type Life, mortalConnector, mortalDoorbell, mortalEngine } from './mortal.js'

/** Everything a publish runs on, except the process that dies. */
export interface Stage {
  readonly pglite: PGlite
  readonly account: Account
  readonly content: (marker: string) => Content
  readonly bytes: Uint8Array
  readonly publicUrl: string
  /** Whether an empty look-up counts on this platform; where it does not, asking is honest. */
  readonly provesAbsence: boolean
  /** How many copies of the post with this marker the audience sees. */
  live(marker: string): number
}

export interface Ending {
  /** Where the process was to die; absent when it was to live. */
  readonly point?: string
  /** Whether it came so far. */
  readonly died: boolean
  readonly status: StoredTarget['target']['state']['status']
  readonly live: number
  /** What is wrong with this ending, if anything. */
  readonly wrong?: string
}

const LEASE_MS = 400
const SETTLED = ['published', 'unconfirmed', 'failed', 'held', 'cancelled']

/**
 * Publishes once without dying to count the points, then once for each point, dying there and
 * letting a second process take over.
 */
export async function tryCrashPoints(stage: Stage): Promise<Ending[]> {
  const { ending, passed } = await publishAndDie(stage, undefined)
  const endings = [ending]
  for (const point of passed) endings.push((await publishAndDie(stage, point)).ending)
  return endings
}

async function publishAndDie(
  stage: Stage,
  point: string | undefined,
): Promise<{ ending: Ending; passed: readonly string[] }> {
  const queue = createMemoryQueue()
  const marker = randomUUID()
  const life = createLife(point)
  const first = await startProcess(stage, life, queue, 'first')
  const postId = await writePost(stage, marker)
  const settledAlive = waitUntilSettled(stage, postId)
  const diedAt = await Promise.race([life.death, settledAlive.then(() => undefined)])
  let second: Publisher | undefined
  if (diedAt !== undefined) second = await startProcess(stage, createLife(), queue, 'second')
  const { target } = await settledAlive
  const passed = life.passed()
  life.end()
  await (second ?? first).stop()
  await queue.close()
  const { status } = target.state
  const live = stage.live(marker)
  const wrong = judge(status, live, stage)
  const ending: Ending = {
    ...(point === undefined ? {} : { point }),
    died: diedAt !== undefined,
    status,
    live,
    ...(wrong === undefined ? {} : { wrong }),
  }
  return { ending, passed }
}

/** Never twice, never missed, never a lie; a question only where no machine can know. */
function judge(status: string, live: number, stage: Stage): string | undefined {
  if (live > 1) return `${live} copies are live`
  if (status === 'published') return live === 1 ? undefined : 'called published, and is not live'
  if (status !== 'unconfirmed') return `ended as ${status}`
  const { lookUp } = connectorOf(stage)
  const couldBeKnown = lookUp && (live === 1 || stage.provesAbsence)
  return couldBeKnown ? 'a needless question to a person' : undefined
}

async function startProcess(
  stage: Stage,
  life: Life,
  queue: Doorbell,
  name: string,
): Promise<Publisher> {
  const database = databaseOver(mortalEngine(stage.pglite, life))
  const connector = mortalConnector(connectorOf(stage), life)
  const deps: PublisherDeps = {
    database,
    now: Date.now,
    random: Math.random,
    log: createLog({ level: 'silent', redactor: createRedactor() }),
    policy: createPolicy({ settleBaseMs: 15, backoffBaseMs: 15 }),
    worker: name,
    leaseMs: LEASE_MS,
    requestTimeoutMs: 250,
    connector: () => connector,
    media: { bytes: async () => stage.bytes, publicUrl: () => stage.publicUrl },
  }
  return startPublisher(deps, mortalDoorbell(queue, life), { sweepEveryMs: 40 })
}

function connectorOf(stage: Stage): Connector {
  return createConnector(stage.account)
}

async function writePost(stage: Stage, marker: string): Promise<string> {
  const database = databaseOver(stage.pglite)
  const now = Date.now()
  await syncAccounts(database.orm, [stage.account], createSecretBox(new Uint8Array(32)), now)
  const id = createId('p', now, Math.random)
  await createPost(database.orm, {
    id,
    conversation: { chat: 'slack', teamId: 'T1', channelId: 'C1' },
    author: { id: 'U1', name: 'Maya' },
    text: marker,
    request: {},
    createdAt: now,
    targets: [
      {
        id: createId('t', now, Math.random),
        account: stage.account.name,
        platform: stage.account.platform,
        state: { status: 'queued', dueAt: now },
        content: stage.content(marker) as StoredTarget['content'],
        contentHash: marker,
        idempotencyKey: randomUUID(),
      },
    ],
  })
  return id
}

async function waitUntilSettled(stage: Stage, postId: string): Promise<StoredTarget> {
  const database: Database = databaseOver(stage.pglite)
  const deadline = Date.now() + 20_000
  for (;;) {
    const [stored] = await loadTargetsOf(database.orm, postId)
    if (stored && SETTLED.includes(stored.target.state.status)) return stored
    if (Date.now() > deadline) {
      throw new Error(`not settled after 20 s: ${JSON.stringify(stored?.target)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
