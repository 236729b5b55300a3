import pg from 'pg'
import type { Channel } from './database.js'
import { settingsOf } from './server-connections.js'

const LISTEN_AGAIN_MS = 250
const LISTEN_AGAIN_AT_MOST_MS = 5_000
/** A connection that only listens is asked for a sign of life, and cut when none comes. */
const SIGN_OF_LIFE = { everyMs: 15_000, withinMs: 10_000 }

/** What one connection of its own hears, for as long as it is not closed. */
export interface Listener {
  /** @returns once it listens; the function ends that */
  listen(channel: Channel, hear: (payload: string) => void): Promise<() => Promise<void>>
  close(): Promise<void>
}

/** Listens on one connection, opened with the first channel, and again whenever it breaks off. */
export function createListener(url: string, signOfLife = SIGN_OF_LIFE): Listener {
  const hearers = new Map<Channel, Set<(payload: string) => void>>()
  let open: Promise<Asked> | undefined
  let closed = false

  async function dial(): Promise<Asked> {
    const client = new pg.Client({ ...settingsOf(url), query_timeout: signOfLife.withinMs })
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
    const ask = inTurn(client)
    const asking = repeat(() => ask('select 1').catch(() => client.end()), signOfLife.everyMs)
    client.on('end', () => {
      asking.stop()
      open = undefined
      if (!closed && hearers.size > 0) void redial(LISTEN_AGAIN_MS)
    })
    return { client, ask }
  }

  async function connected(): Promise<Asked> {
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
        await (await connected()).ask(`listen ${channel}`)
      } catch (error) {
        forget(channel, hear)
        throw error
      }
      return async () => {
        if (!forget(channel, hear)) return
        const asked = await open?.catch(() => undefined)
        await asked?.ask(`unlisten ${channel}`).catch(() => {})
      }
    },
    async close() {
      closed = true
      const asked = await open?.catch(() => undefined)
      await asked?.client.end().catch(() => {})
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

/** A connection, and how to ask it: what is asked meanwhile waits for its turn. */
interface Asked {
  readonly client: pg.Client
  ask(statement: string): Promise<unknown>
}

function inTurn(client: pg.Client): Asked['ask'] {
  let last: Promise<unknown> = Promise.resolve()
  return (statement) => {
    const query = () => client.query(statement)
    last = last.then(query, query)
    return last
  }
}

/** Does it again so long after each end, until it is stopped. */
function repeat(work: () => Promise<unknown>, everyMs: number): { stop(): void } {
  let timer: NodeJS.Timeout
  let stopped = false
  const later = () => {
    if (!stopped) timer = setTimeout(() => void work().then(later), everyMs).unref()
  }
  later()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
