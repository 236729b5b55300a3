import { and, eq, gte, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'
import { scorecards } from './schema.js'
import { instant, ms } from './scorecard-history.js'

export type StoredScorecard = typeof scorecards.$inferSelect

/** A channel that publishes, as far as it decides when its scorecard is due. */
export interface ScorecardChannel {
  readonly chat: string
  readonly channelId: string
  readonly teamId: string
  /** IANA name; null when the workspace has none of its own. */
  readonly timeZone: string | null
  readonly createdAt: number
  /** The newest time for which it was asked to publish. */
  readonly newestAt: number
}

/** A post may be scheduled this far ahead. */
const YEAR_MS = 366 * 86_400_000

/** The channels of these chats with a post that was due since then, or is. */
export async function loadScorecardChannels(
  orm: Orm,
  chats: readonly string[],
  since: number,
): Promise<ScorecardChannel[]> {
  return rows<ScorecardChannel>(
    orm,
    sql`
select c.chat, c.channel_id as "channelId", w.team_id as "teamId", w.time_zone as "timeZone",
  ${ms(sql`c.created_at`)} as "createdAt", ${ms(sql`newest.at`)} as "newestAt"
from pressroom.channels c
join pressroom.workspaces w on w.id = c.workspace_id
cross join lateral (
  select max(greatest(p.created_at, p.publish_at)) as at from pressroom.posts p
  where p.chat = c.chat and p.channel_id = c.channel_id and p.status = 'open'
    and p.created_at >= ${instant(since - YEAR_MS)}
) as newest
where c.chat = any(${sql.param([...chats])}::text[]) and newest.at >= ${instant(since)}
order by c.chat, c.channel_id`,
  )
}

/** Weekly scorecards of these chats that were due since then; not those that somebody asked for. */
export async function loadScorecards(
  orm: Orm,
  chats: readonly string[],
  since: number,
): Promise<StoredScorecard[]> {
  return orm
    .select()
    .from(scorecards)
    .where(
      and(
        inArray(scorecards.chat, [...chats]),
        gte(scorecards.dueAt, new Date(since)),
        sql`${scorecards.key} = ${scorecards.chat} || '/' || ${scorecards.channelId} || '/' || ${scorecards.week}`,
      ),
    )
}

/**
 * Takes a scorecard for posting, if it does not stand in its channel and nobody else has it.
 * @param claim.asOf what its figures are to stand for, if this is the first try
 */
export async function claimScorecard(
  orm: Orm,
  claim: Pick<StoredScorecard, 'key' | 'chat' | 'channelId' | 'week'> & {
    readonly dueAt: number
    readonly asOf: number
    readonly token: string
    readonly now: number
    readonly expiresAt: number
  },
): Promise<StoredScorecard | undefined> {
  const { token, now, expiresAt, dueAt, asOf, ...rest } = claim
  const at = new Date(now)
  const lease = { leaseToken: token, leaseExpiresAt: new Date(expiresAt) }
  const [claimed] = await orm
    .insert(scorecards)
    .values({
      ...rest,
      ...lease,
      dueAt: new Date(dueAt),
      asOf: new Date(asOf),
      parts: {},
      createdAt: at,
    })
    .onConflictDoUpdate({
      target: scorecards.key,
      set: lease,
      setWhere: sql`${isNull(scorecards.doneAt)}
        and ${or(isNull(scorecards.retryAt), lte(scorecards.retryAt, at))}
        and ${or(isNull(scorecards.leaseExpiresAt), lt(scorecards.leaseExpiresAt, at))}`,
    })
    .returning()
  return claimed
}

export type PartStanding =
  /** Written down now: post it. */
  | { readonly kind: 'begun' }
  /** It was begun before, and nobody knows whether it stands there: look for it. */
  | { readonly kind: 'doubtful'; readonly begunAt: number }
  | { readonly kind: 'posted'; readonly messageId: string }
  /** Somebody else has the scorecard now. */
  | { readonly kind: 'lost' }

/** Writes down that a message of a claimed scorecard is about to be posted, before it is. */
export async function beginPart(
  orm: Orm,
  begin: { key: string; token: string; part: string; at: number; expiresAt: number },
): Promise<PartStanding> {
  const { key, token, part, at, expiresAt } = begin
  const begun = await orm
    .update(scorecards)
    .set({
      parts: sql`${scorecards.parts} || jsonb_build_object(${part}::text, jsonb_build_object('begunAt', ${at}::float8))`,
      leaseExpiresAt: new Date(expiresAt),
    })
    .where(
      and(
        eq(scorecards.key, key),
        eq(scorecards.leaseToken, token),
        sql`not ${scorecards.parts} ? ${part}::text`,
      ),
    )
    .returning({ key: scorecards.key })
  if (begun.length > 0) return { kind: 'begun' }
  const [row] = await orm.select().from(scorecards).where(eq(scorecards.key, key))
  const standing = row?.leaseToken === token ? row.parts[part] : undefined
  if (!standing) return { kind: 'lost' }
  const { messageId, begunAt } = standing
  return messageId === undefined ? { kind: 'doubtful', begunAt } : { kind: 'posted', messageId }
}

/**
 * The message stands in the chat. True whoever holds the scorecard by now.
 * @returns the id that stands for this part: another than given, when somebody was faster
 */
export async function partPosted(
  orm: Orm,
  posted: { key: string; part: string; messageId: string },
): Promise<string> {
  const { key, part, messageId } = posted
  await orm
    .update(scorecards)
    .set({
      parts: sql`jsonb_set(${scorecards.parts}, array[${part}::text, 'messageId'], to_jsonb(${messageId}::text))`,
    })
    .where(
      and(
        eq(scorecards.key, key),
        sql`${scorecards.parts} -> ${part}::text ->> 'messageId' is null`,
      ),
    )
  const [row] = await orm.select().from(scorecards).where(eq(scorecards.key, key))
  return row?.parts[part]?.messageId ?? messageId
}

/** It certainly was not posted: the next try may post it. */
export async function partNotPosted(
  orm: Orm,
  not: { key: string; token: string; part: string },
): Promise<void> {
  await orm
    .update(scorecards)
    .set({ parts: sql`${scorecards.parts} - ${not.part}::text` })
    .where(
      and(
        eq(scorecards.key, not.key),
        eq(scorecards.leaseToken, not.token),
        sql`${scorecards.parts} -> ${not.part}::text ->> 'messageId' is null`,
      ),
    )
}

/** Gives a scorecard back: for good when all of it stands in the channel, or to be tried again. */
export async function releaseScorecard(
  orm: Orm,
  release: { key: string; token: string } & ({ doneAt: number } | { retryAt: number }),
): Promise<void> {
  const done = 'doneAt' in release
  await orm
    .update(scorecards)
    .set({
      leaseToken: null,
      leaseExpiresAt: null,
      ...(done ? { doneAt: new Date(release.doneAt) } : { retryAt: new Date(release.retryAt) }),
    })
    .where(and(eq(scorecards.key, release.key), eq(scorecards.leaseToken, release.token)))
}
