import { and, asc, desc, eq, gt, inArray, isNull, lt, lte, or, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import type { PostBell } from './post-bell.js'
import { posts } from './schema.js'

/**
 * Posts that these chats have not caught up with, that are due to be told and that nobody is
 * telling: the urgent ones first, then the oldest. Posts of other chats are left out, so that they
 * never fill the list.
 */
export async function loadUntold(
  orm: Orm,
  chats: readonly string[],
  now: number,
  limit: number,
): Promise<PostBell[]> {
  const at = new Date(now)
  return orm
    .select({ postId: posts.id, isUrgent: sql<boolean>`${posts.urgent} > ${posts.told}` })
    .from(posts)
    .where(
      and(
        gt(posts.changed, posts.told),
        inArray(posts.chat, [...chats]),
        eq(posts.status, 'open'),
        or(isNull(posts.tellAt), lte(posts.tellAt, at)),
        or(isNull(posts.tellLeaseExpiresAt), lt(posts.tellLeaseExpiresAt, at)),
      ),
    )
    .orderBy(desc(sql`${posts.urgent} > ${posts.told}`), asc(posts.id))
    .limit(limit)
}
