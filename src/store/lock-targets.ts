import { asc, eq } from 'drizzle-orm'
import type { Orm } from './database.js'
import { targets } from './schema.js'
import { readTarget, type StoredTarget } from './stored-target.js'

/**
 * A post's targets, held until the transaction ends: their versions cannot move meanwhile, so what
 * is decided about them can be recorded. All at once and before anything else is written, so that
 * no worker ever waits for us while we wait for it.
 */
export async function lockTargets(tx: Orm, postId: string): Promise<StoredTarget[]> {
  const found = await tx
    .select()
    .from(targets)
    .where(eq(targets.postId, postId))
    .orderBy(asc(targets.position))
    .for('update')
  return found.map(readTarget)
}
