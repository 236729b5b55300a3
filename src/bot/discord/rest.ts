import { REST, type RESTOptions } from 'discord.js'
import { Agent } from 'undici'
import type { DiscordSettings } from '../../config.js'

/** Files of some megabytes have to fit in. */
const REQUEST_TIMEOUT_MS = 20_000
/** A shorter wait for a bucket is left to discord.js; a longer one goes back to who asked. */
const LONGEST_WAIT_MS = 6_000

/**
 * Of the same undici as discord.js. Left to itself it takes the connections that were made first in the
 * process, perhaps by another release of undici (Slack's library has one, Node another), and files
 * cannot be sent over these.
 */
const agent = new Agent()

/**
 * How requests are made: each is one attempt, because discord.js would repeat after a 5xx or a reset
 * what may have been done. Buckets are respected by waiting in line for each of them.
 * @see https://docs.discord.com/developers/topics/rate-limits
 */
export function restOptions({ apiUrl }: Pick<DiscordSettings, 'apiUrl'>): Partial<RESTOptions> {
  return {
    api: apiUrl.replace(/\/v\d+$/, ''),
    version: '10',
    agent,
    retries: 0,
    timeout: REQUEST_TIMEOUT_MS,
    rejectOnRateLimit: ({ route, retryAfter, timeToReset }) =>
      route.startsWith('/channels/') && Math.max(retryAfter, timeToReset) > LONGEST_WAIT_MS,
  }
}

/** discord.js forgets the token after one 401, and would then not even ask any more. */
class SteadyRest extends REST {
  override setToken(token: string | null): this {
    return token === null ? this : super.setToken(token)
  }
}

/** Discord's REST API with the bot's token. */
export function createRest(settings: Pick<DiscordSettings, 'apiUrl' | 'token'>): REST {
  return new SteadyRest(restOptions(settings)).setToken(settings.token)
}
