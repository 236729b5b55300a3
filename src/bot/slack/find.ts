import { z } from 'zod'
import type { FindResult, Sought } from '../chat.js'

const messageSchema = z.looseObject({
  ts: z.string(),
  user: z.string().nullish().catch(undefined),
  bot_id: z.string().nullish().catch(undefined),
  metadata: z
    .looseObject({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
    .optional()
    .catch(undefined),
  blocks: z
    .array(z.looseObject({ block_id: z.string().optional() }))
    .optional()
    .catch(undefined),
})
export type FoundMessage = z.infer<typeof messageSchema>

export const historyPageSchema = z.looseObject({
  messages: z.array(messageSchema).default([]),
  response_metadata: z.looseObject({ next_cursor: z.string().nullish() }).nullish(),
})

/** Who we are in Slack; a message of anybody else is never ours, whatever it carries. */
export interface Self {
  readonly userId: string
  readonly botId: string | undefined
  /** The workspace's address, such as `https://acme.slack.com/`. */
  readonly url?: string | undefined
}

const PAYLOAD_KEY = {
  post: { event_type: 'pressroom_post', field: 'postId' },
  target: { event_type: 'pressroom_target', field: 'targetId' },
  reply: { event_type: 'pressroom_reply', field: 'key' },
} as const

/** Whether this is the message that is looked for. Files carry no metadata: their block is named. */
export function isSought(message: FoundMessage, sought: Sought, self: Self): boolean {
  const { kind, key, afterId } = sought
  if (isSomebodyElses(message, self)) return false
  if (afterId !== undefined && Number(message.ts) <= Number(afterId)) return false
  const { event_type, field } = PAYLOAD_KEY[kind]
  const { metadata } = message
  if (metadata?.event_type === event_type && metadata.event_payload[field] === key) return true
  return kind === 'reply' && (message.blocks?.some(({ block_id }) => block_id === key) ?? false)
}

/** A message that does not say whose it is can be ours: nobody else has been told the key. */
function isSomebodyElses({ user, bot_id }: FoundMessage, self: Self): boolean {
  const own = user === self.userId || (self.botId !== undefined && bot_id === self.botId)
  if (own) return false
  const unnamed = !user && (!bot_id || self.botId === undefined)
  return !unnamed
}

/** The first one stands; the others are copies. */
export function foundAmong(matches: readonly FoundMessage[]): FindResult {
  const [first, ...others] = matches.map(({ ts }) => ts).sort((a, b) => Number(a) - Number(b))
  return first === undefined ? { kind: 'absent' } : { kind: 'found', messageId: first, others }
}
