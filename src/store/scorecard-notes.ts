import { and, desc, eq, getTableColumns, gte, inArray, isNull, lt, or } from 'drizzle-orm'
import type { Orm } from './database.js'
import type { Note } from './notes.js'
import { notes, posts } from './schema.js'
import type { ScorecardScope } from './scorecard-history.js'

/**
 * Notes that were open in this time and concern the posts of the scope or, when they belong to no
 * post, one of these accounts: the newest first.
 */
export async function loadOpenNotes(
  orm: Orm,
  scope: ScorecardScope,
  about: { accounts: readonly string[]; from: number; until: number; limit: number },
): Promise<Note[]> {
  const ofScope =
    scope === 'everything'
      ? undefined
      : or(
          and(eq(posts.chat, scope.chat), eq(posts.channelId, scope.channelId)),
          and(isNull(notes.postId), inArray(notes.account, [...about.accounts])),
        )
  return orm
    .select(getTableColumns(notes))
    .from(notes)
    .leftJoin(posts, eq(posts.id, notes.postId))
    .where(
      and(
        ofScope,
        lt(notes.createdAt, new Date(about.until)),
        or(isNull(notes.resolvedAt), gte(notes.resolvedAt, new Date(about.from))),
      ),
    )
    .orderBy(desc(notes.createdAt))
    .limit(about.limit)
}
