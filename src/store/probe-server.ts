import { readMigrationTimes } from './migrations.js'
import { connect, DatabaseUnavailableError, unavailable } from './open-server.js'

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
  const sql = connect(url, 1)
  const late = setTimeout(() => void sql.end({ timeout: 0 }), ANSWER_WITHIN_MS)
  try {
    const askedAt = Date.now()
    const [row] = await sql<
      {
        at: string
        version: string
        most: number
        used: number
        create: boolean
        is_ours: boolean
      }[]
    >`
      select extract(epoch from clock_timestamp()) * 1000 as at,
        current_setting('server_version') as version,
        current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as most,
        (select count(*)::int from pg_stat_activity where datid is not null) as used,
        has_database_privilege(current_database(), 'CREATE') as create,
        to_regclass('pressroom.__drizzle_migrations') is not null as is_ours`
    const answeredAt = Date.now()
    if (!row) throw new DatabaseUnavailableError('DATABASE_URL: the server gives no rows.')
    const newest = row.is_ours
      ? await sql<
          { at: string }[]
        >`select max(created_at) as at from pressroom.__drizzle_migrations`
      : []
    return {
      version: row.version.split(' ')[0] ?? row.version,
      aheadMs: (askedAt + answeredAt) / 2 - Number(row.at),
      connections: { most: row.most, used: row.used },
      schema: compare(newest[0]?.at ?? null, own),
      mayCreate: row.create,
    }
  } catch (error) {
    throw unavailable(url, error)
  } finally {
    clearTimeout(late)
    await sql.end({ timeout: 2 })
  }
}

const ANSWER_WITHIN_MS = 10_000

function compare(newestAt: string | null, own: readonly number[]): ServerFacts['schema'] {
  if (newestAt === null) return 'new'
  const appliedUntil = Number(newestAt)
  if (appliedUntil > Math.max(...own)) return 'newer'
  const pending = own.filter((at) => at > appliedUntil).length
  return pending === 0 ? 'current' : { pending }
}
