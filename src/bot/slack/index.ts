import type { SlackSettings } from '../../config.js'
import type { Route } from '../../server.js'
import { loadMedia } from '../../store/media.js'
import { aborted } from '../../wait.js'
import { type Chat, linksOf } from '../chat.js'
import type { BotDeps } from '../deps.js'
import type { HandleDeps } from '../handle.js'
import type { Ledger, Resume } from '../ledger.js'
import type { ScorecardChat } from '../scorecard/deliver.js'
import { createBolt } from './bolt.js'
import { createSlackChat, createSlackClient } from './chat.js'
import { type Pauses, untilReached } from './connection.js'
import { createGroups } from './groups.js'
import { createListeners } from './listen.js'
import { createSlackScorecards } from './scorecard.js'
import { uploadAccess } from './uploads.js'

export { SlackTokenError } from './connection.js'

export interface Slack {
  /** For the announcer. */
  readonly chat: Chat
  readonly scorecards: ScorecardChat
  /** To be mounted on the program's server, when Slack sends its events over HTTP. */
  readonly route?: Route
  /**
   * Resolves when commands are taken; keeps trying while Slack cannot be reached.
   * @throws SlackTokenError naming the token that Slack refuses
   */
  start(): Promise<void>
  /** Whether what people type arrives now, as far as this side knows. */
  isConnected(): boolean
  readonly resume: Resume
  /**
   * Takes nothing more, and waits for what is under way.
   * @param giveUp what is under way then is given up, and the one who asked is told
   */
  stop(giveUp?: AbortSignal): Promise<void>
}

const DRAIN_MS = 5_000

/** Slack as the place where people ask and are told. */
export function createSlack(
  settings: SlackSettings,
  deps: BotDeps,
  extras: Pick<HandleDeps, 'scorecard'> & {
    readonly ledger?: Ledger
    readonly pauses?: Pauses
  } = {},
): Slack {
  const { pauses, ledger, ...lent } = extras
  const log = deps.log.child({ chat: 'slack' })
  const client = createSlackClient(settings.botToken, settings.apiUrl)
  const parts = { log, random: deps.random, ...(pauses ? { pauses } : {}) }
  const { app, intake, connection, route } = createBolt(settings, parts)
  const stopping = new AbortController()
  let reached = false
  const chat = createSlackChat({
    client,
    timeZone: deps.timeZone,
    bytes: async (id) => (await loadMedia(deps.database.orm, id))?.bytes,
  })
  const listeners = createListeners({
    client,
    log,
    ledger,
    deps: {
      ...deps,
      ...lent,
      uploadAccess: uploadAccess(settings),
      ...linksOf(chat),
      memberships: createGroups({ client, now: deps.now, log }),
    },
  })
  listeners.register(app)
  return {
    chat,
    scorecards: createSlackScorecards(client, deps.timeZone),
    ...(route ? { route } : {}),
    async start() {
      const started = async () => {
        const self = await untilReached(() => client.auth.test(), {
          ...parts,
          signal: stopping.signal,
        })
        reached = self !== undefined
        if (self?.user) listeners.introduce(self.user)
        if (!stopping.signal.aborted) await connection?.start()
      }
      await Promise.race([started(), aborted(stopping.signal)])
    },
    resume: listeners.resume,
    isConnected: () => reached && (connection?.isUp() ?? true),
    async stop(giveUp = AbortSignal.timeout(DRAIN_MS)) {
      stopping.abort()
      await intake.stop()
      await listeners.drain(giveUp)
    },
  }
}
