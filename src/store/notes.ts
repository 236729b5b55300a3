import { and, desc, eq, getTableColumns, gt, inArray, isNull, lte, or, sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'
import { notes, posts } from './schema.js'

/**
 * What someone wrote down so that a failure does not come back: about an account, about a kind of
 * failure on a platform (then `account` is null), or about one post.
 */
export type Note = typeof notes.$inferSelect

/** An account that is about to be published to. */
export interface Destination {
  readonly name: string
  readonly platform: string
}

/** Keeps what someone wrote down, and lets the threads show it that it is about. */
export async function addNote(orm: Orm, note: typeof notes.$inferInsert): Promise<void> {
  const added = await orm.insert(notes).values(note).onConflictDoNothing().returning()
  for (const one of added) await touchConcerned(orm, one)
}

/** Open notes about any of these accounts, or about kinds of failures there: the newest first. */
export async function openNotes(
  orm: Orm,
  about: { workspaceId: string; destinations: readonly Destination[]; limit: number },
): Promise<Note[]> {
  const { destinations } = about
  if (destinations.length === 0) return []
  return orm
    .select(getTableColumns(notes))
    .from(notes)
    .leftJoin(posts, eq(posts.id, notes.postId))
    .where(
      and(
        isNull(notes.resolvedAt),
        concerning(destinations),
        // What was written in one workspace is read in no other.
        or(isNull(notes.postId), eq(posts.workspaceId, about.workspaceId)),
      ),
    )
    .orderBy(desc(notes.createdAt))
    .limit(about.limit)
}

/** Notes that were open at an instant and belong on a channel's scorecard: the newest first. */
export async function notesOpenAt(
  orm: Orm,
  about: {
    workspaceId: string
    channel: { chat: string; channelId: string }
    destinations: readonly Destination[]
    at: number
    limit: number
  },
): Promise<Note[]> {
  const { workspaceId, channel, destinations } = about
  const at = new Date(about.at)
  const ofChannel = and(eq(posts.chat, channel.chat), eq(posts.channelId, channel.channelId))
  const ofAccounts = and(
    or(isNull(notes.postId), eq(posts.workspaceId, workspaceId)),
    concerning(destinations),
  )
  return orm
    .select(getTableColumns(notes))
    .from(notes)
    .leftJoin(posts, eq(posts.id, notes.postId))
    .where(
      and(
        lte(notes.createdAt, at),
        or(isNull(notes.resolvedAt), gt(notes.resolvedAt, at)),
        destinations.length > 0 ? or(ofChannel, ofAccounts) : ofChannel,
      ),
    )
    .orderBy(desc(notes.createdAt))
    .limit(about.limit)
}

function concerning(destinations: readonly Destination[]) {
  const names = destinations.map(({ name }) => name)
  const platforms = [...new Set(destinations.map(({ platform }) => platform))]
  return or(
    inArray(notes.account, names),
    and(isNull(notes.account), inArray(notes.platform, platforms)),
  )
}

/** A note, and the workspace it was written in. */
export async function findNote(
  orm: Orm,
  id: string,
): Promise<{ note: Note; workspaceId: string | null } | undefined> {
  const [found] = await orm
    .select({ note: getTableColumns(notes), workspaceId: posts.workspaceId })
    .from(notes)
    .leftJoin(posts, eq(posts.id, notes.postId))
    .where(eq(notes.id, id))
  return found
}

/** Takes a note back from everywhere, once. @returns false when somebody was faster */
export async function resolveNote(
  orm: Orm,
  resolve: { id: string; by: string; at: number },
): Promise<boolean> {
  const resolved = await orm
    .update(notes)
    .set({ resolvedAt: new Date(resolve.at), resolvedBy: resolve.by })
    .where(and(eq(notes.id, resolve.id), isNull(notes.resolvedAt)))
    .returning()
  for (const note of resolved) await touchConcerned(orm, note)
  return resolved.length > 0
}

/** Lets its own post show it, and those that have yet to go where it is about. */
async function touchConcerned(
  orm: Orm,
  { postId, account, platform }: Pick<Note, 'postId' | 'account' | 'platform'>,
): Promise<void> {
  await rows(
    orm,
    sql`
with concerned as (
  select name from pressroom.accounts
  where name = ${account}::text or ${account}::text is null and platform = ${platform}::text
), touched as (
  update pressroom.posts set changed = changed + 1, tell_at = null
  where id = ${postId}::text or id in (
    select post_id from pressroom.targets
    where account in (select name from concerned)
      and status in ('scheduled', 'queued', 'waiting', 'held') limit ${MOST_TOUCHED}::int)
  returning id
)
select count(pg_notify('pressroom_changed', id)) from touched`,
  )
}

const MOST_TOUCHED = 100
