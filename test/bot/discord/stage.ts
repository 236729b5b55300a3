import { expect } from 'vitest'
import { createDiscord, type Discord } from '../../../src/bot/discord/index.js'
import { textOf } from '../../../src/bot/discord/marker.js'
import type { HandleDeps } from '../../../src/bot/handle.js'
import type { Ledger } from '../../../src/bot/ledger.js'
import type { DiscordSettings } from '../../../src/config.js'
import {
  createDiscordServer,
  type DiscordServer,
  type DiscordServerOptions,
} from '../../../src/sandbox/discord/server.js'
import type { Database } from '../../../src/store/database.js'
import { createTestBot, type TestBot } from '../handle/bot.js'
import { guilds } from './chat-stage.js'
import { unofficial } from './official.js'

export const pauses = { baseMs: 5, maxMs: 20 }

export interface Stage {
  readonly discord: DiscordServer
  readonly bot: TestBot
  readonly settings: DiscordSettings
  /** What was logged, one line each. */
  readonly logged: string[]
  readonly deps: HandleDeps
  readonly client: Discord
  /** Moves Discord's clock forward. */
  pass(ms: number): void
  /** What an interaction was answered with, first to last, once there are `count`. */
  answers(interactionId: string, count?: number): Promise<string[]>
  close(): Promise<void>
}

/** The bot in a local Discord over the gateway, with a real store and no workers. */
export async function createStage(
  database: Database,
  changes: Partial<HandleDeps> = {},
  options: {
    settings?: Partial<DiscordSettings>
    server?: DiscordServerOptions
    ledger?: Ledger
  } = {},
): Promise<Stage> {
  let offsetMs = 0
  const clock = () => Date.now() + offsetMs
  const discord = createDiscordServer({ guilds, clock, ...options.server })
  const { apiUrl, close } = await discord.listen()
  const logged: string[] = []
  const write = (...parts: unknown[]) => {
    logged.push(
      parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '),
    )
  }
  const log = {
    debug: write,
    info: write,
    warn: write,
    error: write,
    child: () => log,
  } as HandleDeps['log']
  const bot = await createTestBot(database, { log, ...changes })
  const { tell: _tell, ...deps } = bot.deps
  const { token, applicationId } = discord
  const settings = { token, applicationId, apiUrl, ...options.settings }
  const { ledger } = options
  const client = createDiscord(settings, deps, { pauses, ...(ledger ? { ledger } : {}) })
  return {
    discord,
    bot,
    settings,
    logged,
    deps,
    client,
    pass(ms) {
      offsetMs += ms
    },
    answers: (interactionId, count = 1) =>
      discord.waitFor(() => {
        const { original, followUps } = discord.interactionReplies(interactionId)
        const all = [...(original ? [original] : []), ...followUps]
        const said = all.filter(({ ephemeral }) => ephemeral).map(({ message }) => textOf(message))
        const shown = said.filter((text) => text !== '')
        return shown.length >= count && shown
      }),
    async close() {
      await client.stop()
      await close()
      expect(unofficial(discord.calls())).toEqual([])
    },
  }
}
