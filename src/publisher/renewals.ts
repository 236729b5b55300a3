import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { repeat } from '../repeat.js'
import type { Database } from '../store/database.js'
import {
  claimRenewal,
  endRenewal,
  extendRenewal,
  keepRenewal,
  loadRenewal,
} from '../store/renewals.js'
import type { SecretBox } from '../store/secret-box.js'
import type { Connector, Credentials, Renewed } from './connectors/connector.js'
import type { PublisherDeps } from './deps.js'
import { createReader } from './steps.js'

/** Credentials that platforms give in place of those of the accounts file. */
export interface Renewals {
  /** Brings this process up to date when another has renewed an account's credentials. */
  follow(account: string, renewedAt: number | undefined): Promise<void>
  /** When the credentials in use end, if a renewal said so. */
  expiresAt(account: string): number | undefined
  /** What the credentials in use may do, if a renewal said so. */
  scopes(account: string): readonly string[] | undefined
  /** Whether the platform has ever renewed what the accounts file says now. */
  wasRenewed(account: string): boolean
  /** Asks the platform for new credentials; undefined while another process does. */
  renew(account: string, connector: Connector, deps: PublisherDeps): Promise<Renewed | undefined>
}

const stored = z.object({
  credentials: z.record(z.string(), z.string()),
  expiresAt: z.number().optional(),
  scopes: z.array(z.string()).readonly().optional(),
})
type Stored = z.infer<typeof stored>

/** What was kept of a renewal. @throws SecretKeyError when it was sealed under another key */
export function openRenewal(sealed: string, box: SecretBox): Stored {
  return stored.parse(box.open(sealed))
}

/**
 * Keeps renewed credentials sealed in the store, and hands them to `use` once they are there: never
 * before, because what was renewed may be worthless without what came of it.
 */
export function createRenewals(options: {
  database: Pick<Database, 'orm'>
  box: SecretBox
  use(account: string, credentials: Credentials): void
}): Renewals {
  const { database, box, use } = options
  const known = new Map<string, Stored & { readonly renewedAt: number }>()

  const adopt = (account: string, value: Stored, renewedAt: number) => {
    known.set(account, { ...value, renewedAt })
    use(account, value.credentials)
  }
  const follow: Renewals['follow'] = async (account, renewedAt) => {
    if (known.get(account)?.renewedAt === renewedAt) return
    const kept = await loadRenewal(database.orm, account)
    if (kept) return adopt(account, openRenewal(kept.sealed, box), kept.renewedAt)
    known.delete(account)
    use(account, {})
  }
  return {
    follow,
    expiresAt: (account) => known.get(account)?.expiresAt,
    scopes: (account) => known.get(account)?.scopes,
    wasRenewed: (account) => known.has(account),
    async renew(account, { renewal }, deps) {
      if (!renewal) return undefined
      const { orm } = database
      const token = `${deps.worker} ${deps.now()}`
      const { leaseMs } = deps
      const claim = await claimRenewal(orm, { name: account, token, now: deps.now(), leaseMs })
      if (!claim) return undefined
      const before = known.get(account)?.renewedAt
      /** Another process was faster, and its connector is not the one that was given. */
      const isOvertaken = async () => {
        await follow(account, (await loadRenewal(orm, account))?.renewedAt)
        return known.get(account)?.renewedAt !== before
      }
      if (await isOvertaken()) {
        await endRenewal(orm, claim)
        return undefined
      }
      const lease = repeat(
        () => extendRenewal(orm, claim, deps.now() + leaseMs),
        leaseMs / 3,
        () => {}, // without the right, what comes is kept all the same
      )
      try {
        const renewed = await renewal.ask(createReader(deps))
        if (renewed.kind !== 'renewed') {
          await endRenewal(orm, claim)
          return (await isOvertaken()) ? undefined : renewed
        }
        const { credentials, expiresAt, scopes } = renewed
        const value: Stored = {
          credentials: { ...known.get(account)?.credentials, ...credentials },
          ...(expiresAt === undefined ? {} : { expiresAt }),
          ...(scopes === undefined ? {} : { scopes }),
        }
        const kept = { sealed: box.seal(value), now: deps.now() }
        const renewedAt = await throughOutage(() => keepRenewal(orm, claim, kept), deps)
        if (renewedAt === undefined) return undefined
        adopt(account, value, renewedAt)
        return renewed
      } finally {
        await lease.stop()
      }
    },
  }
}

const KEEP_FOR_MS = 10 * 60_000

/** What a platform gave once it may not give again, so an outage of the database must not cost it. */
async function throughOutage<T>(work: () => Promise<T>, deps: PublisherDeps): Promise<T> {
  const giveUpAt = deps.now() + KEEP_FOR_MS
  for (let pauseMs = 100; ; pauseMs = Math.min(5_000, pauseMs * 2)) {
    try {
      return await work()
    } catch (error) {
      if (deps.now() > giveUpAt) throw error
      await sleep(pauseMs)
    }
  }
}
