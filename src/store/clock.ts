import { sql } from 'drizzle-orm'
import { type Database, rows } from './database.js'

/** Milliseconds since 1970. */
export type Clock = () => number

/** The machine's own clocks: the first can be set, the second stands still while it sleeps. */
export interface MachineClocks {
  readonly wall: () => number
  readonly monotonic: () => number
}

const MACHINE: MachineClocks = { wall: () => Date.now(), monotonic: () => performance.now() }
const FOLLOW_EVERY_MS = 60_000
/** A sample may be wrong by half of what it took, so that an older one is worth more than a slow one. */
const SLOW_MS = 1_000
/** Apart by more than this since the last sample, the wall clock was set, or the machine slept. */
const PARTED_MS = 1_000

export interface DatabaseClock {
  readonly now: Clock
  /** Measures the difference anew; until it succeeds the machine's own clock is used. */
  follow(): Promise<void>
  /** Measures it when that is due, or when the machine's clock has jumped; to be called each second. */
  keepUp(): Promise<void>
}

/** A clock that follows the database's, so that processes on several machines agree on leases. */
export function createDatabaseClock(
  database: Database,
  { wall, monotonic }: MachineClocks = MACHINE,
): DatabaseClock {
  let aheadMs = 0
  let triedAtMs = Number.NEGATIVE_INFINITY
  /** How far the machine's clocks were apart when it was measured. */
  let apartMs: number | undefined
  const isKnown = () =>
    apartMs !== undefined && Math.abs(wall() - monotonic() - apartMs) <= PARTED_MS

  async function follow(): Promise<void> {
    if (database.driver.engine === 'embedded') return // the same machine, the same clock
    triedAtMs = monotonic()
    const [row] = await rows<{ ms: string }>(
      database.orm,
      sql`select extract(epoch from clock_timestamp()) * 1000 as ms`,
    )
    const tookMs = monotonic() - triedAtMs
    if (!row || (tookMs > SLOW_MS && isKnown())) return
    aheadMs = Number(row.ms) - (wall() - tookMs / 2)
    apartMs = wall() - monotonic()
  }
  return {
    now: () => Math.round(wall() + aheadMs),
    follow,
    async keepUp() {
      if (!isKnown() || monotonic() - triedAtMs >= FOLLOW_EVERY_MS) await follow()
    },
  }
}
