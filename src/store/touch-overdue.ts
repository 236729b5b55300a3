import { sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'

/**
 * Finds targets that should have gone on by now, and marks their posts as changed, so that people are
 * told. Left out are posts about which they were told already, or will be for another change.
 * @param late.startedBefore what was due before this and still waits in line
 * @param late.movedBefore what should have made its next step before this
 */
export async function touchOverdue(
  orm: Orm,
  late: { readonly startedBefore: number; readonly movedBefore: number },
): Promise<number> {
  const instant = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`
  const touched = await rows<{ id: string }>(
    orm,
    sql`
with overdue as (
  select id, post_id from pressroom.targets
  where status in ('scheduled', 'queued') and due_since < ${instant(late.startedBefore)}
    and due_at is not null
  union all
  select id, post_id from pressroom.targets
  where due_at < ${instant(late.movedBefore)}
    and status in ('publishing', 'processing', 'reconciling', 'waiting')
), touched as (
  update pressroom.posts set changed = changed + 1
  where changed = told and id in (
    select o.post_id from overdue o where not exists (
      select 1 from pressroom.chat_messages m
      where m.post_id = o.post_id and m.kind = 'reply' and m.key like '%' || o.id || ':overdue:%'
    )
  )
  returning id
)
select id, pg_notify('pressroom_changed', id) from touched`,
  )
  return touched.length
}
