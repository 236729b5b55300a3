import { eq, sql } from 'drizzle-orm'
import type { Actor } from '../publisher/core/target.js'
import { type Orm, rows } from './database.js'
import { events, posts } from './schema.js'
import type { StoredTarget } from './stored-target.js'

/** Logs who added the link of a live post, and lets the thread show it. */
export async function recordLink(
  tx: Orm,
  stored: StoredTarget,
  added: { link: string; who: Actor; at: number },
): Promise<void> {
  const { status } = stored.target.state
  await tx.insert(events).values({
    at: new Date(added.at),
    targetId: stored.id,
    postId: stored.postId,
    account: stored.account,
    platform: stored.platform,
    type: 'linkAdded',
    fromStatus: status,
    toStatus: status,
    attempt: stored.target.attempt,
    actor: added.who,
    note: added.link,
  })
  await tx
    .update(posts)
    .set({ changed: sql`${posts.changed} + 1`, tellAt: null })
    .where(eq(posts.id, stored.postId))
  await rows(tx, sql`select pg_notify('pressroom_changed', ${stored.postId}::text)`)
}
