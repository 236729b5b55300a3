import {
  createPostgresBackend,
  Queue,
  type QueueOptions,
  runMigrations,
  Worker,
  type WorkerOptions,
} from 'bullmq'
import { Redis } from 'ioredis'
import type { Log } from '../../log.js'
import type { Pages } from '../../server.js'
import type { Database } from '../../store/database.js'
import { QUEUE_POOL_SIZE } from '../../store/pool.js'
import { VERSION } from '../../version.js'
import { createBoard } from './board.js'
import { createPglitePool } from './pglite-pool.js'

/** A bell for one target at one version: ringing it twice is one job. */
export interface Bell {
  readonly targetId: string
  readonly version: number
  /** Milliseconds since 1970. */
  readonly dueAt: number
}

/**
 * The doorbell: it says that a target has something to do, never what. The store is the truth;
 * losing every bell loses nothing, because the sweep rings again.
 */
export interface Doorbell {
  ring(bells: readonly Bell[], now: number): Promise<void>
  /** Starts answering bells. `answer` must not throw for what it can handle. */
  answer(
    options: { concurrency: number },
    answer: (targetId: string) => Promise<void>,
  ): Promise<{ stop(): Promise<void> }>
  /** Bells that wait or are being answered. */
  depth(): Promise<number>
  /** @throws when a queue that is not the database does not answer */
  ping(): Promise<void>
  /** Throws every bell away (tests and storms). */
  empty(): Promise<void>
  close(): Promise<void>
}

/** One that can also be looked at. */
export interface ShownDoorbell extends Doorbell {
  /** Pages that show the bells and change none; `basePath` is taken off the requests before. */
  board(basePath: string): Promise<Pages>
}

/** The queue could not be opened; the message says which one and what to do. */
export class QueueUnavailableError extends Error {
  override readonly name = 'QueueUnavailableError'
}

const QUEUE = 'targets'

/** Without a sign of life from whoever answers a bell for so long, it counts as unanswered. */
const ANSWERER_GONE_MS = 5_000

/**
 * BullMQ on Redis when `redisUrl` is given, else on the database, by the same code.
 * @throws QueueUnavailableError when Redis does not answer
 */
export async function openDoorbell(options: {
  redisUrl?: string | undefined
  database: Database
  log: Log
  /** Whether spans are made of what is rung and answered. */
  traces?: boolean
  /** Separates several installations (and tests) on one server. */
  prefix?: string
}): Promise<ShownDoorbell> {
  const { log, prefix = 'pressroom' } = options
  const tracing = options.traces ? await loadTracing() : {}
  return options.redisUrl
    ? onRedis(options.redisUrl, prefix, log, tracing)
    : onDatabase(options.database, prefix, log, tracing)
}

type Tracing = Pick<QueueOptions, 'telemetry'>

/** BullMQ's spans go to whatever OpenTelemetry SDK was loaded before the program, or nowhere. */
async function loadTracing(): Promise<Tracing> {
  const { BullMQOtel } = await import('bullmq-otel')
  return { telemetry: new BullMQOtel({ tracerName: 'pressroom', version: VERSION }) }
}

async function onRedis(
  url: string,
  prefix: string,
  log: Log,
  tracing: Tracing,
): Promise<ShownDoorbell> {
  const connect = (forWorker: boolean) => {
    const redis = new Redis(url, {
      // BullMQ wants a worker's commands to wait for Redis to come back, however long it takes.
      maxRetriesPerRequest: null,
      enableOfflineQueue: forWorker,
      retryStrategy: (times) => Math.min(200 * times, 2_000),
      lazyConnect: true,
    })
    redis.on('error', (error) => log.debug({ error: error.message }, 'redis'))
    return redis
  }
  const shared = connect(false)
  await reachable(shared, url)
  const blocking = connect(true)
  await reachable(blocking, url).catch((error) => {
    shared.disconnect()
    throw error
  })
  const queue = new Queue<Bell>(QUEUE, { connection: shared, prefix, ...tracing })
  return doorbell(
    queue,
    log,
    (name, run, opts) =>
      new Worker<Bell>(name, run, { ...opts, connection: blocking, prefix, ...tracing }),
    async () => {
      await shared.ping()
    },
    async () => {
      shared.disconnect()
      blocking.disconnect()
    },
  )
}

