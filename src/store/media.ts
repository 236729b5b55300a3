import { isDeepStrictEqual } from 'node:util'
import { eq, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import { media } from './schema.js'
import { TAKES_LONG } from './statement-time.js'
import type { StoredContent } from './stored-target.js'

export type MediaFacts = Omit<StoredContent['media'][number], 'id' | 'alt'>

/** Keeps bytes; the same bytes are kept once. @returns the id under which they are kept */
export async function saveMedia(
  orm: Orm,
  item: {
    id: string
    sha256: string
    facts: MediaFacts
    bytes: Uint8Array
    at: number
    /** SHA-256 of the file that it was made from to fit a platform. */
    madeFrom?: string
  },
): Promise<string> {
  const facts = { ...item.facts, ...(item.madeFrom ? { madeFrom: item.madeFrom } : {}) }
  const [known] = await orm
    .select({ id: media.id, facts: media.facts })
    .from(media)
    .where(eq(media.sha256, item.sha256))
  // jsonb keeps its own order of keys.
  if (known && isDeepStrictEqual(known.facts, facts)) {
    await giveAgain(orm, known.id, item)
    return known.id
  }
  await orm.insert(media).values({
    id: item.id,
    sha256: item.sha256,
    mime: item.facts.mime,
    facts,
    bytes: item.bytes,
    createdAt: new Date(item.at),
  })
  return item.id
}

/** They are needed as long as if they were new; deleted bytes are put back. */
async function giveAgain(
  orm: Orm,
  id: string,
  { bytes, at }: { bytes: Uint8Array; at: number },
): Promise<void> {
  const [row] = await orm
    .update(media)
    .set({ createdAt: new Date(at) })
    .where(eq(media.id, id))
    .returning({ isGone: sql<boolean>`${media.bytes} is null` })
  if (row?.isGone) await orm.update(media).set({ bytes }).where(eq(media.id, id))
}

/** Undefined also when the bytes were deleted. */
export async function loadMedia(
  orm: Orm,
  id: string,
): Promise<{ mime: string; bytes: Uint8Array } | undefined> {
  const [found] = await orm
    .select({ mime: media.mime, bytes: media.bytes })
    .from(media)
    .where(sql`${eq(media.id, id)} ${TAKES_LONG}`)
  return found?.bytes ? { mime: found.mime, bytes: found.bytes } : undefined
}
