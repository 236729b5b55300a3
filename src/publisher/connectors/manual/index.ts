import { z } from 'zod'
import { accountName } from '../account.js'
import type { Connector } from '../connector.js'

/** An account of the accounts file: a place without an API, where a person posts by hand. */
export const manualAccount = z.strictObject({
  name: accountName,
  platform: z.literal('manual'),
  instructions: z.string().min(1).max(2000),
  /** Every account may have one; nothing is sent here. */
  apiUrl: z.string().optional(),
})
export type ManualAccount = z.infer<typeof manualAccount>

/**
 * Sends nothing: at the due time it leaves the doubt that only a person can end, so the thread shows
 * what to post and waits for "I confirmed it's live".
 */
export function createManual({ instructions }: ManualAccount): Connector {
  return {
    platform: 'manual',
    retrySafety: 'Nothing is sent here by itself; a person posts it by hand.',
    check: () => [],
    publish: async () => ({
      kind: 'ambiguous',
      reason: { class: 'unknown', text: 'This is posted by hand.', next: instructions },
    }),
    where: () => instructions,
    checkCredentials: async () => ({ kind: 'ok', identity: 'posted by hand' }),
  }
}
