import { and, eq } from 'drizzle-orm'
import { nextDueAt } from '../publisher/core/decide.js'
import type { Orm } from './database.js'
import { targets } from './schema.js'
import type { StoredTarget } from './stored-target.js'

/** Puts the bell of a target back to what its state says, when something else had moved it. */
export async function healDueAt(orm: Orm, stored: StoredTarget): Promise<void> {
  const dueAt = nextDueAt(stored.target) ?? null
  if (dueAt === stored.dueAt) return
  await orm
    .update(targets)
    .set({ dueAt: dueAt === null ? null : new Date(dueAt) })
    .where(and(eq(targets.id, stored.id), eq(targets.version, stored.version)))
}
