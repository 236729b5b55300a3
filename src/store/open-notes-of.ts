import { and, desc, inArray, isNull, or } from 'drizzle-orm'
import type { Orm } from './database.js'
import type { Note } from './notes.js'
import { notes } from './schema.js'

/** Open notes about any of these accounts or their platforms, the newest first. */
export async function openNotesOf(
  orm: Orm,
  accounts: readonly { name: string; platform: string }[],
  limit: number,
): Promise<Note[]> {
  if (accounts.length === 0) return []
  const names = accounts.map(({ name }) => name)
  const platforms = [...new Set(accounts.map(({ platform }) => platform))]
  return orm
    .select()
    .from(notes)
    .where(
      and(
        isNull(notes.resolvedAt),
        or(inArray(notes.account, names), inArray(notes.platform, platforms)),
      ),
    )
    .orderBy(desc(notes.createdAt))
    .limit(limit)
}
