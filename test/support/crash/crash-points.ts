import { randomUUID } from 'node:crypto'
import type { PGlite } from '@electric-sql/pglite'
import { createAnnouncer } from '../../../src/bot/announce.js'
import type { BotDeps } from '../../../src/bot/deps.js'
import { createSlackChat, createSlackClient } from '../../../src/bot/slack/chat.js'
import { createLog, createRedactor } from '../../../src/log.js'
import type { Connector, Content } from '../../../src/publisher/connectors/connector.js'
import { type Account, createConnector } from '../../../src/publisher/connectors/index.js'
import { createPolicy } from '../../../src/publisher/core/retry.js'
import type { PublisherDeps } from '../../../src/publisher/deps.js'
import { startPublisher } from '../../../src/publisher/publisher.js'
import type { Doorbell } from '../../../src/publisher/queue/queue.js'
import type { SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { syncAccounts } from '../../../src/store/accounts.js'
import { createPost } from '../../../src/store/create-post.js'
import type { Database } from '../../../src/store/database.js'
import { createId } from '../../../src/store/ids.js'
import { loadTargetsOf } from '../../../src/store/load-targets.js'
import { databaseOver } from '../../../src/store/open-embedded.js'
import { loadPost } from '../../../src/store/posts.js'
import { createSecretBox } from '../../../src/store/secret-box.js'
import type { StoredTarget } from '../../../src/store/stored-target.js'
import { createMemoryQueue } from './memory-queue.js'
import {
  createLife,
  type Life,
  mortalChat,
  mortalConnector,
  mortalDoorbell,
  mortalEngine,
} from './mortal.js'

/** Everything a publish runs on, except the process that dies. */
export interface Stage {
  readonly pglite: PGlite
  readonly account: Account
  readonly content: (marker: string) => Content
  readonly bytes: Uint8Array
  readonly slack: SlackWorkspace
  /** The Web API root of `slack`. */
  readonly slackApiUrl: string
  readonly channelId: string
  readonly publicUrl: string
  /** Whether an empty look-up counts on this platform; where it does not, asking is honest. */
  readonly provesAbsence: boolean
  /** Runs before each publish: what is to go wrong with it, besides the death. */
  prepare?(): void
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

const LEASE_MS = 700
const REQUEST_TIMEOUT_MS = 500
/** Only a machine that is busy with other work takes so long. */
const SETTLES_WITHIN_MS = 60_000
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

/** Publishes once, dying at this point, and lets a second process take over. */
export async function tryCrashPoint(stage: Stage, point: string): Promise<Ending> {
  return (await publishAndDie(stage, point)).ending
}

async function publishAndDie(
  stage: Stage,
  point: string | undefined,
): Promise<{ ending: Ending; passed: readonly string[] }> {
  const queue = createMemoryQueue()
  const marker = randomUUID()
  const life = createLife(point)
  stage.prepare?.()
  const first = await startProcess(stage, life, queue, 'first')
  const postId = await writePost(stage, marker)
  const told = waitUntilSettled(stage, postId).then(async (stored) => {
    await waitUntilTold(stage, postId)
    return stored
  })
  const died = await Promise.race([life.death.then(() => true), told.then(() => false)])
  // Nothing of a dead process takes effect any more; without this its clocks would go on for ever.
  if (died) void first.stop()
  const second = died ? await startProcess(stage, createLife(), queue, 'second') : undefined
  const { target, id } = await told.catch((error: Error) => {
    throw new Error(`${point ?? 'alive'}: ${error.message}`)
  })
  const passed = [...life.passed()]
  // Killed now, it would leave what it is just at without an end, and its stop with it.
  life.spare()
  await (second ?? first).stop()
  await queue.close()
  const { status } = target.state
  const live = stage.live(marker)
  const wrong = judge(status, live, stage) ?? judgeChat(stage, postId, id, status)
  const ending: Ending = {
    ...(point === undefined ? {} : { point }),
    died,
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

interface Process {
  stop(): Promise<void>
}

/** Bot and workers as one process runs them, with every effect mortal. */
async function startProcess(
  stage: Stage,
  life: Life,
  queue: Doorbell,
  name: string,
): Promise<Process> {
  const database = databaseOver(mortalEngine(stage.pglite, life))
  const connector = mortalConnector(connectorOf(stage), life)
  const shared = {
    database,
    now: Date.now,
    random: Math.random,
    log: createLog({ level: 'silent', redactor: createRedactor() }),
    // Patient, because a busy machine alone must not make anything fail.
    policy: createPolicy({
      settleBaseMs: 30,
      backoffBaseMs: 15,
      maxAttempts: 50,
      maxLookUpErrors: 50,
    }),
  }
  const deps: PublisherDeps = {
    ...shared,
    worker: name,
    leaseMs: LEASE_MS,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    connector: () => connector,
    media: { bytes: async () => stage.bytes, publicUrl: () => stage.publicUrl },
  }
  const botDeps: BotDeps = {
    ...shared,
    timeZone: 'UTC',
    platforms: {
      images: () => undefined,
      linkCard: () => undefined,
      check: () => [],
      retrySafety: () => connector.retrySafety,
      canRemove: () => true,
      capabilities: () => ({ canLookUp: connector.lookUp !== undefined, canVerify: false }),
    },
    channelTargets: () => undefined,
    media: { allowPrivate: true, servesMedia: true },
  }
  const chat = createSlackChat({
    client: createSlackClient(stage.slack.botToken, stage.slackApiUrl),
    timeZone: 'UTC',
    bytes: async () => stage.bytes,
  })
  const announcer = createAnnouncer(botDeps, [mortalChat(chat, life)], QUICK)
  const publisher = await startPublisher(deps, mortalDoorbell(queue, life), { sweepEveryMs: 40 })
  await announcer.start()
  return {
    async stop() {
      await publisher.stop()
      await announcer.stop()
    },
  }
}

/** The waits of telling, short enough to die a hundred times. */
const QUICK: Parameters<typeof createAnnouncer>[2] = {
  sweepEveryMs: 50,
  leaseMs: 500,
  settleMs: 0,
  editGapMs: 0,
  lingerMs: 20,
  companyMs: 20,
  lookAfterMs: 20,
  absentAfterMs: 100,
  backoffMs: 20,
  closedMs: 100,
}

/** One message for the post and one for the target, and what they say is true. */
function judgeChat(
  stage: Stage,
  postId: string,
  targetId: string,
  status: string,
): string | undefined {
  const own = stage.slack
    .messages(stage.channelId)
    .filter(({ metadata }) => metadata?.event_type === 'pressroom_post')
    .filter(({ metadata }) => metadata?.event_payload.postId === postId)
  if (own.length !== 1) return `${own.length} messages stand for the post`
  const thread = stage.slack.replies(stage.channelId, own[0]?.ts ?? '')
  const about = thread.filter(({ metadata }) => metadata?.event_payload.targetId === targetId)
  if (about.length !== 1) return `${about.length} messages stand for the target`
  const told = about[0]?.metadata?.event_payload.state
  if (told !== status) return `the thread says ${told}, the store ${status}`
  const said = thread.flatMap(({ metadata }) => metadata?.event_payload.key ?? [])
  return new Set(said).size === said.length ? undefined : 'the same was said twice'
}

async function waitUntilTold(stage: Stage, postId: string): Promise<void> {
  const { orm } = databaseOver(stage.pglite)
  const deadline = Date.now() + SETTLES_WITHIN_MS
  for (;;) {
    const post = (await loadPost(orm, postId))?.post
    if (post && post.told >= post.changed) return
    if (Date.now() > deadline)
      throw new Error(
        `the thread has not caught up after ${SETTLES_WITHIN_MS / 1_000} s: ${JSON.stringify(post)}`,
      )
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
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
    conversation: { chat: 'slack', teamId: stage.slack.team.id, channelId: stage.channelId },
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
  const deadline = Date.now() + SETTLES_WITHIN_MS
  for (;;) {
    const [stored] = await loadTargetsOf(database.orm, postId)
    if (stored && SETTLED.includes(stored.target.state.status)) return stored
    if (Date.now() > deadline) {
      throw new Error(
        `not settled after ${SETTLES_WITHIN_MS / 1_000} s: ${JSON.stringify(stored?.target)}`,
      )
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
