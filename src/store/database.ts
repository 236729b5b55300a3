import type { PGlite } from '@electric-sql/pglite'
import type { SQL } from 'drizzle-orm'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import type * as schema from './schema.js'

/** Drizzle over either driver; inside a transaction it is the transaction. */
export type Orm = PgDatabase<PgQueryResultHKT, typeof schema>

/** An open store: the same tables and statements on both engines. */
export interface Database {
  readonly orm: Orm
  /**
   * The same, for what somebody is waiting for: it does not stand in line behind everything else.
   * For single statements.
   */
  readonly prompt: Orm
  /** The driver underneath, for the queue that may share it. */
  readonly driver:
    | { readonly engine: 'embedded'; readonly pglite: PGlite }
    | { readonly engine: 'server'; readonly url: string }
  /** Calls back with the payload of each notification, also after a reconnection. */
  listen(channel: Channel, hear: (payload: string) => void): Promise<() => Promise<void>>
  /** What is committed outlasts a power failure from here on. */
  flush(): Promise<void>
  /** Keeps the store small and quick over months; to be called every minute or so. */
  tidy(): Promise<void>
  /** @throws when the database does not answer */
  ping(): Promise<void>
  close(): Promise<void>
}

/**
 * `due`: a target has to be attended to; `changed`: a post looks different; `check`: an account is
 * to be checked; `checked`: it was; `tokens`: an API token was made or revoked; `compare` and
 * `compared`: as for checks, about what is live there; `remove`: a copy is to be deleted.
 */
export type Channel =
  | 'pressroom_due'
  | 'pressroom_changed'
  | 'pressroom_check'
  | 'pressroom_checked'
  | 'pressroom_tokens'
  | 'pressroom_compare'
  | 'pressroom_compared'
  | 'pressroom_remove'

/** The rows of a raw statement; the two drivers hand them over differently. */
export async function rows<T>(orm: Orm, statement: SQL): Promise<T[]> {
  const result: unknown = await orm.execute(statement)
  if (Array.isArray(result)) return [...result] as T[]
  return (result as { rows: T[] }).rows
}

/** What `like` takes for texts that begin so. Pure. */
export function startingWith(prefix: string): string {
  return `${prefix.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
}

/** Whether the database refused a statement for breaking a unique index. */
export function isUniqueViolation(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ((cause as { code?: string }).code === '23505') return true
  }
  return false
}
