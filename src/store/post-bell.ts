import { type SQL, sql } from 'drizzle-orm'

/** What `pressroom_changed` says: a post looks different. */
export interface PostBell {
  readonly postId: string
  /** People are to see it before what else there is to tell. */
  readonly isUrgent: boolean
}

const URGENT = ' urgent'

export function readPostBell(payload: string): PostBell {
  const isUrgent = payload.endsWith(URGENT)
  return { postId: isUrgent ? payload.slice(0, -URGENT.length) : payload, isUrgent }
}

/** Rings for the post whose id this expression is, where `isUrgent` is one too. */
export function ringForPost(id: SQL, isUrgent: SQL): SQL {
  return sql`pg_notify('pressroom_changed', ${id} || case when ${isUrgent} then ${URGENT}::text else '' end)`
}
