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
    if (!(await take(tx, key, at))) {
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

/**
 * Takes a key for an effect of the same transaction.
 * @returns false when it took effect before, or never may any more
 */
export async function take(
  tx: Orm,
  key: string,
  at: number,
  result: unknown = null,
): Promise<boolean> {
  const taken = await tx
    .insert(inbox)
    .values({ key, at: new Date(at), result })
    .onConflictDoNothing()
    .returning({ key: inbox.key })
  return taken.length > 0
}

/** What a key stands for that never takes effect any more. */
const REFUSED = { refused: true }

/**
 * Sees to it that a command takes no effect any more, also when whoever is at it was only frozen.
 * @returns false when it took effect before
 */
export async function refuse(orm: Orm, key: string, at: number): Promise<boolean> {
  return (await take(orm, key, at, REFUSED)) || isRefused(orm, key)
}

/** Whether somebody may have been told that it was not done, and never will be. */
export async function isRefused(orm: Orm, key: string): Promise<boolean> {
  const result = (await recall(orm, key)) as Partial<typeof REFUSED> | null | undefined
  return result?.refused === true
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
