import { type REST, Routes, SnowflakeUtil } from 'discord.js'
import { z } from 'zod'
import type { FindResult, Sought } from '../chat.js'
import { type Component, isMarked } from './marker.js'

const componentSchema: z.ZodType<Component> = z.looseObject({
  type: z.number(),
  content: z.string().optional().catch(undefined),
  components: z
    .array(z.lazy(() => componentSchema))
    .optional()
    .catch(undefined),
})

/** As much of a message as is looked at; what was just posted is answered with less by some servers. */
export const messageSchema = z.looseObject({
  id: z.string(),
  content: z.string().default(''),
  author: z.looseObject({ id: z.string() }).optional(),
  components: z.array(componentSchema).default([]),
})
export type FoundMessage = z.infer<typeof messageSchema>

const PAGE_SIZE = 100
/** Discord's clock and ours. */
const CLOCKS_DIFFER_MS = 5 * 60_000
/**
 * A message that was written down stands in the chat within this time, or never: by then its
 * requests, and the waits for their buckets, have timed out.
 */
const LONGEST_POST_MS = 10 * 60_000

/**
 * Looks for our own messages with this key through everything that was said while the one that was
 * written down can have come into the chat, however much that is: what is not among it is not there.
 * The first one stands, the others are copies.
 * @param selfId a message of anybody else is never ours, whatever stands in it
 */
export async function findMessage(rest: REST, sought: Sought, selfId: string): Promise<FindResult> {
  const { channelId, rootId, kind, key, begunAt, afterId } = sought
  const matches: string[] = []
  const since = idAt(begunAt - CLOCKS_DIFFER_MS)
  const until = idAt(begunAt + LONGEST_POST_MS + CLOCKS_DIFFER_MS)
  // Everything in a thread came after the message it hangs on, which has the thread's own id.
  let after = [since, rootId ?? since, afterId ?? since].reduce(later)
  for (;;) {
    const query = new URLSearchParams({ after, limit: String(PAGE_SIZE) })
    const answer = await rest.get(Routes.channelMessages(rootId ?? channelId), { query })
    const messages = z.array(messageSchema).parse(answer)
    for (const message of messages) {
      const isOwn = (message.author?.id ?? selfId) === selfId
      if (isOwn && isMarked(message, kind, key)) matches.push(message.id)
    }
    after = messages.map(({ id }) => id).reduce(later, after)
    if (messages.length < PAGE_SIZE || later(after, until) === after) return foundAmong(matches)
  }
}

/** The id that a message of this moment would have. */
function idAt(at: number): string {
  return SnowflakeUtil.generate({ timestamp: at }).toString()
}

function foundAmong(ids: readonly string[]): FindResult {
  const [first, ...others] = [...ids].sort((a, b) => (later(a, b) === a ? 1 : -1))
  return first === undefined ? { kind: 'absent' } : { kind: 'found', messageId: first, others }
}

function later(a: string, b: string): string {
  return BigInt(a) > BigInt(b) ? a : b
}
