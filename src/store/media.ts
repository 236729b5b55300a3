import { isDeepStrictEqual } from 'node:util'
import { and, eq } from 'drizzle-orm'
import type { Orm } from './database.js'
import { media } from './schema.js'
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
  if (known && isDeepStrictEqual(known.facts, facts)) return known.id
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

export async function loadMedia(
  orm: Orm,
  id: string,
): Promise<{ mime: string; bytes: Uint8Array } | undefined> {
  const [found] = await orm
    .select({ mime: media.mime, bytes: media.bytes })
    .from(media)
    .where(and(eq(media.id, id)))
  return found
}
