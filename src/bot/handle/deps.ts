import type { Conversation } from '../../store/create-post.js'
import type { MessagePlace } from '../chat.js'
import type { BotDeps } from '../deps.js'
import type { FetchOptions } from '../media/fetch.js'
import type { Reply } from '../reply.js'

/** What handling one command needs: the bot's own dependencies and what its chat lends. */
export interface HandleDeps extends BotDeps {
  /** Opens files that were uploaded to the chat. */
  readonly uploadAccess?: FetchOptions['access']
  /** Addresses of messages in the chat where it was asked. */
  readonly linkTo?: {
    readonly chat: string
    message(place: MessagePlace): Promise<string | undefined>
  }
  /** Tells the one who asked something while the work still goes on. */
  readonly tell?: (reply: Reply) => Promise<void>
  /** How long whoever presses "Check credentials" waits for the result, milliseconds. */
  readonly waitForCheckMs?: number
  /** Posts the reliability report to the channel, once for a key; the reply is for the one who asked. */
  readonly scorecard?: (period: string, conversation: Conversation, key: string) => Promise<Reply>
}

/** The same, with the time zone of the workspace where it was asked. */
export function placed(deps: HandleDeps, conversation: Conversation): HandleDeps {
  const timeZone = deps.rulesFor?.(conversation).timeZone
  return timeZone === undefined ? deps : { ...deps, timeZone }
}
