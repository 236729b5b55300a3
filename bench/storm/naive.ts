import { createPostgresBackend, Queue, runMigrations, Worker } from 'bullmq'
import { sql } from 'drizzle-orm'
import { Redis } from 'ioredis'
import { createPglitePool } from '../../src/publisher/queue/pglite-pool.js'
import { type Database, rows } from '../../src/store/database.js'
import { openEmbedded } from '../../src/store/open-embedded.js'
import { openServer } from '../../src/store/open-server.js'
import type { StormAccount } from './accounts.js'
import { WAITS } from './measures.js'
import { publishNaively } from './naive-publish.js'

/**
 * What most schedulers do: one job per target, five attempts with exponential backoff, and the
 * outcome written down afterwards. The same queue on the same servers, and no ledger.
 */
const { accounts, sandboxUrl }: { accounts: StormAccount[]; sandboxUrl: string } = JSON.parse(
  process.env.STORM_NAIVE ?? '{}',
)
const mode = process.argv[2]
const ATTEMPTS = 5

interface Job {
  readonly id: string
  readonly account: string
  readonly marker: string
}

process.on('disconnect', () => process.exit(1))

const database = process.env.DATABASE_URL
  ? await openServer(process.env.DATABASE_URL)
  : await openEmbedded(process.env.PRESSROOM_DATA_DIR ?? '')
const { orm } = database
await orm.execute(sql`create schema if not exists naive`)
await orm.execute(
  sql`create table if not exists naive.targets (id text primary key, marker text, account text, status text)`,
)
const connect = await connection(database)
const [options, backend] = connect()
const queue = new Queue<Job>('naive', options as never, backend) as Queue<Job>
queue.on('error', () => {})

const setStatus = (id: string, status: string) =>
  orm.execute(sql`update naive.targets set status = ${status} where id = ${id}`)

if (mode !== 'bot') {
  const [own] = connect()
  const worker = new Worker<Job>(
    'naive',
    async ({ data }) => {
      const account = accounts.find(({ name }) => name === data.account)
      if (!account) throw new Error('no such account')
      const post = {
        text: `${data.marker} The harbour is open again`,
        pictureUrl: `${sandboxUrl}/picture.jpg`,
      }
      await publishNaively(account, post, { sandboxUrl, timeoutMs: WAITS.requestTimeoutMs })
      await setStatus(data.id, 'published')
    },
    {
      ...own,
      concurrency: 20,
      lockDuration: WAITS.leaseMs,
      stalledInterval: WAITS.leaseMs,
    } as never,
    backend,
  )
  worker.on('error', () => {})
  worker.on('failed', (job) => {
    if (job && job.attemptsMade >= ATTEMPTS) setStatus(job.data.id, 'failed').catch(() => {})
  })
}

process.on('message', (message: { ask: string; jobs?: Job[] }) => {
  const answer = message.jobs ? take(message.jobs) : open()
  answer.then(
    (value) => process.send?.({ answer: message.ask, value }),
    () => {}, // whoever asked will ask again
  )
})
process.on('SIGTERM', () => process.exit(0))
process.send?.('ready')

async function take(jobs: readonly Job[]): Promise<void> {
  for (const { id, marker, account } of jobs) {
    await orm.execute(
      sql`insert into naive.targets values (${id}, ${marker}, ${account}, 'queued') on conflict do nothing`,
    )
  }
  await queue.addBulk(
    jobs.map((data) => ({
      name: 'publish',
      data,
      opts: {
        jobId: data.id,
        attempts: ATTEMPTS,
        backoff: { type: 'exponential', delay: WAITS.backoffMs },
        // Kept, so that asking twice adds nothing.
        removeOnComplete: false,
        removeOnFail: false,
      },
    })),
  )
}

async function open(): Promise<number> {
  const [row] = await rows<{ open: number }>(
    orm,
    sql`select count(*)::int as open from naive.targets where status = 'queued'`,
  )
  return row?.open ?? 0
}

/** What a queue and a worker are given to reach the engine. */
async function connection({ driver }: Database): Promise<() => [object, never]> {
  const redisUrl = process.env.REDIS_URL
  if (redisUrl) {
    return () => {
      const redis = new Redis(redisUrl, { maxRetriesPerRequest: null })
      redis.on('error', () => {})
      return [{ connection: redis }, undefined as never]
    }
  }
  if (driver.engine !== 'embedded') throw new Error('servers need a Redis')
  const pool = createPglitePool(driver.pglite)
  await runMigrations(pool, 'bullmq', {})
  await driver.pglite.exec('set search_path to bullmq, public')
  return () => [{ connection: pool }, createPostgresBackend as never]
}
