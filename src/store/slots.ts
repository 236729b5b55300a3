import { eq, sql } from 'drizzle-orm'
import {
  type Limits,
  NO_SLOTS,
  type SlotAnswer,
  type Slots,
  takeSlot,
} from '../publisher/core/limits.js'
import type { Orm } from './database.js'
import { accounts } from './schema.js'

/** Asks for a place of an account's; two workers never get the same one. */
export async function askForSlot(
  orm: Orm,
  account: string,
  ask: Parameters<typeof takeSlot>[1],
  limits: Limits,
): Promise<SlotAnswer> {
  return orm.transaction(async (tx) => {
    const [row] = await tx
      .select({ slots: accounts.slots })
      .from(accounts)
      .where(eq(accounts.name, account))
      .for('update')
    if (!row) return { kind: 'taken' }
    const { slots, answer } = takeSlot((row.slots as Slots | null) ?? NO_SLOTS, ask, limits)
    await tx.update(accounts).set({ slots }).where(eq(accounts.name, account))
    return answer
  })
}

/** Gives a target's place back. */
export async function giveSlotBack(orm: Orm, account: string, targetId: string): Promise<void> {
  await orm
    .update(accounts)
    .set({ slots: sql`${accounts.slots} #- array['taken', ${targetId}::text]` })
    .where(eq(accounts.name, account))
}
