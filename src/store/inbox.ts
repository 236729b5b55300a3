import { eq, lt } from 'drizzle-orm'
import type { Orm } from './database.js'
import { inbox } from './schema.js'

/**
 * Runs `effect` once for a key, in the same transaction that remembers the key; a redelivered
 * command or click gets what the first one got.
 * @param key Slack's trigger id or Discord's interaction id, with the chat before it
 */
export async function once<T>(
  orm: Orm,
  key: string,
  at: number,
  effect: (tx: Orm) => Promise<T>,
): Promise<{ result: T; first: boolean }> {
  return orm.transaction(async (tx) => {
    const taken = await tx
      .insert(inbox)
      .values({ key, at: new Date(at) })
      .onConflictDoNothing()
      .returning({ key: inbox.key })
    if (taken.length === 0) {
      const [earlier] = await tx
        .select({ result: inbox.result })
        .from(inbox)
        .where(eq(inbox.key, key))
      return { result: earlier?.result as T, first: false }
    }
    const result = await effect(tx)
    await tx
      .update(inbox)
      .set({ result: result ?? null })
      .where(eq(inbox.key, key))
    return { result, first: true }
  })
}

/** What a key led to, if it took effect before. */
export async function recall(orm: Orm, key: string): Promise<unknown> {
  const [found] = await orm.select({ result: inbox.result }).from(inbox).where(eq(inbox.key, key))
  return found?.result
}

/** Chats redeliver for a day at most; older keys are of no use. */
export async function forgetOldKeys(orm: Orm, before: number): Promise<void> {
  await orm.delete(inbox).where(lt(inbox.at, new Date(before)))
}
