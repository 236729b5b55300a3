import { and, asc, eq, inArray, isNotNull, isNull, lte, notInArray, sql } from 'drizzle-orm'
import type { Reason } from '../publisher/core/outcome.js'
import { type Orm, rows } from './database.js'
import { accounts, outages } from './schema.js'
import { type SecretBox, SecretKeyError } from './secret-box.js'

export type StoredAccount = Omit<
  typeof accounts.$inferSelect,
  'credentials' | 'fingerprint' | 'renewed'
>

/**
 * Brings the store in line with the accounts file. An account whose entry changed is taken as
 * reconnected: released, and checked soon; what its platform renewed before is forgotten, unless only
 * something else than the connection changed. One that is no longer named is marked removed.
 * @param isSameConnection whether two entries of an account connect it with the same credentials
 */
export async function syncAccounts(
  orm: Orm,
  list: readonly { name: string; platform: string; apiUrl?: string | undefined }[],
  box: SecretBox,
  now: number,
  isSameConnection: (before: unknown, account: unknown) => boolean = () => false,
): Promise<void> {
  const at = new Date(now)
  await orm.transaction(async (tx) => {
    const known = new Map((await tx.select().from(accounts)).map((row) => [row.name, row]))
    for (const [position, account] of list.entries()) {
      const { name, platform } = account
      const host = hostOf(account)
      const fingerprint = box.fingerprint(account)
      const before = known.get(name)
      if (before?.fingerprint === fingerprint) {
        await tx
          .update(accounts)
          .set({ position, host, removedAt: null })
          .where(eq(accounts.name, name))
        continue
      }
      const fresh = {
        platform,
        host,
        position,
        credentials: box.seal(account),
        fingerprint,
        status: 'ok' as const,
        heldReason: null,
        pausedUntil: null,
        pausedReason: null,
        checkDueAt: at,
        ...renewalOf(before, account),
        renewLeaseToken: null,
        renewLeaseExpiresAt: null,
        removedAt: null,
      }
      await tx
        .insert(accounts)
        .values({ name, createdAt: at, ...fresh })
        .onConflictDoUpdate({ target: accounts.name, set: fresh })
    }
    const names = list.map(({ name }) => name)
    await tx
      .update(accounts)
      .set({ removedAt: at })
      .where(
        and(
          isNull(accounts.removedAt),
          names.length > 0 ? notInArray(accounts.name, names) : undefined,
        ),
      )
  })

  /** What the platform renewed for the entry of before, sealed anew where the key changed. */
  function renewalOf(before: typeof accounts.$inferSelect | undefined, account: unknown) {
    const forgotten = { renewed: null, renewedAt: null }
    if (!before?.renewed) return forgotten
    try {
      if (!isSameConnection(box.open(before.credentials), account)) return forgotten
      return { renewed: box.seal(box.open(before.renewed)), renewedAt: before.renewedAt }
    } catch (error) {
      if (error instanceof SecretKeyError) return forgotten
      throw error
    }
  }
}

/** The host of the API that an account is sent through; empty where it has none. */
function hostOf({ apiUrl = '' }: { readonly apiUrl?: string | undefined }): string {
  return URL.canParse(apiUrl) ? new URL(apiUrl).host : ''
}

function withoutSecrets({
  credentials: _c,
  fingerprint: _f,
  renewed: _r,
  ...rest
}: typeof accounts.$inferSelect): StoredAccount {
  return rest
}

/** The accounts in use, in the order of the accounts file. */
export async function listAccounts(orm: Orm): Promise<StoredAccount[]> {
  const found = await orm
    .select()
    .from(accounts)
    .where(isNull(accounts.removedAt))
    .orderBy(asc(accounts.position))
  return found.map(withoutSecrets)
}

/** Those of these accounts that are in use, and whether the platform of each seems to be down. */
export async function accountsNamed(
  orm: Orm,
  names: readonly string[],
): Promise<(StoredAccount & { readonly isDown: boolean })[]> {
  const found = await orm
    .select({ account: accounts, isDown: isNotNull(outages.platform) })
    .from(accounts)
    .leftJoin(
      outages,
      and(
        eq(outages.platform, accounts.platform),
        eq(outages.host, accounts.host),
        isNull(outages.endedAt),
      ),
    )
    .where(and(inArray(accounts.name, [...names]), isNull(accounts.removedAt)))
  return found.map(({ account, isDown }) => ({
    ...withoutSecrets(account),
    isDown: isDown === true,
  }))
}

/** Asks the workers to check an account's credential now. */
export async function requestCheck(orm: Orm, name: string, now: number): Promise<void> {
  await orm
    .update(accounts)
    .set({ checkDueAt: new Date(now) })
    .where(eq(accounts.name, name))
  await rows(orm, sql`select pg_notify('pressroom_check', ${name}::text)`)
}

/** Takes the accounts whose check is due, each by one worker: the next check is put `leaseMs` off. */
export async function takeDueChecks(orm: Orm, now: number, leaseMs: number): Promise<string[]> {
  const taken = await orm
    .update(accounts)
    .set({ checkDueAt: new Date(now + leaseMs) })
    .where(
      and(
        isNotNull(accounts.checkDueAt),
        lte(accounts.checkDueAt, new Date(now)),
        isNull(accounts.removedAt),
      ),
    )
    .returning({ name: accounts.name })
  return taken.map(({ name }) => name)
}

/** The newest CredentialCheck of an account in use, as it was stored, and when it was made. */
export async function loadCheck(
  orm: Orm,
  name: string,
): Promise<{ checked: unknown; at: number } | undefined> {
  const [row] = await orm
    .select({ checked: accounts.checked, at: accounts.checkedAt })
    .from(accounts)
    .where(and(eq(accounts.name, name), isNull(accounts.removedAt)))
  return row?.at ? { checked: row.checked, at: row.at.getTime() } : undefined
}

/** Keeps the result of a credential check, and holds or releases the account by it. */
export async function recordCheck(
  orm: Orm,
  check: {
    name: string
    checked: {
      kind: 'ok' | 'refused' | 'unknown'
      reason?: Reason
      expiresAt?: number
      renews?: true
    }
    now: number
    nextCheckAt: number
  },
): Promise<void> {
  const { checked } = check
  await orm
    .update(accounts)
    .set({
      checked,
      checkedAt: new Date(check.now),
      checkDueAt: new Date(check.nextCheckAt),
      ...(checked.kind === 'ok' ? { status: 'ok' as const, heldReason: null } : {}),
      ...(checked.kind === 'refused'
        ? { status: 'held' as const, heldReason: checked.reason }
        : {}),
    })
    .where(eq(accounts.name, check.name))
  // Cards of what this account holds show when it was checked, and with what result; the threads of
  // what is scheduled for after the credential's end say so.
  const endsAt = checked.renews ? undefined : checked.expiresAt
  await rows(
    orm,
    sql`
with touched as (
  update pressroom.posts set changed = changed + 1
  where id in (
    select post_id from pressroom.targets where account = ${check.name} and (
      status = 'held'
      or (status = 'scheduled' and (state ->> 'publishAt')::numeric > ${endsAt ?? Number.MAX_SAFE_INTEGER}::numeric)
    )
  )
  returning id
)
select count(pg_notify('pressroom_changed', id)), pg_notify('pressroom_checked', ${check.name}::text) from touched`,
  )
}
