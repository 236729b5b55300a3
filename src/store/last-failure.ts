import { and, desc, eq, inArray } from 'drizzle-orm'
import type { Orm } from './database.js'
import { events } from './schema.js'

/** What a target failed with last, in the log's words (a failure class, or `ambiguous`), if it did. */
export async function lastFailureOf(orm: Orm, targetId: string): Promise<string | undefined> {
  const [last] = await orm
    .select({ reason: events.reason })
    .from(events)
    .where(
      and(
        eq(events.targetId, targetId),
        eq(events.type, 'attempted'),
        inArray(events.toStatus, ['waiting', 'reconciling', 'unconfirmed', 'held', 'failed']),
      ),
    )
    .orderBy(desc(events.id))
    .limit(1)
  return last?.reason ?? undefined
}
