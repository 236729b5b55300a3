import { type SQL, sql } from 'drizzle-orm'
import { LATE_MS } from '../publisher/core/moves.js'
import { type Orm, rows } from './database.js'
import { TAKES_LONG } from './statement-time.js'

/** Whose posts a scorecard is about. */
export type ScorecardScope = { readonly chat: string; readonly channelId: string } | 'everything'

/** A stretch of weeks, `starts[0]` to `until`. Milliseconds. */
export interface Stretch {
  /** The first instant of each week, the oldest first. */
  readonly starts: readonly number[]
  /** Nothing at or after this is looked at. */
  readonly until: number
}

/** A transition as the event log keeps it, as far as figures depend on it. */
export interface LoggedEvent {
  readonly id: number
  readonly at: number
  readonly type: string
  readonly from: string
  readonly to: string
  readonly attempt: number
  /** The failure class or outcome kind that came with it. */
  readonly reason: string | null
  /** How many live copies a look-up found. */
  readonly copies: number
}

/** Everything that happened to a target, the oldest first. */
export interface TargetHistory {
  readonly targetId: string
  readonly postId: string
  readonly account: string
  readonly platform: string
  /** When it was asked to be live: its time, or the moment it was asked for. */
  readonly dueAt: number
  readonly events: readonly LoggedEvent[]
}

/** Targets of an account that went live in a week and had no story to tell. */
export interface SmoothCount {
  readonly account: string
  readonly platform: string
  /** Index into the stretch's weeks. */
  readonly week: number
  readonly count: number
}

/**
 * What happened in a stretch of weeks. A smooth target was taken, sent, perhaps processed, and live
 * in time: nothing else ever happened to it. Most targets are smooth, and all of them mean the same
 * to a scorecard, so they are only counted. Every other target that did something in the stretch is
 * rough: its whole story, up to the end of the stretch, is loaded to be judged. None is in both.
 * @param tx a transaction that sees one state of the store
 */
export async function loadStories(
  tx: Orm,
  scope: ScorecardScope,
  stretch: Stretch,
): Promise<{ smooth: SmoothCount[]; rough: TargetHistory[] }> {
  // Compiling these statements takes longer than running them, and the planner cannot know it.
  await tx.execute(sql`set local jit = off`)
  const rough = await loadRough(tx, scope, stretch)
  const wentLive = await countWentLive(tx, scope, stretch)
  const notSmooth = countRoughOnes(rough, stretch)
  const smooth = wentLive.map((all) => {
    return { ...all, count: all.count - (notSmooth.get(`${all.account}/${all.week}`) ?? 0) }
  })
  return { smooth: smooth.filter(({ count }) => count > 0), rough }
}

async function countWentLive(
  tx: Orm,
  scope: ScorecardScope,
  { starts, until }: Stretch,
): Promise<SmoothCount[]> {
  const bounds = sql.join(starts.map(instant), sql`, `)
  const from = instant(starts[0] ?? until)
  const end = instant(until)
  return rows<SmoothCount>(
    tx,
    sql`
with ${ownPosts(scope, from, end)}
select e.account, e.platform, count(*)::int as count,
  width_bucket(e.at, array[${bounds}]) - 1 as week
from own join pressroom.events e on e.post_id = own.id
where e.at >= ${from} and e.at < ${end} and ${WENT_LIVE}
group by e.account, e.platform, week ${TAKES_LONG}`,
  )
}

