import type { Pool } from 'pg'
import { readMigrationTimes } from './migrations.js'
import { DatabaseUnavailableError, unavailable } from './open-server.js'
import { withinTime } from './server-connections.js'

/** A Postgres server as it is, without anything being changed there. */
export interface ServerFacts {
  /** Such as `15.6`. */
  readonly version: string
  /** This machine's clock against the server's. */
  readonly aheadMs: number
  readonly connections: { readonly most: number; readonly used: number }
  /** `new`: nothing of ours is there. `newer`: made by a later version of this program. */
  readonly schema: 'new' | 'current' | 'newer' | { readonly pending: number }
  /** Whether this user may make what is not there yet. */
  readonly mayCreate: boolean
}

/**
 * Looks at a server.
 * @throws DatabaseUnavailableError, IncompleteInstallationError
 */
export async function probeServer(url: string): Promise<ServerFacts> {
  const own = readMigrationTimes()
  try {
    return await withinTime(url, (pool) => readFacts(pool, own))
  } catch (error) {
    throw unavailable(url, error)
  }
}

interface Row {
  readonly at: string
  readonly version: string
  readonly most: number
  readonly used: number
  readonly create: boolean
  readonly is_ours: boolean
}

async function readFacts(pool: Pool, own: readonly number[]): Promise<ServerFacts> {
  const askedAt = Date.now()
  const { rows } = await pool.query<Row>(`
select extract(epoch from clock_timestamp()) * 1000 as at,
  current_setting('server_version') as version,
  current_setting('max_connections')::int
    - current_setting('superuser_reserved_connections')::int as most,
  (select count(*)::int from pg_stat_activity where datid is not null) as used,
  has_database_privilege(current_database(), 'CREATE') as create,
  to_regclass('pressroom.__drizzle_migrations') is not null as is_ours`)
  const answeredAt = Date.now()
  const [row] = rows
  if (!row) throw new DatabaseUnavailableError('DATABASE_URL: the server gives no rows.')
  const newest = row.is_ours
    ? await pool.query<{ at: string | null }>(
        'select max(created_at) as at from pressroom.__drizzle_migrations',
      )
    : undefined
  return {
    version: row.version.split(' ')[0] ?? row.version,
    aheadMs: (askedAt + answeredAt) / 2 - Number(row.at),
    connections: { most: row.most, used: row.used },
    schema: compare(newest?.rows[0]?.at ?? null, own),
    mayCreate: row.create,
  }
}

function compare(newestAt: string | null, own: readonly number[]): ServerFacts['schema'] {
  if (newestAt === null) return 'new'
  const appliedUntil = Number(newestAt)
  if (appliedUntil > Math.max(...own)) return 'newer'
  const pending = own.filter((at) => at > appliedUntil).length
  return pending === 0 ? 'current' : { pending }
}
