import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../log.js'
import { backoffMs, pause, within } from '../../wait.js'
import { classifySlackError } from './errors.js'

/** Slack refused a token; trying again is of no use until somebody sets another. */
export class SlackTokenError extends Error {
  override readonly name = 'SlackTokenError'
}

/** As much of Bolt's Socket Mode client as is used here. */
export interface Socket {
  start(): Promise<unknown>
  disconnect(): Promise<void>
  once(event: 'disconnected', listener: () => void): unknown
  off(event: 'disconnected', listener: () => void): unknown
  /** Every command, click and form that Slack hands over. */
  on(event: 'slack_event', listener: () => void): unknown
}

export interface Pauses {
  /** Before the second try; each further one doubles it. */
  readonly baseMs: number
  readonly maxMs: number
  /** Without a greeting from Slack within this time, a connection is given up. */
  readonly greetingMs: number
}
const PAUSES: Pauses = { baseMs: 1_000, maxMs: 30_000, greetingMs: 15_000 }

/** A connection that ends sooner counts as a failed try: reconnecting at once would spin. */
const SHORT_LIVED_MS = 5_000

/**
 * What is on its way while a connection closes can no longer be acknowledged, so it is closed in a
 * pause between commands, if there is one soon.
 */
const QUIET_MS = 200
const QUIET_WITHIN_MS = 2_000

export interface Connection {
  /** Whether Slack has greeted us and the connection stands. */
  isUp(): boolean
  /**
   * Resolves when Slack has greeted us for the first time, however long that takes.
   * @throws SlackTokenError when Slack refuses the token at that first time
   */
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * Keeps a Socket Mode connection. Bolt's own reconnecting is off: it waits five seconds, and an HTTP
 * error while it reconnects ends the process as an unhandled rejection.
 */
export function keepConnected(
  socket: Socket,
  parts: { log: Log; random: () => number; pauses?: Pauses },
): Connection {
  const { log } = parts
  const pauses = parts.pauses ?? PAUSES
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  let up = false
  let heardAt = Number.NEGATIVE_INFINITY
  socket.on('slack_event', () => {
    heardAt = performance.now()
  })

  async function quiet(): Promise<void> {
    const from = performance.now()
    for (;;) {
      const now = performance.now()
      const leftMs = Math.max(from, heardAt) + QUIET_MS - now
      if (!up || now - from >= QUIET_WITHIN_MS) return
      if (leftMs > 0) {
        await sleep(leftMs)
        continue
      }
      // A busy process may not have read yet what has arrived.
      const before = heardAt
      await nextTurn()
      if (heardAt === before) return
    }
  }

  /** @returns when the connection has ended again @throws when there never was one */
  async function connectOnce(greeted: () => void): Promise<void> {
    let ended = () => {}
    const end = new Promise<void>((resolve) => {
      ended = resolve
    })
    socket.once('disconnected', ended)
    const late = setTimeout(() => void socket.disconnect(), pauses.greetingMs)
    try {
      await socket.start()
    } catch (error) {
      socket.off('disconnected', ended)
      throw error ?? new Error('the connection was closed before Slack greeted us')
    } finally {
      clearTimeout(late)
    }
    up = true
    greeted()
    await end
    up = false
  }

  async function run(first: { resolve: () => void; reject: (error: Error) => void }) {
    let failures = 0
    let wasConnected = false
    while (!stopping.signal.aborted) {
      const triedAt = performance.now()
      try {
        await connectOnce(() => {
          log.info(wasConnected ? 'connected to Slack again' : 'connected to Slack')
          wasConnected = true
          first.resolve()
        })
        if (stopping.signal.aborted) return
        failures = performance.now() - triedAt < SHORT_LIVED_MS ? failures + 1 : 0
        log.info('the connection to Slack has ended; connecting again')
      } catch (error) {
        if (stopping.signal.aborted) return
        failures += 1
        const refused = tokenRefusal(error, 'SLACK_APP_TOKEN')
        if (refused && !wasConnected) return first.reject(refused)
        const words = refused?.message ?? `Slack cannot be reached (${reasonOf(error)})`
        log.warn(`${words}; trying again, this was try ${failures}`)
      }
      await pause(backoffMs(failures, pauses, parts.random), stopping.signal)
    }
  }

  return {
    isUp: () => up,
    start: () =>
      new Promise((resolve, reject) => {
        stopping.signal.addEventListener('abort', () => resolve())
        running = run({ resolve, reject })
      }),
    async stop() {
      stopping.abort()
      await quiet()
      // The closing handshake may never be answered.
      await within(2_000, socket.disconnect())
      await within(2_000, running)
    },
  }
}

/**
 * Calls until it works, with growing pauses, saying so in the log.
 * @throws SlackTokenError when Slack refuses the token
 */
export async function untilReached<T>(
  call: () => Promise<T>,
  parts: { log: Log; random: () => number; signal: AbortSignal; pauses?: Pauses },
): Promise<T | undefined> {
  for (let failures = 1; !parts.signal.aborted; failures++) {
    try {
      return await call()
    } catch (error) {
      const refused = tokenRefusal(error, 'SLACK_BOT_TOKEN')
      if (refused) throw refused
      parts.log.warn(
        `Slack cannot be reached (${reasonOf(error)}); trying again, this was try ${failures}`,
      )
      await pause(backoffMs(failures, parts.pauses ?? PAUSES, parts.random), parts.signal)
    }
  }
  return undefined
}

const WHERE = {
  SLACK_APP_TOKEN:
    'Copy an app-level token (xapp-…) with the scope connections:write from the app\'s page "Basic Information".',
  SLACK_BOT_TOKEN:
    'Copy the bot token (xoxb-…) from the app\'s page "OAuth & Permissions", after installing the app to the workspace.',
} as const

function tokenRefusal(error: unknown, name: keyof typeof WHERE): SlackTokenError | undefined {
  const failure = classifySlackError(error)
  if (failure.kind !== 'refused' || failure.scope !== 'chat' || !failure.final) return undefined
  return new SlackTokenError(`${name} is refused by Slack (${failure.why}). ${WHERE[name]}`)
}

function reasonOf(error: unknown): string {
  const failure = classifySlackError(error)
  return failure.kind === 'limited' ? 'too many requests' : failure.why
}