/** How many of those that went live are rough, by account and week. */
function countRoughOnes(rough: readonly TargetHistory[], { starts }: Stretch): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { account, events } of rough) {
    for (const { type, to, at } of events) {
      if (type !== 'attempted' || to !== 'published') continue
      const key = `${account}/${starts.findLastIndex((start) => start <= at)}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  }
  return counts
}

/**
 * The posts of the scope to which anything happened. Here and below, look-ups are written so that
 * each stays one step into an index (`limit 1`; `offset 0` keeps a lateral from becoming a join):
 * the planner takes such lists for much longer than they are, and would read all posts, all
 * targets or the whole log instead, which grow for ever.
 */
function ownPosts(scope: ScorecardScope, from: SQL, end: SQL): SQL {
  return sql`own as materialized (
  select found.*
  from (select distinct post_id from pressroom.events where at >= ${from} and at < ${end}) as seen
  cross join lateral (
    select p.id, p.publish_at, p.created_at from pressroom.posts p
    where p.id = seen.post_id and ${within(scope)} offset 0
  ) as found
)`
}

async function loadRough(
  tx: Orm,
  scope: ScorecardScope,
  { starts, until }: Stretch,
): Promise<TargetHistory[]> {
  const from = instant(starts[0] ?? until)
  const end = instant(until)
  const found = await rows<RoughRow>(
    tx,
    sql`
with ${ownPosts(scope, from, end)}, rough as materialized (
  select distinct e.target_id, own.publish_at
  from own join pressroom.events e on e.post_id = own.id
  where e.at >= ${from} and e.at < ${end} and (
    not ${ordinary('e')}
    or ${WENT_LIVE} and (
      e.at > greatest(own.publish_at, own.created_at) + ${LATE_MS} * interval '1 millisecond'
      -- Its story may lie before the stretch, if it goes back that far.
      or own.created_at < ${from} and coalesce((
        select true from pressroom.events other
        where other.target_id = e.target_id and other.at < ${from} and not ${ordinary('other')}
        limit 1), false)))
), due as materialized (
  select target_id, coalesce(
    -- The time that it was moved to; the post's own belongs to all of its targets.
    (select to_timestamp((e.evidence->>'publishAt')::float8 / 1000) from pressroom.events e
      where e.target_id = rough.target_id and e.at < ${end} and e.type = 'rescheduled'
        and e.evidence ? 'publishAt'
      order by e.id desc limit 1),
    greatest(publish_at, (select created_at from pressroom.targets where id = target_id))) as at
  from rough
)
select due.target_id, ${ms(sql`due.at`)} as due, story.*
from due cross join lateral (
  select e.id::float8 as id, ${ms(sql`e.at`)} as at, e.post_id, e.account, e.platform,
    e.type, e.from_status, e.to_status, e.attempt, e.reason,
    case when e.type = 'lookedUp' and jsonb_typeof(e.evidence->'copies') = 'array'
      then jsonb_array_length(e.evidence->'copies') else 0 end as copies
  from pressroom.events e
  where e.target_id = due.target_id and e.at < ${end}
  offset 0
) as story
order by due.target_id, story.id ${TAKES_LONG}`,
  )
  return inHistories(found)
}

interface RoughRow {
  readonly target_id: string
  readonly post_id: string
  readonly account: string
  readonly platform: string
  readonly due: number
  readonly id: number
  readonly at: number
  readonly type: string
  readonly from_status: string
  readonly to_status: string
  readonly attempt: number
  readonly reason: string | null
  readonly copies: number
}

/** @param found by target, the oldest event first */
function inHistories(found: readonly RoughRow[]): TargetHistory[] {
  const histories: (TargetHistory & { readonly events: LoggedEvent[] })[] = []
  for (const row of found) {
    const { target_id: targetId, post_id: postId, account, platform, due: dueAt } = row
    const { id, at, type, from_status: from, to_status: to, attempt, reason, copies } = row
    const event = { id, at, type, from, to, attempt, reason, copies }
    const current = histories.at(-1)
    if (current?.targetId === targetId) current.events.push(event)
    else histories.push({ targetId, postId, account, platform, dueAt, events: [event] })
  }
  return histories
}

/** What can happen to a target without anything having gone wrong or anybody having stepped in. */
function ordinary(event: 'e' | 'other'): SQL {
  const column = (name: string) => sql.raw(`${event}.${name}`)
  return sql`(
  ${column('type')} = 'claimed' and ${column('to_status')} in ('publishing', 'queued')
  or ${column('type')} = 'attempted' and ${column('to_status')} in ('processing', 'published')
  or ${column('type')} in ('sighted', 'linkAdded'))`
}

const WENT_LIVE = sql`(e.type = 'attempted' and e.to_status = 'published')`

/** Whether the joined post `p` is one that the scorecard is about. */
export function within(scope: ScorecardScope): SQL {
  return scope === 'everything'
    ? sql`true`
    : sql`(p.chat = ${scope.chat} and p.channel_id = ${scope.channelId})`
}

export function instant(at: number): SQL {
  return sql`${new Date(at).toISOString()}::timestamptz`
}

/** A time as a number of milliseconds, the same from both drivers. */
export function ms(time: SQL): SQL {
  return sql`round(extract(epoch from ${time}) * 1000)::float8`
}
