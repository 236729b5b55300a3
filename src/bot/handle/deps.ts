import type { Conversation } from '../../store/create-post.js'
import type { MessagePlace } from '../chat.js'
import type { BotDeps } from '../deps.js'
import type { FetchOptions } from '../media/fetch.js'
import type { Membership } from '../permit.js'
import type { Reply } from '../reply.js'
import type { Rules } from '../rules.js'

/** What handling one command needs: the bot's own dependencies and what its chat lends. */
export interface HandleDeps extends BotDeps {
  /** What holds where it was asked; undefined: nothing special. */
  readonly rules?: Rules
  /** Of these (`group:…`, `role:…`, `channel:…`), those the one who asked belongs to. */
  readonly memberships?: (actorId: string, among: readonly string[]) => Promise<Membership>
  /** Opens files that were uploaded to the chat. */
  readonly uploadAccess?: FetchOptions['access']
  /** Addresses of messages in the chat where it was asked. */
  readonly linkTo?: {
    readonly chat: string
    message(place: MessagePlace): Promise<string | undefined>
  }
  /** Tells the one who asked something while the work still goes on. */
  readonly tell?: (reply: Reply) => Promise<void>
  /** When it was asked for, if that is a while ago: what "tomorrow" counts from. */
  readonly askedAt?: number
  /** Called right before a post is queued; throws when that must not be any more. */
  readonly mayQueue?: () => void
  /** How long people wait for what a worker finds out for them, milliseconds. */
  readonly waitForCheckMs?: number
  /** Posts the reliability report to the channel, once for a key; the reply is for the one who asked. */
  readonly scorecard?: (period: string, conversation: Conversation, key: string) => Promise<Reply>
}

/** The same, with the rules of the place where it was asked. */
export function placed(deps: HandleDeps, conversation: Conversation): HandleDeps {
  const rules = deps.rulesFor?.(conversation)
  if (!rules) return deps
  return { ...deps, rules, ...(rules.timeZone === undefined ? {} : { timeZone: rules.timeZone }) }
}
