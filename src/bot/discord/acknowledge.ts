import {
  type APIInteractionResponse,
  InteractionResponseType,
  MessageFlags,
  type REST,
  Routes,
} from 'discord.js'
import type { Log } from '../../log.js'
import { CODES, classifyDiscordError, codeOf } from './errors.js'
import type { Address } from './parse.js'

/** Discord waits three seconds for the first answer; two tries have to fit. */
const TRY_WITHIN_MS = 1_200
const TRIES = 2

/** An empty private message that is filled in later. */
export const THINKING: APIInteractionResponse = {
  type: InteractionResponseType.DeferredChannelMessageWithSource,
  data: { flags: MessageFlags.Ephemeral },
}
/** Heard; the message with the button stays as it is. */
export const HEARD: APIInteractionResponse = { type: InteractionResponseType.DeferredMessageUpdate }

/**
 * Gives an interaction its first answer. When no answer comes back it is given once more: Discord
 * refuses the second one if the first has arrived.
 * @returns false when it is not ours: too late, or answered already by whom it reached first
 */
export async function acknowledge(
  { interactionId, token }: Pick<Address, 'interactionId' | 'token'>,
  body: APIInteractionResponse,
  { rest, log }: { rest: REST; log: Log },
): Promise<boolean> {
  const path = Routes.interactionCallback(interactionId, token)
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    try {
      await rest.post(path, { auth: false, body, signal: AbortSignal.timeout(TRY_WITHIN_MS) })
      return true
    } catch (error) {
      const code = codeOf(error)
      if (code === CODES.alreadyAcknowledged) return attempt > 1
      const failure = classifyDiscordError(error)
      if (failure.kind === 'unknown' && attempt < TRIES) continue
      const why = 'why' in failure ? failure.why : failure.kind
      log.warn({ interaction: interactionId, why }, 'Discord could not be told that it was heard')
      return false
    }
  }
  return false
}
