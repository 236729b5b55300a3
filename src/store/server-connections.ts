import pg from 'pg'
import type { Channel } from './database.js'

/** Opening a connection, and waiting for a free one, takes at most so long. */
const CONNECT_WITHIN_MS = 20_000
const LISTEN_AGAIN_MS = 250
const LISTEN_AGAIN_AT_MOST_MS = 5_000

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

/** What one connection of its own hears, for as long as it is not closed. */
export interface Listener {
  /** @returns once it listens; the function ends that */
  listen(channel: Channel, hear: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

/** Listens on one connection, opened with the first channel, and again whenever it breaks off. */
export function createListener(url: string): Listener {
  const hearers = new Map<Channel, Set<(payload: string) => void>>()
  let open: Promise<pg.Client> | undefined
  let closed = false

  async function dial(): Promise<pg.Client> {
    const client = new pg.Client(settingsOf(url))
    client.on('error', () => {})
    client.on('notification', ({ channel, payload = '' }) => {
      for (const hear of hearers.get(channel as Channel) ?? []) hear(payload)
    })
    try {
      await client.connect()
      for (const channel of hearers.keys()) await client.query(`listen ${channel}`)
    } catch (error) {
      await client.end().catch(() => {})
      throw error
    }
    client.on('end', () => {
      open = undefined
      if (!closed && hearers.size > 0) void redial(LISTEN_AGAIN_MS)
    })
    return client
  }

  async function connected(): Promise<pg.Client> {
    open ??= dial()
    try {
      return await open
    } catch (error) {
      open = undefined
      throw error
    }
  }

  async function redial(pauseMs: number): Promise<void> {
    await new Promise((done) => setTimeout(done, pauseMs).unref())
    if (closed) return
    await connected().catch(() => redial(Math.min(LISTEN_AGAIN_AT_MOST_MS, pauseMs * 2)))
  }

  return {
    async listen(channel, hear) {
      hearers.set(channel, new Set([...(hearers.get(channel) ?? []), hear]))
      try {
        await (await connected()).query(`listen ${channel}`)
      } catch (error) {
        forget(channel, hear)
        throw error
      }
      return async () => {
        if (!forget(channel, hear)) return
        const client = await open?.catch(() => undefined)
        await client?.query(`unlisten ${channel}`).catch(() => {})
      }
    },
    async close() {
      closed = true
      const client = await open?.catch(() => undefined)
      await client?.end().catch(() => {})
    },
  }

  /** @returns whether nobody hears that channel any more */
  function forget(channel: Channel, hear: (payload: string) => void): boolean {
    const left = new Set([...(hearers.get(channel) ?? [])].filter((one) => one !== hear))
    if (left.size > 0) hearers.set(channel, left)
    else hearers.delete(channel)
    return left.size === 0
  }
}

function settingsOf(url: string): pg.ClientConfig {
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
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired)/

/** Whether a statement failed because the database is away, and not for what it says. Pure. */
export function isAway(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code = '' } = cause as { code?: unknown }
    if (AWAY_CODES.test(String(code)) || AWAY_WORDS.test(cause.message)) return true
  }
  return false
}
