import { and, inArray, isNotNull, lt, sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'
import { media } from './schema.js'
import { TAKES_LONG } from './statement-time.js'

const AT_A_TIME = 200

/**
 * Deletes the bytes of media that nothing needs any more: given before that time, and every target
 * of every post that shows them settled since before it. What they were stays on record, so that the
 * same file is known again.
 * @returns how many were deleted; call again while it is not 0
 */
export async function releaseMedia(orm: Orm, before: number): Promise<number> {
  const at = sql`${new Date(before).toISOString()}::timestamptz`
  const idle = await rows<{ id: string }>(
    orm,
    sql`
with used as (
  select jsonb_path_query(content, '$.media[*].id') #>> '{}' as id from pressroom.targets t
  where post_id in (select post_id from pressroom.targets where ${NEEDED(at)})
  union all
  select content #>> '{card,thumb,id}' from pressroom.targets
  where post_id in (select post_id from pressroom.targets where ${NEEDED(at)})
  union all
  select jsonb_path_query(request, '$.targets[*].content.**.id') #>> '{}' from pressroom.posts
  where status = 'draft' and created_at >= ${at}
)
select m.id from pressroom.media m
where m.bytes is not null and m.created_at < ${at}
  and not exists (select 1 from used where used.id = m.id)
limit ${AT_A_TIME} ${TAKES_LONG}`,
  )
  if (idle.length === 0) return 0
  const ids = idle.map(({ id }) => id)
  // One that is given again right now is wanted again.
  const released = await orm
    .update(media)
    .set({ bytes: null })
    .where(
      and(inArray(media.id, ids), isNotNull(media.bytes), lt(media.createdAt, new Date(before))),
    )
    .returning({ id: media.id })
  return released.length
}

const NEEDED = (at: ReturnType<typeof sql>) =>
  sql`status not in ('published', 'cancelled', 'failed') or updated_at >= ${at}`
