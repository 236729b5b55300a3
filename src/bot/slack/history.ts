import type { webApi } from '@slack/bolt'
import type { Instant } from '../../publisher/core/target.js'
import { type FoundMessage, historyPageSchema } from './find.js'

const PAGE_SIZE = 200
/** Slack's clock and ours. */
const CLOCKS_DIFFER_MS = 60_000
/**
 * A message that was written down stands in the chat within this time, or never: by then its request
 * has timed out, and so have the uploads before it, eleven files of a minute each at worst.
 */
const LONGEST_POST_MS = 15 * 60_000

/**
 * Looks through everything that was said in a channel, or in a thread of it, while a message that was
 * written down at `begunAt` can have come into it, however much that is: what is not among it is not
 * there.
 * @throws what the Web API client throws
 */
export async function messagesSince(
  client: webApi.WebClient,
  place: { readonly channelId: string; readonly rootId?: string; readonly begunAt: Instant },
  isSought: (message: FoundMessage) => boolean,
): Promise<FoundMessage[]> {
  const { channelId, rootId, begunAt } = place
  const range = {
    channel: channelId,
    oldest: tsOf(begunAt - CLOCKS_DIFFER_MS),
    latest: tsOf(begunAt + LONGEST_POST_MS + CLOCKS_DIFFER_MS),
    include_all_metadata: true,
    limit: PAGE_SIZE,
  }
  const matches: FoundMessage[] = []
  let cursor: string | undefined
  do {
    const page = { ...range, ...(cursor === undefined ? {} : { cursor }) }
    const answer =
      rootId === undefined
        ? await client.conversations.history(page)
        : await client.conversations.replies({ ...page, ts: rootId })
    const { messages, response_metadata } = historyPageSchema.parse(answer)
    matches.push(...messages.filter(isSought))
    cursor = response_metadata?.next_cursor || undefined
  } while (cursor !== undefined)
  return matches
}

function tsOf(at: Instant): string {
  return (at / 1000).toFixed(6)
}
