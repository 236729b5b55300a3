import { and, asc, eq, isNotNull } from 'drizzle-orm'
import type { Actor } from '../publisher/core/target.js'
import type { Orm } from './database.js'
import { events } from './schema.js'

/** Something that somebody did to a target. */
export interface Deed {
  readonly targetId: string
  readonly at: number
  /** The event's type, such as `retryRequested` or `verdictGiven`. */
  readonly type: string
  readonly toStatus: string
  readonly who: Actor
}

/** What people and automations did to the targets of a post, the oldest first. */
export async function loadHistory(orm: Orm, postId: string): Promise<Deed[]> {
  const found = await orm
    .select()
    .from(events)
    .where(and(eq(events.postId, postId), isNotNull(events.actor)))
    .orderBy(asc(events.id))
  return found.map((row) => ({
    targetId: row.targetId,
    at: row.at.getTime(),
    type: row.type,
    toStatus: row.toStatus,
    who: row.actor as Actor,
  }))
}
