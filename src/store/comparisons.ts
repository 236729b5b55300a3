import { and, eq, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'
import { accounts } from './schema.js'

/**
 * Asks the workers to compare what is live on these accounts (or on all) with what was sent,
 * wherever that was not done since `notSince`.
 * @returns the accounts that will be compared
 */
export async function requestComparisons(
  orm: Orm,
  ask: { now: number; notSince: number; accounts?: readonly string[] },
): Promise<string[]> {
  const found = await rows<{ name: string }>(
    orm,
    sql`
update pressroom.accounts set compare_due_at = ${instant(ask.now)}
where removed_at is null and (compared_at is null or compared_at < ${instant(ask.notSince)})
  and ${ask.accounts ? sql`name = any(${sql.param([...ask.accounts])}::text[])` : sql`true`}
returning name`,
  )
  if (found.length > 0) await rows(orm, sql`select pg_notify('pressroom_compare', '')`)
  return found.map(({ name }) => name)
}

/** Takes the accounts to be compared, each by one worker: its next turn is put `leaseMs` off. */
export async function takeDueComparisons(
  orm: Orm,
  now: number,
  leaseMs: number,
): Promise<string[]> {
  const isDue = and(
    isNotNull(accounts.compareDueAt),
    lte(accounts.compareDueAt, new Date(now)),
    isNull(accounts.removedAt),
  )
  // Mostly there is nothing to do, and then nothing is written.
  const due = await orm.select({ name: accounts.name }).from(accounts).where(isDue).limit(1)
  if (due.length === 0) return []
  const taken = await orm
    .update(accounts)
    .set({ compareDueAt: new Date(now + leaseMs) })
    .where(isDue)
    .returning({ name: accounts.name })
  return taken.map(({ name }) => name)
}

/** It was compared; whoever waits for it hears of it. */
export async function recordComparison(orm: Orm, name: string, now: number): Promise<void> {
  await orm
    .update(accounts)
    .set({ compareDueAt: null, comparedAt: new Date(now) })
    .where(eq(accounts.name, name))
  await rows(orm, sql`select pg_notify('pressroom_compared', ${name}::text)`)
}

function instant(ms: number) {
  return sql`${new Date(ms).toISOString()}::timestamptz`
}
