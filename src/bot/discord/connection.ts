import { type Client, Events, type REST } from 'discord.js'
import { ConfigError, type DiscordSettings } from '../../config.js'
import type { Log } from '../../log.js'
import { aborted, backoffMs, pause, within } from '../../wait.js'
import { createClient } from './client.js'
import { classifyDiscordError } from './errors.js'
import { registerCommands } from './register.js'
import { inviteAddress } from './rights.js'

export interface Pauses {
  /** Before the second try; each further one doubles it. */
  readonly baseMs: number
  readonly maxMs: number
}
const PAUSES: Pauses = { baseMs: 1_000, maxMs: 30_000 }

export interface Connection {
  /** The client while there is one: what it knows of servers and channels, and who we are. */
  client(): Client | undefined
  /**
   * Resolves when interactions arrive, however long that takes. The commands are registered by then,
   * unless Discord did not answer that.
   * @throws ConfigError when Discord refuses the token, or it belongs to another application
   */
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * Keeps a connection to the gateway. discord.js resumes dropped sessions by itself; a session that
 * it gives up is begun anew here.
 */
export function keepConnected(
  settings: DiscordSettings,
  parts: {
    rest: REST
    log: Log
    random: () => number
    take: (interaction: unknown) => void
    pauses?: Pauses
  },
): Connection {
  const { rest, log, take } = parts
  const stopping = new AbortController()
  let client: Client | undefined

  async function connect(): Promise<void> {
    const made = createClient(settings, { log, take })
    follow(made)
    try {
      await made.login(settings.token)
    } catch (error) {
      await made.destroy().catch(() => {})
      throw isRefused(error) ? refusedToken() : error
    }
    const { id } = made.application ?? {}
    if (id !== undefined && id !== settings.applicationId) {
      await made.destroy()
      throw new ConfigError(
        `DISCORD_APPLICATION_ID is ${settings.applicationId}, and DISCORD_TOKEN belongs to the application ${id}. Copy both from the same application.`,
      )
    }
    client = made
    if (stopping.signal.aborted) await made.destroy()
  }

  function follow(made: Client): void {
    // Without listeners an error would end the process.
    made.on(Events.Error, (error) => log.error({ error: error.message }, 'discord.js failed'))
    made.on(Events.ShardError, (error) =>
      log.warn({ error: error.message }, 'the connection to Discord failed'),
    )
    made.on(Events.ShardReconnecting, () => log.info('the connection to Discord is taken up again'))
    made.on(Events.GuildDelete, ({ id, name }) =>
      log.warn({ guild: id }, `removed from ${name}: posts of its channels cannot be shown`),
    )
    made.on(Events.GuildCreate, ({ id, name }) => log.info({ guild: id }, `added to ${name}`))
    const lost = (why: string) => {
      if (client !== made || stopping.signal.aborted) return
      client = undefined
      log.error(`Discord has ended the connection for good (${why}); beginning anew`)
      void made.destroy().catch(() => {})
      void untilDone(connect, () => false)
    }
    made.on(Events.ShardDisconnect, ({ code }) => lost(`close code ${code}`))
    made.on(Events.Invalidated, () => lost('the session is not valid any more'))
  }

  /** Tries until it works, with growing pauses, saying so in the log. */
  async function untilDone(
    work: () => Promise<unknown>,
    giveUp: (error: unknown) => boolean = (error) => error instanceof ConfigError,
  ): Promise<void> {
    const { pauses = PAUSES } = parts
    for (let failures = 1; !stopping.signal.aborted; failures++) {
      try {
        await work()
        return
      } catch (error) {
        if (giveUp(error)) throw error
        const why = error instanceof ConfigError ? error.message : reasonOf(error)
        log.warn(`Discord cannot be reached (${why}); trying again, this was try ${failures}`)
        await pause(backoffMs(failures, pauses, parts.random), stopping.signal)
      }
    }
  }

  async function register(): Promise<void> {
    try {
      const changed = await registerCommands(rest, settings.applicationId)
      log.info(changed ? 'commands registered with Discord' : 'commands are registered already')
    } catch (error) {
      if (isRefused(error)) throw refusedToken()
      const failure = classifyDiscordError(error)
      if (failure.kind !== 'refused' || !failure.final) throw error
      log.error(`Discord refuses the commands (${failure.why}); those of before stay`)
    }
  }

  /** Interactions arrive whether or not the commands of before could be compared with those of now. */
  async function registerOrGoOn(): Promise<void> {
    try {
      await register()
    } catch (error) {
      if (error instanceof ConfigError) throw error
      log.warn(`the commands could not be registered yet (${reasonOf(error)}); going on meanwhile`)
      untilDone(register).catch((late: Error) => log.error(late.message))
    }
  }

  return {
    client: () => client,
    async start() {
      const started = async () => {
        await untilDone(connect)
        await registerOrGoOn()
        if (stopping.signal.aborted) return
        log.info('connected to Discord')
        if (client?.guilds.cache.size === 0) log.warn(inviteWords(settings.applicationId))
      }
      await Promise.race([started(), aborted(stopping.signal)])
    },
    async stop() {
      stopping.abort()
      if (client) await within(2_000, client.destroy())
    },
  }
}

function inviteWords(applicationId: string): string {
  return `the bot is in no server yet; invite it: ${inviteAddress(applicationId)}`
}

function isRefused(error: unknown): boolean {
  const { code, status } = error as { code?: unknown; status?: unknown }
  return code === 'TokenInvalid' || status === 401 || messageOf(error) === AUTH_FAILED
}

/** What discord.js says when the gateway closes with 4004. */
const AUTH_FAILED = 'Authentication failed'

/** Errors of the gateway come wrapped in an object that is no error. */
function messageOf(thrown: unknown): string {
  const { error = thrown } = thrown as { error?: unknown }
  return error instanceof Error ? error.message : String(error)
}

function refusedToken(): ConfigError {
  return new ConfigError(
    'DISCORD_TOKEN is refused by Discord. Copy the token from the application\'s page "Bot" (Reset Token shows a new one).',
  )
}

function reasonOf(error: unknown): string {
  const failure = classifyDiscordError(error)
  if (failure.kind === 'limited') return 'too many requests'
  return error instanceof Error ? failure.why : messageOf(error)
}