async function reachable(redis: Redis, url: string): Promise<void> {
  // What is thrown says only that the connection is closed; why stands in the event before.
  let why: Error | undefined
  redis.on('error', (error) => {
    why ??= error
  })
  try {
    await redis.connect()
    await redis.ping()
  } catch (error) {
    redis.disconnect()
    throw unreachable(url, why ?? error)
  }
}

/** What went wrong with the Redis at `url`, for a person, without its password. */
export function unreachable(url: string, error: unknown): QueueUnavailableError {
  const where = URL.canParse(url) ? new URL(url).host : 'the given address'
  return new QueueUnavailableError(
    `REDIS_URL: cannot reach Redis on ${where} (${(error as Error).message}). Start it, correct the address, or unset REDIS_URL to keep the queue in the database.`,
  )
}

async function onDatabase(
  { driver }: Database,
  prefix: string,
  log: Log,
  tracing: Tracing,
): Promise<ShownDoorbell> {
  let connection: unknown
  if (driver.engine === 'embedded') {
    const pool = createPglitePool(driver.pglite)
    await runMigrations(pool, 'bullmq', {})
    await driver.pglite.exec('set search_path to bullmq, public')
    connection = pool
  } else {
    connection = {
      connectionString: driver.url,
      schema: 'bullmq',
      migrate: true,
      max: QUEUE_POOL_SIZE,
    }
  }
  // Two installations in one database tell their queues apart by name; there is no key prefix.
  const name = prefix === 'pressroom' ? QUEUE : `${prefix}-${QUEUE}`
  const options = { connection, ...tracing } as unknown as QueueOptions
  const queue = new Queue<Bell>(
    name,
    options as never,
    createPostgresBackend as never,
  ) as unknown as Queue<Bell>
  await queue.waitUntilReady()
  return doorbell(
    queue,
    log,
    (queueName, run, opts) =>
      new Worker<Bell>(
        queueName,
        run,
        { ...opts, ...options } as never,
        createPostgresBackend as never,
      ) as unknown as Worker<Bell>,
    async () => {},
    async () => {},
  )
}

function doorbell(
  queue: Queue<Bell>,
  log: Log,
  createWorker: (
    name: string,
    run: (job: { data: Bell }) => Promise<void>,
    options: Omit<WorkerOptions, 'connection'>,
  ) => Worker<Bell>,
  ping: () => Promise<void>,
  disconnect: () => Promise<void>,
): ShownDoorbell {
  queue.on('error', (error) => log.warn({ error: error.message }, 'queue'))
  return {
    async ring(bells, now) {
      if (bells.length === 0) return
      await queue.addBulk(
        bells.map((bell) => ({
          name: 'due',
          data: bell,
          opts: {
            jobId: `target-${bell.targetId}-${bell.version}`,
            delay: Math.max(0, bell.dueAt - now),
            removeOnComplete: true,
            removeOnFail: true,
            attempts: 1,
          },
        })),
      )
    },
    async answer({ concurrency }, answer) {
      const worker = createWorker(queue.name, ({ data }) => answer(data.targetId), {
        concurrency,
        // A bell that a dead process was answering is answered by another soon. Should the first one
        // still be at it, the claim in the store decides.
        lockDuration: ANSWERER_GONE_MS,
        stalledInterval: ANSWERER_GONE_MS / 2,
        maxStalledCount: 1_000,
      })
      worker.on('error', (error) => log.warn({ error: error.message }, 'queue worker'))
      worker.on('failed', (job, error) =>
        log.error(
          { targetId: job?.data.targetId, error: error.message },
          'a bell was not answered; the sweep rings again',
        ),
      )
      await worker.waitUntilReady()
      return { stop: () => worker.close() }
    },
    async depth() {
      const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized')
      return Object.values(counts).reduce((sum, count) => sum + count, 0)
    },
    ping,
    board: (basePath) => createBoard(queue, basePath),
    async empty() {
      await queue.obliterate({ force: true })
    },
    async close() {
      await queue.close()
      await disconnect()
    },
  }
}
