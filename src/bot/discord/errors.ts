import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js'
import type { Limited, Refused, Unknown } from '../chat.js'
import { networkFailure } from '../network-error.js'

/** What a failed call to Discord's API tells us. */
export type DiscordFailure = Limited | Refused | Unknown

/** @see https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
export const CODES = {
  unknownChannel: 10003,
  unknownMessage: 10008,
  unknownWebhook: 10015,
  unknownInteraction: 10062,
  tooManyOldEdits: 30046,
  tooLarge: 40005,
  alreadyAcknowledged: 40060,
  blockedByCloudflare: 40333,
  missingAccess: 50001,
  notTheAuthor: 50005,
  missingPermissions: 50013,
  wrongChannelType: 50024,
  invalidWebhookToken: 50027,
  threadArchived: 50083,
  overloaded: 130000,
  threadExists: 160004,
  threadLocked: 160005,
  tooManyThreads: 160006,
} as const

/** What a person has to do, where there is something. */
const ADVICE: Readonly<Record<number, string>> = {
  [CODES.unknownChannel]: 'There is no such channel any more, or the id is wrong.',
  [CODES.missingAccess]:
    'The bot does not see the channel: invite it to the server, and give it View Channel there; what was missed is shown then.',
  [CODES.missingPermissions]:
    'Give the bot these rights in the channel: View Channel, Send Messages, Create Public Threads, Send Messages in Threads, Read Message History, Attach Files; what was missed is shown then.',
  [CODES.tooManyThreads]:
    'The server has as many active threads as Discord allows; archive some of them.',
  [CODES.wrongChannelType]: 'Posts cannot be shown in a channel of this kind.',
}

const CHANNEL_REFUSES: ReadonlySet<number> = new Set([
  CODES.unknownChannel,
  CODES.missingAccess,
  CODES.missingPermissions,
  CODES.wrongChannelType,
  CODES.tooManyThreads,
])

/** A message in it takes a thread out of the archive, unless moderators have locked it. */
const THREAD_REFUSES: ReadonlySet<number> = new Set([CODES.threadLocked, CODES.threadArchived])

const TOKEN_REFUSED =
  'Discord refuses the token of the bot (401). Copy a new one from the application\'s page "Bot" to DISCORD_TOKEN, and restart.'

/** What an error thrown by discord.js means; whatever is not recognised may have happened. */
export function classifyDiscordError(error: unknown): DiscordFailure {
  if (error instanceof RateLimitError) {
    const { retryAfter, timeToReset } = error
    return { kind: 'limited', retryAfterMs: Math.max(retryAfter, timeToReset, 0) }
  }
  if (error instanceof DiscordAPIError) return classifyAnswer(error)
  if (error instanceof HTTPError) return { kind: 'unknown', why: `HTTP ${error.status}` }
  return networkFailure(error)
}

function classifyAnswer(error: DiscordAPIError): DiscordFailure {
  const { status } = error
  const code = codeOf(error)
  if (status === 401) return { kind: 'refused', why: TOKEN_REFUSED, scope: 'chat', final: true }
  // Not Discord's own shape: a proxy's page, or a time-out on the way.
  if (code === undefined) {
    const why = `HTTP ${status}`
    return status === 408
      ? { kind: 'unknown', why }
      : { kind: 'refused', why, scope: 'chat', final: false }
  }
  const why = wordsOf(error, code)
  if (code === CODES.overloaded) return { kind: 'unknown', why }
  if (code === CODES.blockedByCloudflare)
    return { kind: 'refused', why, scope: 'chat', final: false }
  if (code === CODES.tooManyOldEdits)
    return { kind: 'refused', why, scope: 'message', final: false }
  if (THREAD_REFUSES.has(code)) return { kind: 'refused', why, scope: 'thread', final: true }
  const isChannel = CHANNEL_REFUSES.has(code) || (status === 403 && code < 50_000)
  return { kind: 'refused', why, scope: isChannel ? 'channel' : 'message', final: true }
}

/** Discord's words and its number, and what to do about it. */
function wordsOf(error: DiscordAPIError, code: number): string {
  const said = `${error.message.split('\n').slice(0, 3).join(' ')} (${code})`
  const advice = ADVICE[code]
  return advice ? `${said}. ${advice}` : said
}

/** Discord's own number for what went wrong, if it is Discord who said so. */
export function codeOf(error: unknown): number | undefined {
  if (!(error instanceof DiscordAPIError)) return undefined
  return typeof error.code === 'number' ? error.code : undefined
}
