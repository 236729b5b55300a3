import { type SQL, sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'

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

/** Beyond this after its time, a post that went live is late. Milliseconds. */
export const LATE_MS = 60_000

/**
 * A smooth target was taken, sent, perhaps processed, and live in time: nothing else ever happened
 * to it. Most targets are smooth, and all of them mean the same to a scorecard, so they are counted
 * where they are. All others are loaded and judged one by one (`loadRough`); no target is in both.
 */
export async function countSmooth(
  orm: Orm,
  scope: ScorecardScope,
  { starts, until }: Stretch,
): Promise<SmoothCount[]> {
  const bounds = sql.join(starts.map(instant), sql`, `)
  return rows<SmoothCount>(
    orm,
    sql`
select e.account, e.platform, count(*)::int as count,
  width_bucket(e.at, array[${bounds}]) - 1 as week
from pressroom.events e
join pressroom.posts p on p.id = e.post_id
join pressroom.targets t on t.id = e.target_id
where e.at >= ${instant(starts[0] ?? until)} and e.at < ${instant(until)} and ${within(scope)}
  and ${WENT_LIVE} and not ${isLate} and not ${hasStory(until)}
group by e.account, e.platform, week`,
  )
}

/** The whole stories, up to the end of the stretch, of targets that were not smooth and did something in it. */
export async function loadRough(
  orm: Orm,
  scope: ScorecardScope,
  { starts, until }: Stretch,
): Promise<TargetHistory[]> {
  const found = await rows<RoughRow>(
    orm,
    sql`
with rough as (
  select distinct e.target_id
  from pressroom.events e
  join pressroom.posts p on p.id = e.post_id
  join pressroom.targets t on t.id = e.target_id
  where e.at >= ${instant(starts[0] ?? until)} and e.at < ${instant(until)} and ${within(scope)}
    and (not ${ordinary('e')} or (${WENT_LIVE} and (${isLate} or ${hasStory(until)})))
)
select e.target_id, e.post_id, e.account, e.platform, ${ms(DUE)} as due,
  e.id::float8 as id, ${ms(sql`e.at`)} as at, e.type, e.from_status, e.to_status, e.attempt, e.reason,
  case when e.type = 'lookedUp' and jsonb_typeof(e.evidence->'copies') = 'array'
    then jsonb_array_length(e.evidence->'copies') else 0 end as copies
from rough
join pressroom.targets t on t.id = rough.target_id
join pressroom.posts p on p.id = t.post_id
join pressroom.events e on e.target_id = rough.target_id
where e.at < ${instant(until)}
order by e.target_id, e.id`,
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
const DUE = sql`greatest(p.publish_at, t.created_at)`
const isLate = sql`(e.at > ${DUE} + ${LATE_MS} * interval '1 millisecond')`

function hasStory(until: number): SQL {
  return sql`exists (
    select from pressroom.events other
    where other.target_id = e.target_id and other.at < ${instant(until)} and not ${ordinary('other')})`
}

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
