import { and, desc, eq, inArray } from 'drizzle-orm'
import type { Orm } from './database.js'
import { posts, targets } from './schema.js'

/** Posts of a channel with a target in one of these states, the newest first. */
export async function channelPosts(
  orm: Orm,
  channel: { chat: string; channelId: string },
  statuses: readonly string[],
  limit: number,
): Promise<string[]> {
  const found = await orm
    .selectDistinct({ id: posts.id, createdAt: posts.createdAt })
    .from(posts)
    .innerJoin(targets, eq(targets.postId, posts.id))
    .where(
      and(
        eq(posts.chat, channel.chat),
        eq(posts.channelId, channel.channelId),
        inArray(targets.status, [...statuses]),
      ),
    )
    .orderBy(desc(posts.createdAt))
    .limit(limit)
  return found.map(({ id }) => id)
}
