import { sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'

/** How the store stands at this moment, read from small indexes only. */
export interface Gauges {
  /** Targets by state. Those that are live or cancelled only ever grow, and are not counted here. */
  readonly targets: readonly { readonly state: string; readonly count: number }[]
  /** When the longest overdue target should have been attended to; null when there is none due. */
  readonly oldestDueAt: number | null
  /** Posts whose thread does not show yet how they stand. */
  readonly untold: number
  readonly accounts: readonly {
    readonly platform: string
    readonly status: string
    readonly count: number
  }[]
}

export async function loadGauges(orm: Orm): Promise<Gauges> {
  const [resting, moving, [due], [untold], accounts] = await Promise.all([
    rows<{ state: string; count: number }>(
      orm,
      sql`select status as state, count(*)::int as count from pressroom.targets
        where status in ('scheduled', 'queued', 'unconfirmed', 'held', 'failed') group by status`,
    ),
    rows<{ state: string; count: number }>(
      orm,
      sql`select status as state, count(*)::int as count from pressroom.targets
        where due_at is not null and status in ('publishing', 'processing', 'waiting', 'reconciling')
        group by status`,
    ),
    rows<{ at: string | null }>(
      orm,
      sql`select extract(epoch from min(due_at)) * 1000 as at from pressroom.targets
        where due_at is not null`,
    ),
    rows<{ count: number }>(
      orm,
      sql`select count(*)::int as count from pressroom.posts where changed > told`,
    ),
    rows<{ platform: string; status: string; count: number }>(
      orm,
      sql`select platform, status, count(*)::int as count from pressroom.accounts
        where removed_at is null group by platform, status`,
    ),
  ])
  return {
    targets: [...resting, ...moving],
    oldestDueAt: due?.at == null ? null : Number(due.at),
    untold: untold?.count ?? 0,
    accounts,
  }
}
