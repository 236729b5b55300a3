import { and, eq, isNotNull, sql } from 'drizzle-orm'
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

/** Keeps a claim's place for as long as the claim, if it has one. */
export async function keepSlot(
  orm: Orm,
  account: string,
  { token, expiresAt }: { readonly token: string; readonly expiresAt: number },
): Promise<void> {
  const until = sql`array['taken', ${token}::text, 'until']`
  await orm
    .update(accounts)
    .set({ slots: sql`jsonb_set(${accounts.slots}, ${until}, to_jsonb(${expiresAt}::bigint))` })
    .where(holding(account, token))
}

/** Gives a claim's place back, if it has one. */
export async function giveSlotBack(orm: Orm, account: string, token: string): Promise<void> {
  await orm
    .update(accounts)
    .set({ slots: sql`${accounts.slots} #- array['taken', ${token}::text]` })
    .where(holding(account, token))
}

function holding(account: string, token: string) {
  const place = sql`${accounts.slots} #> array['taken', ${token}::text]`
  return and(eq(accounts.name, account), isNotNull(place))
}
