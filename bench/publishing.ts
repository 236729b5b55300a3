/**
 * What the safety costs: the product's worker beside a bare one, on the same queue and store, to the
 * same stand-in of a platform that answers at once: `npm run bench`, or
 * `tsx bench/publishing.ts --posts 100`. The bare worker sends one request
 * a job and writes the outcome down; it loses and doubles posts as soon as anything goes wrong.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { createLog, createRedactor } from '../src/log.js'
import { accountSchema } from '../src/publisher/connectors/index.js'
import { openDoorbell } from '../src/publisher/queue/queue.js'
import { createSandbox } from '../src/sandbox/platforms/index.js'
import { type Database, rows } from '../src/store/database.js'
import { withEmbedded, withServer } from './databases.js'
import { askFor, startWorker } from './publisher.js'
import { accountEntry, createAccounts, sandboxAccounts } from './storm/accounts.js'
import { publishNaively } from './storm/naive-publish.js'

const { values } = parseArgs({ options: { posts: { type: 'string' } } })
const POSTS = Number(values.posts ?? 300)
const CONCURRENCY = 20

interface Engine {
  readonly name: string
  readonly redisUrl?: string
  work<T>(work: (database: Database) => Promise<T>): Promise<T>
}

function engines(): readonly Engine[] {
  const { TEST_DATABASE_URL: url, TEST_REDIS_URL: redisUrl } = process.env
  const embedded: Engine = { name: 'embedded', work: withEmbedded }
  if (!url || !redisUrl) return [embedded]
  const servers: Engine = {
    name: 'Postgres and Redis',
    redisUrl,
    work: (work) => withServer(url, work),
  }
  return [embedded, servers]
}

/** @returns seconds for all posts, from the first being queued until the last is known to be live */
async function measure(
  database: Database,
  engine: Engine,
): Promise<{ bare: number; safe: number; live: number }> {
  const accounts = createAccounts(2).filter(({ platform }) => platform === 'mastodon')
  const [first, second] = accounts
  if (!first || !second) throw new Error('the platform has no accounts')
  const sandbox = createSandbox({ accounts: sandboxAccounts(accounts) ?? {}, quotas: false })
  const { url, close } = await sandbox.listen()
  const prefix = `bench-${randomUUID().slice(0, 8)}`
  const queue = { database, log: createLog({ level: 'silent', redactor: createRedactor() }) }
  const redis = engine.redisUrl ? { redisUrl: engine.redisUrl } : {}
  try {
    const bell = await openDoorbell({ ...queue, ...redis, prefix: `${prefix}-bare` })
    const { orm } = database
    await orm.execute(sql`create table pressroom.bare (id text primary key, status text)`)
    const answering = await bell.answer({ concurrency: CONCURRENCY }, async (id) => {
      const post = { text: `The harbour is open again, says ${id}`, pictureUrl: '' }
      const sending = publishNaively(first, post, { sandboxUrl: url, timeoutMs: 10_000 })
      // What goes wrong is lost to it, and must not be waited for.
      const status = await sending.then(
        () => 'published',
        () => 'lost',
      )
      await orm.execute(sql`update pressroom.bare set status = ${status} where id = ${id}`)
    })
    const bare = await seconds(async () => {
      for (let n = 0; n < POSTS; n++) {
        await orm.execute(sql`insert into pressroom.bare values (${`b${n}`}, 'queued')`)
        await bell.ring([{ targetId: `b${n}`, version: 1, dueAt: 0 }], Date.now())
      }
      await untilNone(
        database,
        sql`select count(*)::int as open from pressroom.bare where status = 'queued'`,
      )
    })
    await answering.stop()
    await bell.close()

    const account = accountSchema.parse(accountEntry(second, url))
    const worker = await startWorker(database, [account], { ...redis, prefix })
    const safe = await seconds(async () => {
      for (let n = 0; n < POSTS; n++) await askFor(database, account, `s${n}`)
      await untilNone(
        database,
        sql`select count(*)::int as open from pressroom.targets where status <> 'published'`,
      )
    })
    await worker.stop()
    const live = sandbox.live('mastodon').length
    return { bare, safe, live }
  } finally {
    await close()
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1_000
}

async function untilNone({ orm }: Database, count: ReturnType<typeof sql>): Promise<void> {
  for (;;) {
    const [row] = await rows<{ open: number }>(orm, count)
    if (row?.open === 0) return
    await sleep(20)
  }
}

console.log(`publishing ${POSTS} posts, one request each, to a platform that answers at once\n`)
console.log(
  `${'engine'.padEnd(22)}${'bare worker'.padStart(16)}${'pressroom'.padStart(16)}${'ratio'.padStart(8)}`,
)
for (const engine of engines()) {
  const { bare, safe, live } = await engine.work((database) => measure(database, engine))
  if (live !== 2 * POSTS) throw new Error(`${live} posts are live, not ${2 * POSTS}`)
  const rate = (s: number) => `${Math.round(POSTS / s)} posts/s`
  console.log(
    `${engine.name.padEnd(22)}${rate(bare).padStart(16)}${rate(safe).padStart(16)}${(safe / bare).toFixed(1).padStart(8)}`,
  )
}
