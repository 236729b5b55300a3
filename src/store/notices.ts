import { and, eq, isNull, lt, lte, or, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import { notices } from './schema.js'

export type StoredNotice = typeof notices.$inferSelect

/** A notice that was posted, or begun. */
export async function findNotice(orm: Orm, key: string): Promise<StoredNotice | undefined> {
  const [found] = await orm.select().from(notices).where(eq(notices.key, key))
  return found
}

/** Takes a notice for posting, if it does not stand in its channel and nobody else has it. */
export async function claimNotice(
  orm: Orm,
  claim: Pick<StoredNotice, 'key' | 'chat' | 'channelId'> & {
    readonly token: string
    readonly now: number
    readonly expiresAt: number
  },
): Promise<StoredNotice | undefined> {
  const { token, now, expiresAt, ...rest } = claim
  const at = new Date(now)
  const lease = { leaseToken: token, leaseExpiresAt: new Date(expiresAt) }
  const [claimed] = await orm
    .insert(notices)
    .values({ ...rest, ...lease, createdAt: at })
    .onConflictDoUpdate({
      target: notices.key,
      set: lease,
      setWhere: sql`${isNull(notices.doneAt)}
        and ${or(isNull(notices.retryAt), lte(notices.retryAt, at))}
        and ${or(isNull(notices.leaseExpiresAt), lt(notices.leaseExpiresAt, at))}`,
    })
    .returning()
  return claimed
}

/**
 * Writes down that a claimed notice is about to be posted, before it is: when the answer is lost,
 * it is looked for instead.
 * @returns false when somebody else has it now
 */
export async function beginNotice(
  orm: Orm,
  begin: { key: string; token: string; at: number },
): Promise<boolean> {
  const begun = await orm
    .update(notices)
    .set({ begunAt: new Date(begin.at) })
    .where(and(eq(notices.key, begin.key), eq(notices.leaseToken, begin.token)))
    .returning({ key: notices.key })
  return begun.length > 0
}

/** It stands in the channel: true whoever holds it by now. */
export async function noticePosted(
  orm: Orm,
  posted: { key: string; messageId: string; at: number },
): Promise<void> {
  const { key, messageId, at } = posted
  await orm
    .update(notices)
    .set({ messageId, doneAt: new Date(at), leaseToken: null, leaseExpiresAt: null })
    .where(eq(notices.key, key))
}

/** Gives a notice back, to be tried again. @param back.certainly it was not posted */
export async function releaseNotice(
  orm: Orm,
  back: { key: string; token: string; retryAt: number; certainly: boolean },
): Promise<void> {
  await orm
    .update(notices)
    .set({
      leaseToken: null,
      leaseExpiresAt: null,
      retryAt: new Date(back.retryAt),
      ...(back.certainly ? { begunAt: null } : {}),
    })
    .where(and(eq(notices.key, back.key), eq(notices.leaseToken, back.token)))
}
