import { and, desc, eq, gt, inArray, isNull, like, lt, lte, or, sql } from 'drizzle-orm'
import { type Orm, rows, startingWith } from './database.js'
import { loadTargetsOf } from './load-targets.js'
import { ringForPost } from './post-bell.js'
import { posts } from './schema.js'
import type { StoredTarget } from './stored-target.js'

export type StoredPost = typeof posts.$inferSelect

export interface PostWithTargets {
  readonly post: StoredPost
  readonly targets: readonly StoredTarget[]
}

export async function loadPost(orm: Orm, id: string): Promise<PostWithTargets | undefined> {
  const [post] = await orm.select().from(posts).where(eq(posts.id, id))
  return post && { post, targets: await loadTargetsOf(orm, id) }
}

/** Posts whose id begins so: people type the first characters. At most two, to tell "which one?". */
export async function findPostIds(orm: Orm, prefix: string): Promise<string[]> {
  const found = await orm
    .select({ id: posts.id })
    .from(posts)
    .where(and(like(posts.id, startingWith(prefix)), eq(posts.status, 'open')))
    .limit(2)
  return found.map(({ id }) => id)
}

/** The newest posts of a channel that have targets. */
export async function recentPosts(
  orm: Orm,
  channel: { chat: string; channelId: string },
  limit: number,
): Promise<PostWithTargets[]> {
  const found = await orm
    .select()
    .from(posts)
    .where(
      and(
        eq(posts.chat, channel.chat),
        eq(posts.channelId, channel.channelId),
        eq(posts.status, 'open'),
      ),
    )
    .orderBy(desc(posts.createdAt))
    .limit(limit)
  return Promise.all(
    found.map(async (post) => ({ post, targets: await loadTargetsOf(orm, post.id) })),
  )
}

/** Moves a draft on, once: to `open` when a person said "Publish anyway", to `discarded` else. */
export async function settleDraft(
  orm: Orm,
  id: string,
  to: 'open' | 'discarded',
): Promise<boolean> {
  const moved = await orm
    .update(posts)
    .set({ status: to, ...(to === 'open' ? { changed: sql`${posts.changed} + 1` } : {}) })
    .where(and(eq(posts.id, id), eq(posts.status, 'draft')))
    .returning({ id: posts.id })
  return moved.length > 0
}

/** The time that a post shows as its own, after it was moved. */
export async function setPublishAt(orm: Orm, id: string, at: number): Promise<void> {
  await orm
    .update(posts)
    .set({ publishAt: new Date(at) })
    .where(eq(posts.id, id))
}

/** Takes a post for telling the chat about it, if nobody else has it. */
export async function claimTelling(
  orm: Orm,
  claim: {
    postId: string
    chats: readonly string[]
    token: string
    now: number
    expiresAt: number
  },
): Promise<StoredPost | undefined> {
  const [post] = await orm
    .update(posts)
    .set({ tellLeaseToken: claim.token, tellLeaseExpiresAt: new Date(claim.expiresAt) })
    .where(
      and(
        eq(posts.id, claim.postId),
        inArray(posts.chat, [...claim.chats]),
        gt(posts.changed, posts.told),
        or(isNull(posts.tellAt), lte(posts.tellAt, new Date(claim.now))),
        or(isNull(posts.tellLeaseExpiresAt), lt(posts.tellLeaseExpiresAt, new Date(claim.now))),
      ),
    )
    .returning()
  return post
}

/** Keeps the telling of a post while it goes on. @returns false when somebody else has it now */
export async function renewTelling(
  orm: Orm,
  postId: string,
  token: string,
  expiresAt: number,
): Promise<boolean> {
  const kept = await orm
    .update(posts)
    .set({ tellLeaseExpiresAt: new Date(expiresAt) })
    .where(and(eq(posts.id, postId), eq(posts.tellLeaseToken, token)))
    .returning({ id: posts.id })
  return kept.length > 0
}

/**
 * Gives a post back after telling.
 * @param told the value of `changed` that the chat now shows; lower than `changed` when more came
 * @param tellAt when to try again, after a failure
 */
export async function finishTelling(
  orm: Orm,
  done: { postId: string; token: string; told: number; tellAt?: number },
): Promise<void> {
  await rows(
    orm,
    sql`
with done as (
  update pressroom.posts set told = greatest(told, ${done.told}), tell_lease_token = null,
    tell_lease_expires_at = null, tell_at = ${done.tellAt === undefined ? sql`null` : sql`${new Date(done.tellAt).toISOString()}::timestamptz`}
  where id = ${done.postId} and tell_lease_token = ${done.token}
  returning id, changed, told, urgent, tell_at
)
select ${ringForPost(sql`id`, sql`urgent > told`)} from done where changed > told and tell_at is null`,
  )
}

/** Lets the chat be told about a post again, because something about it looks different. */
export async function touchPost(orm: Orm, id: string): Promise<void> {
  await rows(
    orm,
    sql`
with touched as (
  update pressroom.posts set changed = changed + 1, tell_at = null where id = ${id} returning id
)
select pg_notify('pressroom_changed', id) from touched`,
  )
}
