import { asc, eq } from 'drizzle-orm'
import type { Orm } from './database.js'
import { attempts, events, targets } from './schema.js'

export type StoredAttempt = typeof attempts.$inferSelect
export type StoredEvent = typeof events.$inferSelect

/** Every attempt at the targets of a post, by number. */
export async function loadAttempts(orm: Orm, postId: string): Promise<StoredAttempt[]> {
  const found = await orm
    .select({ attempt: attempts })
    .from(targets)
    .innerJoin(attempts, eq(attempts.targetId, targets.id))
    .where(eq(targets.postId, postId))
    .orderBy(asc(attempts.number))
  return found.map(({ attempt }) => attempt)
}

/** Everything that happened to the targets of a post, the oldest first. */
export async function loadEvents(orm: Orm, postId: string): Promise<StoredEvent[]> {
  return orm.select().from(events).where(eq(events.postId, postId)).orderBy(asc(events.id))
}
