import type { HandleDeps } from '../../../src/bot/handle.js'
import type { Ledger } from '../../../src/bot/ledger.js'
import { createSlack, type Slack } from '../../../src/bot/slack/index.js'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import type { Database } from '../../../src/store/database.js'
import { createTestBot, type TestBot } from '../handle/bot.js'
import { scopes } from './manifest.js'

export const channel = 'C00000SOCIAL'
export const outside = 'C000OUTSIDE'
export const ana = 'U000000ANA'
export const ben = 'U000000BEN'

export interface Stage {
  readonly workspace: SlackWorkspace
  readonly bot: TestBot
  readonly apiUrl: string
  /** What was logged, one line each. */
  readonly logged: string[]
  slack: Slack
  /** The newest private message to a person, once there are `count`. */
  whisper(user: string, count?: number): Promise<{ text: string; ts: string }>
  close(): Promise<void>
}

const pauses = { baseMs: 5, maxMs: 20, greetingMs: 1_000 }

/** The bot in a local workspace over Socket Mode, with a real store and no workers. */
export async function createStage(
  database: Database,
  changes: Partial<HandleDeps> = {},
  more: { botToken?: string; appToken?: string; ledger?: Ledger } = {},
): Promise<Stage> {
  const workspace = createSlackWorkspace({
    scopes: [...scopes],
    channels: [
      { id: channel, name: 'social' },
      { id: outside, name: 'outside', botIsMember: false },
    ],
  })
  const { apiUrl } = await workspace.listen()
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
  const { botToken = workspace.botToken, appToken = workspace.appToken, ...lent } = more
  const settings = { transport: 'socket', botToken, appToken, apiUrl } as const
  const slack = createSlack(settings, deps, { pauses, ...lent })
  return {
    workspace,
    bot,
    apiUrl,
    logged,
    slack,
    whisper: (user, count = 1) =>
      workspace.waitFor(() => {
        const seen = workspace.ephemerals(user)
        return seen.length >= count ? seen.at(-1) : undefined
      }),
    async close() {
      await slack.stop()
      await workspace.close()
    },
  }
}

/** A store that takes every statement and never answers. */
export function hangingDatabase(database: Database): Database {
  const silence: unknown = new Proxy(() => silence, {
    get: (_target, name) => (name === 'then' ? () => {} : silence),
    apply: () => silence,
  })
  return { ...database, orm: silence as Database['orm'], prompt: silence as Database['orm'] }
}

/** A store that refuses every statement. */
export function brokenDatabase(database: Database): Database {
  const fail = () => {
    throw new Error('connection refused')
  }
  const orm = new Proxy({}, { get: () => fail }) as Database['orm']
  return { ...database, orm, prompt: orm }
}
