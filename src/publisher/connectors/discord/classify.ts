import type { Outcome } from '../../core/outcome.js'
import type { Instant } from '../../core/target.js'
import { reconnectWith } from '../account.js'
import {
  type CallKind,
  classifyAnswer,
  permanent,
  rateLimited,
  retryAfterMs,
  type Success,
} from '../classify.js'
import type { Answer } from '../http.js'
import { type DiscordError, errorBody, limitBody, reasonsIn } from './wire.js'

const PLATFORM = 'Discord'
const MAX_WORDS = 300
const UNKNOWN_WEBHOOK = 10015
const INVALID_TOKEN = 50027
const BLOCKED_BY_CLOUDFLARE = 40333
const TOO_LARGE = 40005
const WRITE_LIMITS = [20016, 20022, 20028, 20029]
export const UNKNOWN_MESSAGE = '10008'

const NEW_WEBHOOK = `Make a new webhook in the settings of the channel. ${reconnectWith('its address')}`

/**
 * What an exchange with Discord taught us. A refusal in its own form is taken at its word.
 * @see discord-api-docs topics/opcodes-and-status-codes.mdx
 */
export function judge(answer: Answer, call: CallKind, now: Instant): Outcome | Success {
  return classifyAnswer(PLATFORM, answer, call, ({ status, headers }, json) => {
    if (status === 429) {
      const seconds = limitBody.safeParse(json).data?.retry_after
      const waitMs = seconds === undefined ? retryAfterMs(headers, now) : seconds * 1000
      return rateLimited(PLATFORM, waitMs)
    }
    if (status < 400 || status >= 500 || status === 408) return undefined
    const said = errorBody.safeParse(json)
    return said.success ? refusal(status, said.data) : undefined
  })
}

function refusal(status: number, { code: number, message, errors }: DiscordError): Outcome {
  const code = String(number || status)
  const words = [message, ...reasonsIn(errors)].join(' ').slice(0, MAX_WORDS)
  if (number === UNKNOWN_WEBHOOK) {
    return permanent('auth', 'The Discord webhook does not exist any more.', NEW_WEBHOOK, code)
  }
  if (number === INVALID_TOKEN || status === 401) {
    return permanent('auth', 'Discord refuses the token of the webhook.', NEW_WEBHOOK, code)
  }
  if (WRITE_LIMITS.includes(number)) return rateLimited(PLATFORM, undefined, code)
  if (number === BLOCKED_BY_CLOUDFLARE) {
    const text = 'The request was blocked before it came to Discord.'
    return { kind: 'transient', reason: { class: 'platform', code, text } }
  }
  if (status === 403) {
    const next = 'Look at the channel and its webhook, then press Check credentials.'
    return permanent('permission', `Discord does not allow it: ${words}`, next, code)
  }
  if (status === 413 || number === TOO_LARGE) {
    return permanent('media', 'Discord refuses a file as too large.', 'Use a smaller one.', code)
  }
  return permanent('validation', `Discord refuses it: ${words}`, undefined, code)
}
