import type { Log } from '../log.js'
import type { Clock } from '../store/clock.js'
import type { Database } from '../store/database.js'
import type { Connector, Media } from './connectors/connector.js'
import type { Limits } from './core/limits.js'
import type { Policy } from './core/retry.js'
import type { Renewals } from './renewals.js'

/** What the workers are built from; program/start-workers.ts puts it together. */
export interface PublisherDeps {
  readonly database: Database
  readonly now: Clock
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly log: Log
  readonly policy: Policy
  /** Names this process in leases and attempts. */
  readonly worker: string
  readonly leaseMs: number
  readonly requestTimeoutMs: number
  /** Undefined when the accounts file no longer names the account. */
  connector(account: string): Connector | undefined
  /** What the accounts file allows an account; undefined: no limits. */
  readonly limits?: (account: string) => Limits | undefined
  /** Absent where nothing is renewed. */
  readonly renewals?: Renewals
  readonly media: {
    bytes(media: Media): Promise<Uint8Array>
    publicUrl(media: Media): string
    /** Those of these media whose bytes are still there; absent where none are ever deleted. */
    kept?(ids: readonly string[]): Promise<ReadonlySet<string>>
  }
}

/** A request must have ended before its lease does, so that nothing is under way when others look. */
export function requestTimeoutWithin(
  deps: Pick<PublisherDeps, 'leaseMs' | 'requestTimeoutMs'>,
): number {
  return Math.min(deps.requestTimeoutMs, Math.floor(deps.leaseMs * 0.9))
}
