import { sql } from 'drizzle-orm'
import type { Orm } from './database.js'

/**
 * Ends the leases of targets, of telling the chat about posts, and of what people asked for; others
 * run out by themselves. Only where one process at a time can have the store open: there, whoever held
 * a lease is gone, and waiting for it to run out would only leave people waiting.
 */
export async function endLeases(orm: Orm, now: number): Promise<void> {
  const at = sql`${new Date(now).toISOString()}::timestamptz`
  await orm.execute(sql`
    update pressroom.targets
    set lease = jsonb_set(lease, '{expiresAt}', to_jsonb(${now}::bigint)), due_at = ${at},
      version = version + 1
    where lease is not null`)
  await orm.execute(sql`
    update pressroom.posts set tell_lease_token = null, tell_lease_expires_at = null
    where tell_lease_token is not null`)
  await orm.execute(sql`update pressroom.requests set held_until = 'epoch'`)
}
