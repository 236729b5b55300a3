import { and, asc, desc, eq, inArray, lt, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import { loadPost, type PostWithTargets } from './posts.js'
import { posts, targets } from './schema.js'
import { readTarget } from './stored-target.js'

export interface ListFilter {
  readonly limit: number
  /** Only posts older than this one. */
  readonly before?: string
  /** Only posts with a target in one of these states. */
  readonly statuses?: readonly string[]
}

/** Posts of all channels, the newest first. */
export async function listPosts(orm: Orm, filter: ListFilter): Promise<PostWithTargets[]> {
  const { limit, before, statuses } = filter
  if (statuses) {
    const ids = await idsByStatus(orm, statuses, filter)
    const found = await Promise.all(ids.map((id) => loadPost(orm, id)))
    return found.filter((post) => post !== undefined)
  }
  const found = await orm
    .select()
    .from(posts)
    .where(and(eq(posts.status, 'open'), before === undefined ? undefined : lt(posts.id, before)))
    .orderBy(desc(posts.id)) // ids sort by time
    .limit(limit)
  const own = await orm
    .select()
    .from(targets)
    .where(
      inArray(
        targets.postId,
        found.map(({ id }) => id),
      ),
    )
    .orderBy(asc(targets.position))
  const read = own.map(readTarget)
  return found.map((post) => ({ post, targets: read.filter(({ postId }) => postId === post.id) }))
}

async function idsByStatus(
  orm: Orm,
  statuses: readonly string[],
  { limit, before }: ListFilter,
): Promise<string[]> {
  const isUsual = statuses.some((status) => status === 'published' || status === 'cancelled')
  const found = await orm
    .selectDistinct({ id: targets.postId })
    .from(targets)
    .where(
      and(
        inArray(targets.status, [...statuses]),
        // Says what the index of the exceptional ones says, so that it is used.
        isUsual ? undefined : sql`${targets.status} not in ('published', 'cancelled')`,
        before === undefined ? undefined : lt(targets.postId, before),
      ),
    )
    .orderBy(desc(targets.postId))
    .limit(limit)
  return found.map(({ id }) => id)
}
