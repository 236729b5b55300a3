import type { Log } from '../log.js'
import type { Content, ImageRule, Problem } from '../publisher/connectors/connector.js'
import type { Policy } from '../publisher/core/retry.js'
import type { Capabilities } from '../publisher/core/target.js'
import type { Clock } from '../store/clock.js'
import type { Conversation } from '../store/create-post.js'
import type { Database } from '../store/database.js'
import type { Rules } from './rules.js'

/** What the bot is built from; program/start-bot.ts puts it together. */
export interface BotDeps {
  readonly database: Database
  readonly now: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly log: Log
  readonly policy: Policy
  /** IANA name. */
  readonly timeZone: string
  readonly platforms: PlatformDesk
  /** Accounts that `/publish` means in this channel without `to:`; undefined is every account. */
  channelTargets(chat: string, channelId: string): readonly string[] | undefined
  /** Time zone, roles and approval of a channel; undefined: everybody may do everything. */
  readonly rulesFor?: (conversation: Conversation) => Rules
  readonly media: {
    readonly allowPrivate: boolean
    /** Whether platforms can fetch media from us (PRESSROOM_PUBLIC_URL). */
    readonly servesMedia: boolean
  }
  /** Comes when the program stops: nothing more is begun then. */
  readonly stopping?: AbortSignal
  /** Told how long a chat call waited for its turn, in milliseconds. */
  readonly chatWaited?: (chat: string, operation: string, waitedMs: number) => void
}

/** What the bot asks about accounts and their platforms; it never sees a connector. */
export interface PlatformDesk {
  /** What would fail if this content were sent to this account. Pure. */
  check(account: string, content: Content): readonly Problem[]
  /** The link whose page has to be read, because the account's platform shows it but does not. Pure. */
  linkCard(account: string, content: Content): string | undefined
  /** What images this account's platform takes; undefined: whatever there is. */
  images(account: string): ImageRule | undefined
  /** In a few words: is sending again after a doubt safe there, and why. */
  retrySafety(account: string): string
  capabilities(account: string): Capabilities
  /** Whether a copy can be deleted there. */
  canRemove(account: string): boolean
}
