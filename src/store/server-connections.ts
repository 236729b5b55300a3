import pg from 'pg'
import { answerWithinMs } from './statement-time.js'

/** Opening a connection, and waiting for a free one, takes at most so long. */
const CONNECT_WITHIN_MS = 20_000

/**
 * Connections to a server, opened as they are needed, `max` at most. What breaks off fails the
 * statement that was under way and nothing else; the next statement opens a new connection.
 */
export function connect(url: string, max: number): pg.Pool {
  const pool = new pg.Pool({ ...settingsOf(url), max, idleTimeoutMillis: 60_000 })
  pool.on('error', () => {}) // an idle connection that the server closed is opened again
  // A statement learns by itself that its connection broke; without a listener the process would end.
  pool.on('connect', (client) => void client.on('error', () => {}))
  return pool
}

/**
 * The same for the statements of the program, none of which waits for its answer for ever: then its
 * connection counts as broken, and leaves the pool whether its user gives it back or not.
 * @param ordinaryMs in place of the ordinary time (tests)
 */
export function connectInTime(url: string, max: number, ordinaryMs?: number): pg.Pool {
  const pool = connect(url, max)
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown
    const inTime = (asked: unknown, values: unknown, ...rest: unknown[]) => {
      const answer = query(withTime(asked, values, ordinaryMs), values, ...rest)
      if (answer instanceof Promise) answer.catch((error) => leaveWhenBroken(client, error))
      return answer
    }
    client.query = inTime as typeof client.query
  })
  return pool
}

function withTime(asked: unknown, values: unknown, ordinaryMs: number | undefined): unknown {
  const config = typeof asked === 'string' ? { text: asked } : (asked as pg.QueryConfig)
  const given = Array.isArray(values) ? values : (config.values ?? [])
  return { ...config, query_timeout: answerWithinMs(config.text, given, ordinaryMs) }
}

/** A transaction that could not begin never gives its connection back, and any other gives it back as sound. */
function leaveWhenBroken(client: pg.PoolClient, error: unknown): void {
  if (!isAway(error)) return
  client.release(error as Error)
  client.release = () => {}
}

const ANSWER_WITHIN_MS = 10_000

/**
 * Works with one connection, and gives up when the server does not answer in time.
 * @throws what the work throws, or an Error that says that there was no answer
 */
export async function withinTime<T>(
  url: string,
  work: (pool: pg.Pool) => Promise<T>,
  withinMs = ANSWER_WITHIN_MS,
): Promise<T> {
  const pool = connect(url, 1)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    const silent = new Error(`it did not answer within ${withinMs / 1000} seconds`)
    timer = setTimeout(() => reject(silent), withinMs)
  })
  const working = work(pool)
  working.catch(() => {}) // told by the race, unless it comes too late
  try {
    return await Promise.race([working, late])
  } finally {
    clearTimeout(timer)
    void pool.end().catch(() => {})
  }
}

/** How every connection to the server at `url` is made. */
export function settingsOf(url: string): pg.ClientConfig {
  const address = new URL(url)
  // `sslmode=require` asks for encryption, as everywhere else in Postgres, and for no certificate.
  if (address.searchParams.has('sslmode')) address.searchParams.set('uselibpqcompat', 'true')
  return {
    connectionString: address.href,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    application_name: 'pressroom',
  }
}

/** Codes of Postgres (classes 08 and 57P) and of sockets. */
const AWAY_CODES = /^(08|57P)|^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN)/
/** What the driver says without a code. */
const AWAY_WORDS =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|Query read timeout|timeout exceeded when trying to connect|timeout expired)/

/** Whether a statement failed because the database is away, and not for what it says. Pure. */
export function isAway(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code = '' } = cause as { code?: unknown }
    if (AWAY_CODES.test(String(code)) || AWAY_WORDS.test(cause.message)) return true
  }
  return false
}
