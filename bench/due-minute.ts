/**
 * Ten thousand posts due in the same minute, with a platform that answers at once: how fast they
 * are sent, in which order, how late, and what memory does meanwhile. Embedded, and also on servers
 * when TEST_DATABASE_URL (and TEST_REDIS_URL) name them: `npm run bench`, or
 * `tsx bench/due-minute.ts --posts 2000`.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { createLog, createRedactor } from '../src/log.js'
import type { Connector } from '../src/publisher/connectors/connector.js'
import { createPolicy } from '../src/publisher/core/retry.js'
import { startPublisher } from '../src/publisher/publisher.js'
import { openDoorbell } from '../src/publisher/queue/queue.js'
import { createPost } from '../src/store/create-post.js'
import { type Database, rows } from '../src/store/database.js'
import { accounts } from '../src/store/schema.js'
import { withEmbedded, withServer } from './databases.js'

const MINUTE = 60_000
const ACCOUNTS = 50
const log = createLog({ level: 'silent', redactor: createRedactor() })

/** A platform that takes everything at once, and remembers in which order. */
function createInstant(sent: string[]): Connector {
  return {
    platform: 'manual',
    retrySafety: '',
    check: () => [],
    where: () => '',
    checkCredentials: async () => ({ kind: 'ok', identity: 'bench' }),
    async publish({ targetId }, steps) {
      await steps.save({ prepared: true })
      sent.push(targetId)
      return { kind: 'published', remoteId: targetId }
    },
  }
}

/** Stores the posts; returns the ids of their targets in the order in which they are due. */
async function schedule({ orm }: Database, count: number, from: number): Promise<string[]> {
  const createdAt = new Date()
  await orm.insert(accounts).values(
    Array.from({ length: ACCOUNTS }, (_, index) => ({
      name: `a${index}`,
      platform: 'manual',
      credentials: '',
      fingerprint: '',
      createdAt,
    })),
  )
  const ids: string[] = []
  for (let first = 0; first < count; first += ACCOUNTS) {
    const targets = Array.from({ length: Math.min(ACCOUNTS, count - first) }, (_, index) => {
      const id = `t${randomUUID()}`
      ids.push(id)
      const publishAt = from + Math.floor(((first + index) / count) * MINUTE)
      return {
        id,
        account: `a${index}`,
        platform: 'manual',
        state: { status: 'scheduled', publishAt } as const,
        content: { text: 'Hello', media: [] },
        contentHash: id,
        idempotencyKey: id,
      }
    })
    await createPost(orm, {
      id: `p${randomUUID()}`,
      conversation: { chat: 'api', teamId: 'bench', channelId: 'bench' },
      author: { id: 'bench', name: 'bench' },
      text: 'Hello',
      request: {},
      createdAt: createdAt.getTime(),
      targets,
    })
  }
  return ids
}

async function run(title: string, database: Database, redisUrl: string | undefined, count: number) {
  const sent: string[] = []
  const connector = createInstant(sent)
  const doorbell = await openDoorbell({ redisUrl, database, log, prefix: `bench-${randomUUID()}` })
  const from = Date.now() + Math.max(5_000, count * 3)
  const due = await schedule(database, count, from)
  const publisher = await startPublisher(
    {
      database,
      now: Date.now,
      random: Math.random,
      log,
      policy: createPolicy({ settleBaseMs: 5_000, backoffBaseMs: 5_000 }),
      worker: 'bench',
      leaseMs: 45_000,
      requestTimeoutMs: 30_000,
      connector: () => connector,
      media: { bytes: async () => new Uint8Array(), publicUrl: () => '' },
    },
    doorbell,
  )
  await sleep(Math.max(0, from - Date.now()))
  const memory: number[] = []
  while (sent.length < count && Date.now() - from < 30 * MINUTE) {
    memory.push(process.memoryUsage().rss / 2 ** 20)
    await sleep(500)
  }
  await sleep(1_000)
  const [end] = await rows<{ live: number; last: number; late: number[] }>(
    database.orm,
    sql`select count(*)::int as live, max((state ->> 'publishedAt')::float8) as last,
      percentile_cont(array[0.5, 0.99]) within group
        (order by (state ->> 'publishedAt')::float8 - extract(epoch from due_since) * 1000) as late
      from pressroom.targets where status = 'published'`,
  )
  await publisher.stop()
  await doorbell.empty()
  await doorbell.close()
  const rank = new Map(due.map((id, index) => [id, index]))
  const moved = sent.map((id, index) => Math.abs((rank.get(id) ?? 0) - index)).sort((a, b) => a - b)
  const at = (share: number) => moved[Math.floor(moved.length * share)] ?? 0
  const seconds = ((end?.last ?? from) - from) / 1000
  const half = Math.floor(memory.length / 2)
  const most = (list: readonly number[]) => Math.round(Math.max(0, ...list))
  const [median = 0, p99 = 0] = end?.late ?? []
  process.stdout.write(
    [
      `${title}: ${end?.live} of ${count} live, ${new Set(sent).size} sent, ${sent.length - new Set(sent).size} twice`,
      `  ${seconds.toFixed(1)} s from the first due to the last live: ${Math.round(count / seconds)} a second`,
      `  late: median ${Math.round(median)} ms, 99 of 100 within ${Math.round(p99)} ms`,
      `  order: half within ${at(0.5)} places of their due time's, 99 of 100 within ${at(0.99)}, all within ${at(1 - 1 / count)}`,
      `  memory: at most ${most(memory.slice(0, half))} MB in the first half, ${most(memory.slice(half))} MB in the second`,
      '',
    ].join('\n'),
  )
}

const { values } = parseArgs({ options: { posts: { type: 'string', default: '10000' } } })
const count = Number(values.posts)
await withEmbedded((database) => run('embedded', database, undefined, count))
const { TEST_DATABASE_URL: url, TEST_REDIS_URL: redisUrl } = process.env
if (url) {
  const title = redisUrl ? 'Postgres and Redis' : 'Postgres'
  await withServer(url, (database) => run(title, database, redisUrl, count))
}
