import { and, asc, eq, isNotNull, isNull, lte, sql } from 'drizzle-orm'
import type { Reason } from '../publisher/core/outcome.js'
import type { AccountGate } from '../publisher/core/target.js'
import type { Orm } from './database.js'
import { accounts, targets } from './schema.js'
import { readTarget, type StoredTarget } from './stored-target.js'

/** A target, whether its account may send now, and when its credentials were last renewed. */
export async function loadTarget(
  orm: Orm,
  id: string,
): Promise<{ stored: StoredTarget; gate: AccountGate; renewedAt?: number } | undefined> {
  const [row] = await orm
    .select({
      target: targets,
      status: accounts.status,
      heldReason: accounts.heldReason,
      pausedUntil: accounts.pausedUntil,
      renewedAt: accounts.renewedAt,
    })
    .from(targets)
    .leftJoin(accounts, eq(accounts.name, targets.account))
    .where(eq(targets.id, id))
  if (!row) return undefined
  const { renewedAt } = row
  return {
    stored: readTarget(row.target),
    gate: gateOf(row),
    ...(renewedAt ? { renewedAt: renewedAt.getTime() } : {}),
  }
}

function gateOf(row: {
  status: string | null
  heldReason: unknown
  pausedUntil: Date | null
}): AccountGate {
  if (row.status === 'held') return { kind: 'held', reason: row.heldReason as Reason }
  if (row.pausedUntil) return { kind: 'paused', untilAt: row.pausedUntil.getTime() }
  return { kind: 'open' }
}

/** A post's targets in the order they were asked for. */
export async function loadTargetsOf(orm: Orm, postId: string): Promise<StoredTarget[]> {
  const found = await orm
    .select()
    .from(targets)
    .where(eq(targets.postId, postId))
    .orderBy(asc(targets.position))
  return found.map(readTarget)
}

export interface Due {
  readonly id: string
  readonly version: number
  readonly dueAt: number
}

/** What is due until `until`, the longest overdue first. */
export async function takeDue(orm: Orm, until: number, limit: number): Promise<Due[]> {
  const found = await orm
    .select({ id: targets.id, version: targets.version, dueAt: targets.dueAt })
    .from(targets)
    .where(and(isNotNull(targets.dueAt), lte(targets.dueAt, new Date(until))))
    .orderBy(asc(targets.dueAt))
    .limit(limit)
  return found.map(({ id, version, dueAt }) => ({ id, version, dueAt: dueAt?.getTime() ?? 0 }))
}

/** Targets whose worker should have been done with them, or have renewed its lease, by `at`. */
export async function takeAbandoned(orm: Orm, at: number, limit: number): Promise<string[]> {
  const found = await orm
    .select({ id: targets.id })
    .from(targets)
    .where(and(sql`${targets.status} = 'publishing'`, lte(targets.dueAt, new Date(at))))
    .orderBy(asc(targets.dueAt))
    .limit(limit)
  return found.map(({ id }) => id)
}

/** Posts of this account that belong to other targets: never proof for this one. */
export async function otherRemoteIds(
  orm: Orm,
  stored: StoredTarget,
  since: number,
): Promise<Set<string>> {
  const found = await orm
    .select({ remoteId: targets.remoteId })
    .from(targets)
    .where(
      and(
        eq(targets.account, stored.account),
        isNotNull(targets.remoteId),
        sql`${targets.id} <> ${stored.id}`,
        sql`${targets.updatedAt} >= ${new Date(since).toISOString()}::timestamptz`,
      ),
    )
  return new Set(found.flatMap(({ remoteId }) => (remoteId === null ? [] : [remoteId])))
}

/** Targets that their account held although it works again: to be released. */
export async function heldWithoutCause(orm: Orm, limit: number): Promise<string[]> {
  const found = await orm
    .select({ id: targets.id })
    .from(targets)
    .innerJoin(accounts, eq(accounts.name, targets.account))
    .where(
      and(
        eq(targets.status, 'held'),
        eq(accounts.status, 'ok'),
        isNull(accounts.removedAt),
        sql`${targets.state} ->> 'hold' = 'account'`,
      ),
    )
    .limit(limit)
  return found.map(({ id }) => id)
}
