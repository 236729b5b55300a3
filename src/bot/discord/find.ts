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
const MOST_PAGES = 5
/** Discord's clock and ours. */
const CLOCKS_DIFFER_MS = 5 * 60_000

/**
 * Looks through what was said since for our own messages with this key; the first one stands, the
 * others are copies.
 * @param selfId a message of anybody else is never ours, whatever stands in it
 */
export async function findMessage(rest: REST, sought: Sought, selfId: string): Promise<FindResult> {
  const { channelId, rootId, kind, key, begunAt, afterId } = sought
  const matches: string[] = []
  // Everything in a thread came after the message it hangs on, which has the thread's own id.
  let after = rootId ?? SnowflakeUtil.generate({ timestamp: begunAt - CLOCKS_DIFFER_MS }).toString()
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = new URLSearchParams({ after, limit: String(PAGE_SIZE) })
    const answer = await rest.get(Routes.channelMessages(rootId ?? channelId), { query })
    const messages = z.array(messageSchema).parse(answer)
    for (const message of messages) {
      const isOwn = (message.author?.id ?? selfId) === selfId
      const isLost = afterId !== undefined && later(afterId, message.id) === afterId
      if (isOwn && !isLost && isMarked(message, kind, key)) matches.push(message.id)
    }
    if (messages.length < PAGE_SIZE) return foundAmong(matches)
    after = messages.map(({ id }) => id).reduce(later)
  }
  if (matches.length > 0) return foundAmong(matches)
  return { kind: 'unknown', why: 'too much was said since to look through it' }
}

function foundAmong(ids: readonly string[]): FindResult {
  const [first, ...others] = [...ids].sort((a, b) => (later(a, b) === a ? 1 : -1))
  return first === undefined ? { kind: 'absent' } : { kind: 'found', messageId: first, others }
}

function later(a: string, b: string): string {
  return BigInt(a) > BigInt(b) ? a : b
}
