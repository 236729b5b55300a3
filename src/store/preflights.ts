import { and, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { PreflightProblem, PreflightStage } from '../publisher/core/preflight.js'
import { type Orm, rows } from './database.js'
import { media, preflights } from './schema.js'

export type StoredPreflight = Omit<typeof preflights.$inferSelect, 'problem'> & {
  readonly problem: PreflightProblem | null
}

/** A scheduled target that has to be looked at, and for which time. */
export interface DuePreflight {
  readonly targetId: string
  readonly stage: PreflightStage
  readonly publishAt: number
}

/**
 * Scheduled targets that were not yet looked at as they stand (content and time) in the stage they
 * have reached, or of whose account a check says something else since something would have failed;
 * the next to go out first. An account that could not be checked since `checkedAfter` is left out
 * until an hour ahead, so that its targets keep nobody else's from being looked at.
 */
export async function duePreflights(
  orm: Orm,
  { now, checkedAfter, limit }: { now: number; checkedAfter: number; limit: number },
): Promise<DuePreflight[]> {
  const at = (ms: number) => sql`${new Date(ms).toISOString()}::timestamptz`
  return rows<DuePreflight>(
    orm,
    sql`
select s.id as "targetId", s.stage, extract(epoch from s.due_at)::float8 * 1000 as "publishAt"
from (
  select id, account, due_at, content_hash, case
      when due_at <= ${at(now + 3_600_000)} then 'hour'
      when due_at <= ${at(now + 86_400_000)} then 'day'
      else 'scheduled' end as stage
  from pressroom.targets where status = 'scheduled' and due_at > ${at(now)}
) s left join pressroom.accounts a on a.name = s.account and a.removed_at is null
where not exists (
  select 1 from pressroom.preflights p
  where p.target_id = s.id and p.stage = s.stage and p.publish_at = s.due_at
    and p.content_hash = s.content_hash
    and (p.problem is null or p.checked is not distinct from a.checked)
) and (
  s.stage = 'hour' or a.checked_at is null or a.checked_at <= ${at(checkedAfter)}
    or a.checked ->> 'kind' is distinct from 'unknown'
)
order by s.due_at limit ${limit}`,
  )
}

/** Keeps what a look found; the thread is told when there is a problem, or when one is gone. */
export async function recordPreflight(
  orm: Orm,
  looked: {
    readonly targetId: string
    readonly postId: string
    readonly contentHash: string
    readonly stage: PreflightStage
    readonly publishAt: number
    readonly at: number
    readonly problem: PreflightProblem | undefined
    /** The check of the account by which that was judged, as it is stored. */
    readonly checked: unknown
  },
): Promise<void> {
  const { publishAt, at, problem = null, ...rest } = looked
  await orm.transaction(async (tx) => {
    const [before] = await newest(tx, [looked.targetId])
    await tx
      .insert(preflights)
      .values({ ...rest, problem, publishAt: new Date(publishAt), at: new Date(at) })
      .onConflictDoUpdate({
        target: [
          preflights.targetId,
          preflights.stage,
          preflights.publishAt,
          preflights.contentHash,
        ],
        set: { problem, checked: looked.checked, at: new Date(at) },
      })
    if (!problem && !before?.problem) return
    await rows(
      tx,
      sql`
with touched as (
  update pressroom.posts set changed = changed + 1 where id = ${looked.postId} returning id
)
select pg_notify('pressroom_changed', id) from touched`,
    )
  })
}

/** What the newest look at each of a post's targets found, where it found something. */
export async function loadPreflights(orm: Orm, postId: string): Promise<StoredPreflight[]> {
  const found = await orm
    .selectDistinctOn([preflights.targetId])
    .from(preflights)
    .where(eq(preflights.postId, postId))
    .orderBy(preflights.targetId, desc(preflights.at))
  return (found as StoredPreflight[]).filter(({ problem }) => problem !== null)
}

async function newest(orm: Orm, targetIds: readonly string[]): Promise<StoredPreflight[]> {
  const found = await orm
    .select()
    .from(preflights)
    .where(inArray(preflights.targetId, [...targetIds]))
    .orderBy(desc(preflights.at))
    .limit(1)
  return found as StoredPreflight[]
}

/** Which of these media are still kept. */
export async function keptMedia(orm: Orm, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const found = await orm
    .select({ id: media.id })
    .from(media)
    .where(and(inArray(media.id, [...ids]), isNotNull(media.bytes)))
  return new Set(found.map(({ id }) => id))
}
