import { z } from 'zod'
import type { Instant } from '../publisher/core/target.js'
import { duration } from './wording.js'

const checkSchema = z.object({
  kind: z.literal('ok'),
  expiresAt: z.number(),
  renews: z.boolean().optional(),
})

/** When a credential ends that nobody renews by itself, from its newest check as it was stored. */
export function endOf(checked: unknown): Instant | undefined {
  const known = checkSchema.safeParse(checked).data
  return known && !known.renews ? known.expiresAt : undefined
}

const WARN_WITHIN_MS = 7 * 86_400_000

/** What to tell whoever publishes there, while it costs nothing yet. */
export function endWarning(
  { name, checked }: { name: string; checked: unknown },
  now: Instant,
): string | undefined {
  const endsAt = endOf(checked)
  if (endsAt === undefined || endsAt <= now || endsAt - now > WARN_WITHIN_MS) return undefined
  return `The credential of ${name} ends in ${duration(endsAt - now)}. Put a new one into the accounts file before that, and restart.`
}
