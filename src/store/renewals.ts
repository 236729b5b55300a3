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

/** The right to renew an account's credentials, and what it was given for. */
export interface RenewalClaim {
  readonly name: string
  readonly token: string
  /** The entry of the accounts file, and the newest renewal of it, as they were then. */
  readonly fingerprint: string
  readonly renewedAt: Date | null
}

/**
 * Takes the right to renew an account's credentials: one process at a time, because some renewals
 * can be asked for only once. It ends by itself `leaseMs` later.
 * @returns undefined when another process has it
 */
export async function claimRenewal(
  orm: Orm,
  claim: { name: string; token: string; now: number; leaseMs: number },
): Promise<RenewalClaim | undefined> {
  const { name, token, now, leaseMs } = claim
  const free = or(
    isNull(accounts.renewLeaseExpiresAt),
    lt(accounts.renewLeaseExpiresAt, new Date(now)),
  )
  const [taken] = await orm
    .update(accounts)
    .set({ renewLeaseToken: token, renewLeaseExpiresAt: new Date(now + leaseMs) })
    .where(and(eq(accounts.name, name), isNull(accounts.removedAt), free))
    .returning({ fingerprint: accounts.fingerprint, renewedAt: accounts.renewedAt })
  return taken && { name, token, ...taken }
}

/** Keeps the right for longer, unless another process has it by now. */
export async function extendRenewal(
  orm: Orm,
  { name, token }: RenewalClaim,
  expiresAt: number,
): Promise<void> {
  await orm
    .update(accounts)
    .set({ renewLeaseExpiresAt: new Date(expiresAt) })
    .where(and(eq(accounts.name, name), eq(accounts.renewLeaseToken, token)))
}

/**
 * Keeps new credentials, and gives the right back. It may have ended long ago, and another process
 * may have it: what the platform gave may be the only copy, and is worth more than the order.
 * @returns when they were renewed, later than any renewal before, which tells them apart; undefined
 * when the accounts file was changed meanwhile, or other new credentials were kept: those count
 */
export async function keepRenewal(
  orm: Orm,
  { name, token, fingerprint, renewedAt }: RenewalClaim,
  renewal: { sealed: string; now: number },
): Promise<number | undefined> {
  const at = sql`${new Date(renewal.now).toISOString()}::timestamptz`
  const isOurs = eq(accounts.renewLeaseToken, token)
  const asClaimed = and(
    eq(accounts.fingerprint, fingerprint),
    renewedAt ? eq(accounts.renewedAt, renewedAt) : isNull(accounts.renewedAt),
  )
  const isKept = eq(accounts.renewed, renewal.sealed) // and only the answer to that was lost
  const kept = await orm
    .update(accounts)
    .set({
      renewed: renewal.sealed,
      renewedAt: sql`greatest(${at}, ${accounts.renewedAt} + interval '1 millisecond')`,
      renewLeaseToken: sql`case when ${isOurs} then null else ${accounts.renewLeaseToken} end`,
      renewLeaseExpiresAt: sql`case when ${isOurs} then null else ${accounts.renewLeaseExpiresAt} end`,
    })
    .where(and(eq(accounts.name, name), or(asClaimed, isKept)))
    .returning({ renewedAt: accounts.renewedAt })
  return kept[0]?.renewedAt?.getTime()
}

/** Gives the right back without new credentials. */
export async function endRenewal(orm: Orm, { name, token }: RenewalClaim): Promise<void> {
  await orm
    .update(accounts)
    .set({ renewLeaseToken: null, renewLeaseExpiresAt: null })
    .where(and(eq(accounts.name, name), eq(accounts.renewLeaseToken, token)))
}

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
