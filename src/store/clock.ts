import { sql } from 'drizzle-orm'
import { type Database, rows } from './database.js'

/** Milliseconds since 1970. */
export type Clock = () => number

/**
 * A clock that follows the database's, so that processes on several machines agree on leases.
 * `follow` measures the difference anew; until it succeeds the machine's own clock is used.
 */
export function createDatabaseClock(database: Database): { now: Clock; follow(): Promise<void> } {
  let aheadMs = 0
  return {
    now: () => Math.round(Date.now() + aheadMs),
    async follow() {
      if (database.driver.engine === 'embedded') return // the same machine, the same clock
      const before = Date.now()
      const [row] = await rows<{ ms: string }>(
        database.orm,
        sql`select extract(epoch from clock_timestamp()) * 1000 as ms`,
      )
      const after = Date.now()
      if (row) aheadMs = Number(row.ms) - (before + after) / 2
    },
  }
}
