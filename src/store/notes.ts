import { and, desc, eq, isNull, or, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import { notes, posts } from './schema.js'

export type Note = typeof notes.$inferSelect

/** Keeps what someone wrote down about a failure, and lets the thread show it. */
export async function addNote(orm: Orm, note: typeof notes.$inferInsert): Promise<void> {
  await orm.insert(notes).values(note).onConflictDoNothing()
  if (note.postId) {
    await orm
      .update(posts)
      .set({ changed: sql`${posts.changed} + 1` })
      .where(eq(posts.id, note.postId))
    await orm.execute(sql`select pg_notify('pressroom_changed', ${note.postId}::text)`)
  }
}

/** Open notes that concern an account or its platform, the newest first. */
export async function openNotes(
  orm: Orm,
  about: { account: string; platform: string },
): Promise<Note[]> {
  return orm
    .select()
    .from(notes)
    .where(
      and(
        isNull(notes.resolvedAt),
        or(eq(notes.account, about.account), eq(notes.platform, about.platform)),
      ),
    )
    .orderBy(desc(notes.createdAt))
    .limit(5)
}
