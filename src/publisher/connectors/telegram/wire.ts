import { z } from 'zod'

/** @see Bot API, "Making requests" and ResponseParameters */
export const errorBody = z.object({
  ok: z.literal(false),
  error_code: z.number(),
  description: z.string().catch(''),
  parameters: z
    .object({
      retry_after: z.number().optional().catch(undefined),
      migrate_to_chat_id: z.number().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
})
export type TelegramError = z.infer<typeof errorBody>

const message = z.object({
  message_id: z.number().int(),
  // Always there by the documentation; a message that is live stays so without it.
  chat: z
    .object({ id: z.number(), username: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
})
export type Message = z.infer<typeof message>

/** One message, or one for each item of an album. */
export const sentMessages = z
  .object({ ok: z.literal(true), result: z.union([z.array(message).min(1), message]) })
  .transform(({ result }) => (Array.isArray(result) ? result : [result]))

export const botUser = z.object({
  ok: z.literal(true),
  result: z.object({ id: z.number(), username: z.string().catch('bot') }),
})

export const chatMember = z.object({
  ok: z.literal(true),
  result: z.object({
    status: z.string(),
    can_post_messages: z.boolean().optional().catch(undefined),
    can_send_messages: z.boolean().optional().catch(undefined),
  }),
})
