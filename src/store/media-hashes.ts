import { inArray, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import { media } from './schema.js'

/** SHA-256 of what people gave us, by the ids of the media, also of those made from it. */
export async function mediaHashes(
  orm: Orm,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const found = await orm
    .select({
      id: media.id,
      sha256: sql<string>`coalesce(${media.facts} ->> 'madeFrom', ${media.sha256})`,
    })
    .from(media)
    .where(inArray(media.id, [...ids]))
  return new Map(found.map(({ id, sha256 }) => [id, sha256]))
}
