import { inArray } from 'drizzle-orm'
import type { Orm } from './database.js'
import { media } from './schema.js'

/** SHA-256 of kept media, by their ids. */
export async function mediaHashes(
  orm: Orm,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const found = await orm
    .select({ id: media.id, sha256: media.sha256 })
    .from(media)
    .where(inArray(media.id, [...ids]))
  return new Map(found.map(({ id, sha256 }) => [id, sha256]))
}
