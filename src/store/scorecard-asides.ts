import { sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'
import { instant, ms, type ScorecardScope, type Stretch, within } from './scorecard-history.js'
import { TAKES_LONG } from './statement-time.js'

/** A duplicate or a removal that was found in the stretch. */
export interface FoundIncident {
  readonly type: 'duplicate' | 'removed'
  readonly targetId: string
  readonly postId: string
  readonly account: string
  readonly platform: string
  readonly at: number
  /** Links of the copies, where the platform gave them. */
  readonly links: readonly string[]
}

/** What was found wrong with live posts, the oldest first. */
export async function loadIncidents(
  orm: Orm,
  scope: ScorecardScope,
  { starts, until }: Stretch,
): Promise<FoundIncident[]> {
  return rows<FoundIncident>(
    orm,
    sql`
select i.type, i.target_id as "targetId", i.post_id as "postId", i.account, i.platform,
  ${ms(sql`i.at`)} as at,
  coalesce((select jsonb_agg(copy->'permalink') from jsonb_array_elements(i.detail->'copies') as copy
    where copy ? 'permalink'), '[]') as links
from pressroom.incidents i
join pressroom.posts p on p.id = i.post_id
where i.at >= ${instant(starts[0] ?? until)} and i.at < ${instant(until)} and ${within(scope)}
order by i.at, i.key ${TAKES_LONG}`,
  )
}

/** An account's place in the accounts file and its time there. */
export interface AccountSpan {
  readonly name: string
  readonly position: number
  readonly createdAt: number
  readonly removedAt: number | null
}

/** Every account that is or was in the accounts file. */
export async function loadAccountSpans(orm: Orm): Promise<AccountSpan[]> {
  return rows<AccountSpan>(
    orm,
    sql`
select name, position, ${ms(sql`created_at`)} as "createdAt", ${ms(sql`removed_at`)} as "removedAt"
from pressroom.accounts`,
  )
}

/** When a channel, or the first of all, was first asked to publish; undefined when none has been. */
export async function loadFirstUse(orm: Orm, scope: ScorecardScope): Promise<number | undefined> {
  // By channel, so that each minimum is the first entry of an index and not a look at every post.
  const [row] = await rows<{ since: number | null }>(
    orm,
    sql`
select ${ms(sql`min(first.at)`)} as since
from pressroom.channels p
cross join lateral (
  select min(created_at) as at from pressroom.posts
  where chat = p.chat and channel_id = p.channel_id
) as first
where ${within(scope)}`,
  )
  return row?.since ?? undefined
}

/** What a list of failures shows of a target besides the figures. */
export interface TargetDetail {
  readonly targetId: string
  /** The beginning of the post's text. */
  readonly text: string
  /** The live post, once it is known. */
  readonly permalink: string | null
  readonly channelId: string
  /** Messages in the chat, once they stand there: the post's and, in its thread, the target's. */
  readonly rootMessageId: string | null
  readonly messageId: string | null
}

const TEXT_SHOWN = 400

export async function loadTargetDetails(
  orm: Orm,
  targetIds: readonly string[],
): Promise<Map<string, TargetDetail>> {
  if (targetIds.length === 0) return new Map()
  const found = await rows<TargetDetail>(
    orm,
    sql`
select t.id as "targetId", left(p.text, ${TEXT_SHOWN}::int) as text, t.state->>'permalink' as permalink,
  p.channel_id as "channelId", root.message_id as "rootMessageId", own.message_id as "messageId"
from pressroom.targets t
join pressroom.posts p on p.id = t.post_id
left join pressroom.chat_messages root on root.key = p.id and root.status <> 'gone'
left join pressroom.chat_messages own on own.key = t.id and own.status <> 'gone'
where t.id = any(${sql.param(targetIds)}::text[])`,
  )
  return new Map(found.map((detail) => [detail.targetId, detail]))
}

/** What the log said in words about these events, by their ids. */
export async function loadEventNotes(
  orm: Orm,
  ids: readonly number[],
): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map()
  const found = await rows<{ id: number; note: string }>(
    orm,
    sql`
select id::float8 as id, note from pressroom.events
where id = any(${sql.param(ids)}::bigint[]) and note is not null`,
  )
  return new Map(found.map(({ id, note }) => [id, note]))
}
