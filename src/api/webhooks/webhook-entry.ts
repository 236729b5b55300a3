import { createHash } from 'node:crypto'
import { z } from 'zod'

/** Keys of their own kind: too short a secret can be guessed from one message. */
const secret = z
  .string()
  .min(16, 'has less than 16 characters; make one with: openssl rand -hex 32')

/** An entry of `webhooks:` in the accounts file. */
export const webhookSchema = z.strictObject({
  name: z.string().regex(/^[\w.-]{1,60}$/, 'has other signs than letters, digits and . - _'),
  url: z.url({
    protocol: /^https?$/,
    error: 'is not an address that starts with http:// or https://',
  }),
  secret,
  /** The secret before it was changed; both sign until it is taken out. */
  previousSecret: secret.optional(),
  /** Where it is told when the receiver is dead; default the first channel. */
  channel: z
    .string()
    .regex(/^(slack|discord)\/[\w-]+$/, 'is not of the form slack/C0123 or discord/1234')
    .optional(),
  events: z
    .array(z.enum(['target.changed', 'post.settled']))
    .min(1)
    .default(['target.changed', 'post.settled']),
})
export type WebhookEntry = z.infer<typeof webhookSchema>

/** Stands for an address in the store, where it need not be read. */
export function urlHashOf({ url }: Pick<WebhookEntry, 'url'>): string {
  return createHash('sha256').update(url).digest('hex')
}
