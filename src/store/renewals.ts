import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import { accounts } from './schema.js'

/** Credentials that a platform gave in place of those of the accounts file, still sealed. */
export interface KeptRenewal {
  readonly sealed: string
  readonly renewedAt: number
}

/** The newest renewal of an account's entry; undefined when it has none. */
export async function loadRenewal(orm: Orm, name: string): Promise<KeptRenewal | undefined> {
  const [row] = await orm
    .select({ sealed: accounts.renewed, at: accounts.renewedAt })
    .from(accounts)
    .where(eq(accounts.name, name))
  return row?.sealed && row.at ? { sealed: row.sealed, renewedAt: row.at.getTime() } : undefined
}

/**
 * Takes the right to renew an account's credentials: one process at a time, because some renewals
 * can be asked for only once. It ends by itself `leaseMs` later.
 * @returns false when another process has it
 */
export async function claimRenewal(
  orm: Orm,
  claim: { name: string; token: string; now: number; leaseMs: number },
): Promise<boolean> {
  const { name, token, now, leaseMs } = claim
  const free = or(
    isNull(accounts.renewLeaseExpiresAt),
    lt(accounts.renewLeaseExpiresAt, new Date(now)),
  )
  const taken = await orm
    .update(accounts)
    .set({ renewLeaseToken: token, renewLeaseExpiresAt: new Date(now + leaseMs) })
    .where(and(eq(accounts.name, name), isNull(accounts.removedAt), free))
    .returning({ name: accounts.name })
  return taken.length > 0
}

/**
 * Keeps new credentials, and gives the right back.
 * @returns when they were renewed, later than any renewal before, which tells them apart; undefined
 * when the accounts file was changed meanwhile: what it says now counts
 */
export async function keepRenewal(
  orm: Orm,
  renewal: { name: string; token: string; sealed: string; now: number },
): Promise<number | undefined> {
  const { name, token, sealed, now } = renewal
  const at = sql`${new Date(now).toISOString()}::timestamptz`
  const kept = await orm
    .update(accounts)
    .set({
      renewed: sealed,
      renewedAt: sql`greatest(${at}, ${accounts.renewedAt} + interval '1 millisecond')`,
      ...FREE,
    })
    .where(and(eq(accounts.name, name), eq(accounts.renewLeaseToken, token)))
    .returning({ renewedAt: accounts.renewedAt })
  return kept[0]?.renewedAt?.getTime()
}

/** Gives the right back without new credentials. */
export async function endRenewal(orm: Orm, name: string, token: string): Promise<void> {
  await orm
    .update(accounts)
    .set(FREE)
    .where(and(eq(accounts.name, name), eq(accounts.renewLeaseToken, token)))
}

const FREE = { renewLeaseToken: null, renewLeaseExpiresAt: null }

/** What platforms renewed, by account, with the fingerprint of the entry that it stands in for. */
export async function listRenewals(
  orm: Orm,
): Promise<ReadonlyMap<string, { readonly sealed: string; readonly fingerprint: string }>> {
  const found = await orm
    .select({ name: accounts.name, sealed: accounts.renewed, fingerprint: accounts.fingerprint })
    .from(accounts)
    .where(isNull(accounts.removedAt))
  return new Map(
    found.flatMap(({ name, sealed, fingerprint }) =>
      sealed === null ? [] : [[name, { sealed, fingerprint }] as const],
    ),
  )
}
