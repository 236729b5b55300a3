import type { webApi } from '@slack/bolt'
import { classifySlackError } from './errors.js'

const KNOWN_FOR_MS = 10 * 60_000

/**
 * Whether the bot is in a channel, so that it could show a post there. Reading one message asks for
 * no scope that telling does not need anyway. Remembered while it is so; what cannot be found out
 * counts as yes, because the telling copes with the rest.
 */
export function createMembership(
  client: webApi.WebClient,
  now: () => number,
): (channelId: string) => Promise<boolean> {
  const knownUntil = new Map<string, number>()
  return async (channelId) => {
    if ((knownUntil.get(channelId) ?? 0) > now()) return true
    try {
      await client.conversations.history({ channel: channelId, limit: 1 })
    } catch (error) {
      const failure = classifySlackError(error)
      const isOutside =
        failure.kind === 'refused' && ['not_in_channel', 'channel_not_found'].includes(failure.why)
      return !isOutside
    }
    knownUntil.set(channelId, now() + KNOWN_FOR_MS)
    return true
  }
}
