import { eq } from 'drizzle-orm'
import type { Orm } from './database.js'
import { posts } from './schema.js'

/** The post that a command made, by what asked for it (the chat's trigger, an idempotency key). */
export async function findBySource(
  orm: Orm,
  sourceKey: string,
): Promise<{ id: string; status: string; sourceHash: string | null } | undefined> {
  const [found] = await orm
    .select({ id: posts.id, status: posts.status, sourceHash: posts.sourceHash })
    .from(posts)
    .where(eq(posts.sourceKey, sourceKey))
  return found
}
