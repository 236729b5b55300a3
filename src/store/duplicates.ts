import { and, desc, eq, gte, inArray, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import type { Actor } from '../publisher/core/target.js'
import { type Orm, rows } from './database.js'
import { touchPost } from './posts.js'
import { incidents, posts, targets } from './schema.js'
import { readTarget, type StoredTarget } from './stored-target.js'

export type StoredIncident = typeof incidents.$inferSelect

/** One of the live copies: its id, its address, or both. */
export interface Copy {
  readonly remoteId?: string
  readonly permalink?: string
}

/** The copies of a duplicate that was found or reported; none for a removal. */
export function copiesOf({ detail }: Pick<StoredIncident, 'detail'>): readonly Copy[] {
  const copies = (detail as { copies?: unknown }).copies
  return Array.isArray(copies) ? (copies as Copy[]) : []
}

/** The duplicate of a target that nobody has settled. */
export async function openDuplicate(
  orm: Orm,
  targetId: string,
  postId: string,
): Promise<StoredIncident | undefined> {
  const [found] = await orm
    .select()
    .from(incidents)
    .where(and(eq(incidents.postId, postId), isOpenDuplicateOf(targetId)))
    .orderBy(desc(incidents.at))
    .limit(1)
  return found
}

function isOpenDuplicateOf(targetId: string) {
  return and(
    eq(incidents.targetId, targetId),
    eq(incidents.type, 'duplicate'),
    isNull(incidents.resolvedAt),
  )
}

/** Writes down a duplicate that somebody reported, once. @returns false when it was known already */
export async function reportDuplicate(
  orm: Orm,
  { id, postId, account, platform, target }: StoredTarget,
  report: { copies: readonly Copy[]; by: Actor; at: number },
): Promise<boolean> {
  if (await openDuplicate(orm, id, postId)) return false
  const earlier = await rows<{ count: number }>(
    orm,
    sql`select count(*)::int as count from pressroom.incidents where post_id = ${postId} and target_id = ${id}`,
  )
  const added = await orm
    .insert(incidents)
    .values({
      key: `${id}/duplicate/${target.attempt}/reported-${earlier[0]?.count ?? 0}`,
      targetId: id,
      postId,
      account,
      platform,
      type: 'duplicate',
      detail: { type: 'duplicate', copies: report.copies, reportedBy: report.by },
      at: new Date(report.at),
    })
    .onConflictDoNothing()
    .returning({ key: incidents.key })
  if (added.length > 0) await touchPost(orm, postId)
  return added.length > 0
}

/** Settles the open duplicates of a target. @returns whether there were any */
export async function settleDuplicates(
  orm: Orm,
  { id, postId }: Pick<StoredTarget, 'id' | 'postId'>,
  how: { resolution: 'deleted' | 'kept' | 'gone'; at: number; by?: Actor },
): Promise<boolean> {
  const settled = await orm
    .update(incidents)
    .set({
      resolvedAt: new Date(how.at),
      resolution: how.resolution,
      resolvedBy: how.by ?? null,
      removeDueAt: null,
    })
    .where(and(eq(incidents.postId, postId), isOpenDuplicateOf(id)))
    .returning({ key: incidents.key })
  if (settled.length > 0) await touchPost(orm, postId)
  return settled.length > 0
}

/** Asks the workers to delete the copy. @returns false when that was asked for already, or is over */
export async function askForRemoval(
  orm: Orm,
  { id, postId }: Pick<StoredTarget, 'id' | 'postId'>,
  by: Actor,
  at: number,
): Promise<boolean> {
  const asked = await orm
    .update(incidents)
    .set({ removal: { by, askedAt: at }, removeDueAt: new Date(at) })
    .where(and(eq(incidents.postId, postId), isOpenDuplicateOf(id), isNull(incidents.removeDueAt)))
    .returning({ key: incidents.key })
  if (asked.length === 0) return false
  await touchPost(orm, postId)
  await rows(orm, sql`select pg_notify('pressroom_remove', ${id}::text)`)
  return true
}

/** Takes the copies that are to be deleted, each by one worker: its next turn is put `leaseMs` off. */
export async function takeDueRemovals(
  orm: Orm,
  now: number,
  leaseMs: number,
): Promise<StoredIncident[]> {
  const isDue = and(isNotNull(incidents.removeDueAt), lte(incidents.removeDueAt, new Date(now)))
  // Mostly there is nothing to do, and then nothing is written.
  const due = await orm.select({ key: incidents.key }).from(incidents).where(isDue).limit(1)
  if (due.length === 0) return []
  return orm
    .update(incidents)
    .set({ removeDueAt: new Date(now + leaseMs) })
    .where(isDue)
    .returning()
}

/** The copy was not deleted: says why, and lets people ask again. */
export async function removalFailed(
  orm: Orm,
  { key, postId, removal }: StoredIncident,
  problem: string,
): Promise<void> {
  await orm
    .update(incidents)
    .set({ removal: removal && { ...removal, problem }, removeDueAt: null })
    .where(and(eq(incidents.key, key), isNull(incidents.resolvedAt)))
  await touchPost(orm, postId)
}

/** Whether a post on an account is that of one of our targets: never a copy to be deleted. */
export async function belongsToTarget(
  orm: Orm,
  account: string,
  remoteId: string,
): Promise<boolean> {
  const found = await orm
    .select({ id: targets.id })
    .from(targets)
    .where(and(eq(targets.account, account), eq(targets.remoteId, remoteId)))
  return found.length > 0
}

/**
 * How many other targets may be out on the account with the same content without our knowing their
 * ids yet: so many posts that look like copies may be meant.
 */
export async function sameOnTheirWay(orm: Orm, stored: StoredTarget): Promise<number> {
  const { id, account, contentHash, content } = stored
  const [found] = await rows<{ count: number }>(
    orm,
    sql`
select count(*)::int as count from pressroom.targets
where account = ${account} and id <> ${id} and remote_id is null and (
  status in ('publishing', 'processing', 'reconciling', 'unconfirmed')
    and content->>'text' = ${content.text}
  or status = 'published' and content_hash = ${contentHash})`,
  )
  return found?.count ?? 0
}

/** What went live on an account since then and is known by its id, the newest first. */
export async function liveSince(
  orm: Orm,
  account: string,
  since: number,
  limit: number,
): Promise<string[]> {
  const found = await orm
    .select({ id: targets.id })
    .from(targets)
    .where(
      and(
        eq(targets.account, account),
        isNotNull(targets.remoteId),
        eq(targets.status, 'published'),
        gte(targets.updatedAt, new Date(since)),
        gte(targets.createdAt, new Date(since - MONTH_MS)),
      ),
    )
    .orderBy(desc(targets.updatedAt))
    .limit(limit)
  return found.map(({ id }) => id)
}

const MONTH_MS = 31 * 86_400_000

/** A channel's live targets, the newest posts first. */
export async function liveInChannel(
  orm: Orm,
  channel: { chat: string; channelId: string },
  since: number,
): Promise<StoredTarget[]> {
  const found = await orm
    .select({ target: targets })
    .from(posts)
    .innerJoin(targets, eq(targets.postId, posts.id))
    .where(
      and(
        eq(posts.chat, channel.chat),
        eq(posts.channelId, channel.channelId),
        gte(posts.createdAt, new Date(since)),
        inArray(targets.status, ['published']),
      ),
    )
    .orderBy(desc(posts.createdAt))
    .limit(MOST_LIVE)
  return found.map(({ target }) => readTarget(target))
}

const MOST_LIVE = 2_000
