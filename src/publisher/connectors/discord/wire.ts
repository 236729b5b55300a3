import { z } from 'zod'
import { remoteId } from '../remote-id.js'

/** @see discord-api-docs topics/opcodes-and-status-codes.mdx */
export const errorBody = z.object({
  code: z.number(),
  message: z.string().catch(''),
  errors: z.unknown().optional(),
})
export type DiscordError = z.infer<typeof errorBody>

/** Seconds, with fractions. @see discord-api-docs topics/rate-limits.mdx */
export const limitBody = z.object({ retry_after: z.number().nonnegative() })

export const webhookInfo = z.object({
  name: z.string().nullish().catch(undefined),
  channel_id: remoteId.optional().catch(undefined),
  guild_id: z.string().nullish().catch(undefined),
})
export type WebhookInfo = z.infer<typeof webhookInfo>

export const message = z.object({
  id: remoteId,
  channel_id: remoteId.optional().catch(undefined),
})

/** The reasons inside `errors`, which nests them by field. */
export function reasonsIn(errors: unknown): readonly string[] {
  if (Array.isArray(errors)) return errors.flatMap(reasonsIn)
  if (typeof errors !== 'object' || errors === null) return []
  const reason = 'message' in errors && typeof errors.message === 'string' ? [errors.message] : []
  return [...reason, ...Object.values(errors).flatMap(reasonsIn)]
}
