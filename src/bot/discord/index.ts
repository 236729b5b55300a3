import type { DiscordSettings } from '../../config.js'
import { loadMedia } from '../../store/media.js'
import { type Chat, linksOf } from '../chat.js'
import type { BotDeps } from '../deps.js'
import type { HandleDeps } from '../handle.js'
import type { Ledger, Resume } from '../ledger.js'
import type { ScorecardChat } from '../scorecard/deliver.js'
import { createDiscordChat } from './chat.js'
import { keepConnected, type Pauses } from './connection.js'
import { createListener } from './listen.js'
import { createRest } from './rest.js'
import { lackingRights } from './rights.js'
import { createDiscordScorecards } from './scorecard.js'

export interface Discord {
  /** For the announcer. */
  readonly chat: Chat
  readonly scorecards: ScorecardChat
  /**
   * Resolves when commands are taken; keeps trying while Discord cannot be reached.
   * @throws ConfigError naming what Discord refuses
   */
  start(): Promise<void>
  /** Whether what people type arrives now. */
  isConnected(): boolean
  readonly resume: Resume
  /**
   * Takes nothing more, and waits for what is under way.
   * @param giveUp what is under way then is given up, and the one who asked is told
   */
  stop(giveUp?: AbortSignal): Promise<void>
}

const DRAIN_MS = 5_000

/** Discord as the place where people ask and are told. */
export function createDiscord(
  settings: DiscordSettings,
  deps: BotDeps,
  extras: Pick<HandleDeps, 'scorecard'> & {
    readonly ledger?: Ledger
    readonly pauses?: Pauses
  } = {},
): Discord {
  const { pauses, ledger, ...lent } = extras
  const log = deps.log.child({ chat: 'discord' })
  const rest = createRest(settings)
  const posting = {
    rest,
    selfId: () => connection.client()?.user?.id ?? settings.applicationId,
    lacking: (channelId: string) => lackingRights(connection.client(), channelId),
  }
  const chat = createDiscordChat({
    ...posting,
    bytes: async (id) => (await loadMedia(deps.database.orm, id))?.bytes,
  })
  const listener = createListener({
    rest,
    applicationId: settings.applicationId,
    log,
    ledger,
    deps: { ...deps, ...lent, uploadAccess: uploadAccess(settings), ...linksOf(chat) },
    parentOf: (channelId) => {
      const channel = connection.client()?.channels.cache.get(channelId)
      return channel?.isThread() ? (channel.parentId ?? undefined) : undefined
    },
  })
  const connection = keepConnected(settings, {
    rest,
    log,
    random: deps.random,
    take: listener.take,
    ...(pauses ? { pauses } : {}),
  })
  return {
    chat,
    scorecards: createDiscordScorecards(posting),
    start: connection.start,
    resume: listener.resume,
    isConnected: () => connection.client()?.isReady() ?? false,
    async stop(giveUp = AbortSignal.timeout(DRAIN_MS)) {
      await connection.stop()
      await listener.drain(giveUp)
    },
  }
}

/**
 * Files given to a command lie on Discord's own hosts behind signed, public addresses, and need no
 * token; where the API is elsewhere, they are too, perhaps in a private network.
 */
function uploadAccess({
  apiUrl,
}: Pick<DiscordSettings, 'apiUrl'>): NonNullable<HandleDeps['uploadAccess']> {
  const { host } = new URL(apiUrl)
  return (url) => (url.host === host ? {} : undefined)
}
