import { randomUUID } from 'node:crypto'
import { createLog, createRedactor } from '../src/log.js'
import { type Account, createConnector } from '../src/publisher/connectors/index.js'
import { createPolicy } from '../src/publisher/core/retry.js'
import type { PublisherDeps } from '../src/publisher/deps.js'
import { startPublisher } from '../src/publisher/publisher.js'
import { openDoorbell } from '../src/publisher/queue/queue.js'
import { syncAccounts } from '../src/store/accounts.js'
import { createPost, type NewTarget } from '../src/store/create-post.js'
import type { Database } from '../src/store/database.js'
import { createId } from '../src/store/ids.js'
import { createSecretBox } from '../src/store/secret-box.js'
import { IMAGE, sampleMedia } from '../test/support/sample-media.js'
import { takesText } from './storm/accounts.js'

const REQUEST_TIMEOUT_MS = 6_000
const LEASE_MS = 20_000

/** The product's workers on a store, without a chat. */
export async function startWorker(
  database: Database,
  accounts: readonly Account[],
  options: { redisUrl?: string | undefined; prefix?: string } = {},
): Promise<{ stop(): Promise<void> }> {
  const connectors = new Map(accounts.map((account) => [account.name, createConnector(account)]))
  const log = createLog({ level: 'silent', redactor: createRedactor() })
  const deps: PublisherDeps = {
    database,
    now: Date.now,
    random: Math.random,
    log,
    policy: createPolicy({ settleBaseMs: 100, backoffBaseMs: 50 }),
    worker: 'bench',
    leaseMs: LEASE_MS,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    connector: (name) => connectors.get(name),
    media: sampleMedia,
  }
  await syncAccounts(database.orm, accounts, createSecretBox(new Uint8Array(32)), Date.now())
  const doorbell = await openDoorbell({ database, log, ...options })
  const publisher = await startPublisher(deps, doorbell)
  return {
    async stop() {
      await publisher.stop()
      await doorbell.close()
    },
  }
}

/** Queues one post to one account. */
export async function askFor(
  database: Database,
  { name, platform }: Account,
  about = name,
): Promise<{ name: string; postId: string }> {
  const at = Date.now()
  const postId = createId('p', at, Math.random)
  const text = `The harbour is open again, says ${about}`
  const target: NewTarget = {
    id: createId('t', at, Math.random),
    account: name,
    platform,
    state: { status: 'queued', dueAt: at },
    content: { text, media: platform === 'manual' || takesText(platform) ? [] : [{ ...IMAGE }] },
    contentHash: about,
    idempotencyKey: randomUUID(),
  }
  await createPost(database.orm, {
    id: postId,
    conversation: { chat: 'api', teamId: 'bench', channelId: 'bench' },
    author: { id: 'U1', name: 'Maya' },
    text,
    request: {},
    createdAt: at,
    targets: [target],
  })
  return { name, postId }
}
