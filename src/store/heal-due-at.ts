import { and, eq, lte } from 'drizzle-orm'
import { nextDueAt } from '../publisher/core/decide.js'
import type { Orm } from './database.js'
import { targets } from './schema.js'
import type { StoredTarget } from './stored-target.js'

/** What nothing can be done for rings again so much later, and takes no place before what is due. */
const PUT_OFF_MS = 60_000

/**
 * Puts the bell of a target that was refused back to what its state says, when something else had
 * moved it, and off when its state says that it is due all the same.
 */
export async function healDueAt(orm: Orm, stored: StoredTarget, now: number): Promise<void> {
  const due = nextDueAt(stored.target) ?? null
  const dueAt = due !== null && due <= now ? now + PUT_OFF_MS : due
  if (dueAt === stored.dueAt) return
  await orm
    .update(targets)
    .set({ dueAt: dueAt === null ? null : new Date(dueAt) })
    .where(and(eq(targets.id, stored.id), eq(targets.version, stored.version)))
}

/** A target that failed once is tried again well within this time. */
const FAILING_MS = 10_000

/**
 * Puts the bell of a target off that could not be attended to and has been due for a while. What stops
 * it may stand in its own row, or in its account's, and then it would be in the way for ever.
 */
export async function putOff(orm: Orm, targetId: string, now: number): Promise<void> {
  await orm
    .update(targets)
    .set({ dueAt: new Date(now + PUT_OFF_MS) })
    .where(and(eq(targets.id, targetId), lte(targets.dueAt, new Date(now - FAILING_MS))))
}
