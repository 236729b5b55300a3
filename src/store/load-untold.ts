import { and, asc, eq, gt, inArray, isNull, lt, lte, or } from 'drizzle-orm'
import type { Orm } from './database.js'
import { posts } from './schema.js'

/**
 * Posts that these chats have not caught up with, that are due to be told and that nobody is
 * telling, the oldest first. Posts of other chats are left out, so that they never fill the list.
 */
export async function loadUntold(
  orm: Orm,
  chats: readonly string[],
  now: number,
  limit: number,
): Promise<string[]> {
  const at = new Date(now)
  const found = await orm
    .select({ id: posts.id })
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
    .orderBy(asc(posts.id))
    .limit(limit)
  return found.map(({ id }) => id)
}
