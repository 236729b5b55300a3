import { deserialize, serialize } from 'node:v8'
import {
  PLATFORM_NAMES,
  type PlatformName,
  type SandboxAccount,
  type SandboxOptions,
} from '../types.js'
import { createMediaShelf, type MediaShelf } from './media.js'

/** What every platform stand-in shares: time, ids, accounts, media and switches. */
export interface World {
  now(): number
  /** A decimal id of 18 digits; later ids are greater. */
  nextId(): string
  /** Letters and digits that look like a short code or a token. */
  code(length: number): string
  accounts(platform: PlatformName): SandboxAccount[]
  /** The account a token opens; undefined when there is none or it was revoked. */
  accountOfToken(platform: PlatformName, token: string | undefined): SandboxAccount | undefined
  isRevoked(platform: PlatformName, account: string): boolean
  setRevoked(platform: PlatformName, account: string, revoked: boolean): void
  media: MediaShelf
  /** A map that belongs to the sandbox's memory: one that was kept comes back under its name. */
  keep<V>(name: string): Map<string, V>
  /** Everything that `keep` gave out, by name. */
  kept: ReadonlyMap<string, Map<string, unknown>>
  switches: Switches
  reset(): void
}

export type Switches = Required<
  Pick<
    SandboxOptions,
    | 'processingPolls'
    | 'fetchMedia'
    | 'doublePublish'
    | 'duplicateCheck'
    | 'honourIdempotencyKey'
    | 'quotas'
    | 'listLagMs'
    | 'accessTokenLifeMs'
  >
>

const MEMBER = {
  id: 'urn:li:person:sandbox',
  token: 'sandbox-linkedin-member-token',
  name: 'Sam Sample',
  username: 'sam-sample',
}

const ACCOUNT_IDS: Record<PlatformName, { id: string; username: string }> = {
  facebook: { id: '1029', username: 'acme' },
  instagram: { id: '1784', username: 'acme' },
  threads: { id: '9921', username: 'acme' },
  bluesky: { id: 'did:plc:sandboxacme2345672345672', username: 'acme.example' },
  mastodon: { id: '110000000000000001', username: 'acme' },
  x: { id: '2244994945', username: 'acme' },
  linkedin: { id: 'urn:li:organization:77', username: 'acme' },
  telegram: { id: '@acme', username: 'acme' },
  discord: { id: '1100000000000000001', username: 'acme' },
}

/**
 * The accounts a sandbox knows when none are named: one per platform, opened by
 * `sandbox-<platform>-token` (for Bluesky the app password), and a LinkedIn member besides.
 */
export function defaultAccounts(platform: PlatformName): SandboxAccount[] {
  const { id, username } = ACCOUNT_IDS[platform]
  const account = { id, username, name: 'Acme', token: `sandbox-${platform}-token` }
  return platform === 'linkedin' ? [account, MEMBER] : [account]
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

const recalled = new WeakMap<Uint8Array, ReadonlyMap<string, Map<string, unknown>>>()

/** What `remember` wrote; read once, because maps refer to each other's entries. */
function recall(memory: Uint8Array): ReadonlyMap<string, Map<string, unknown>> {
  const known = recalled.get(memory) ?? deserialize(memory)
  recalled.set(memory, known)
  return known
}

/** The sandbox's memory as bytes, for `SandboxOptions.memory` of a later one. */
export function remember({ kept }: Pick<World, 'kept'>): Uint8Array {
  return serialize(kept)
}

export function createWorld(options: SandboxOptions): World {
  const clock = options.clock ?? Date.now
  const random = options.random ?? Math.random
  const known = new Map(
    PLATFORM_NAMES.map((name) => [name, options.accounts?.[name] ?? defaultAccounts(name)]),
  )
  const revoked = new Set<string>()
  const kept = new Map<string, Map<string, unknown>>()
  const keep = <V>(name: string) => {
    const map = (options.memory ? recall(options.memory).get(name) : undefined) ?? new Map()
    kept.set(name, map)
    return map as Map<string, V>
  }
  let lastId = 0n
  const switches: Switches = {
    processingPolls: options.processingPolls ?? 1,
    fetchMedia: options.fetchMedia ?? true,
    doublePublish: options.doublePublish ?? 'error',
    duplicateCheck: options.duplicateCheck ?? true,
    honourIdempotencyKey: options.honourIdempotencyKey ?? true,
    quotas: options.quotas ?? true,
    listLagMs: options.listLagMs ?? 0,
    accessTokenLifeMs: options.accessTokenLifeMs ?? 7_200_000,
  }
  const isRevoked = (platform: PlatformName, account: string) =>
    revoked.has(`${platform} ${account}`)

  return {
    now: clock,
    nextId: () => {
      const fromClock = BigInt(Math.floor(clock())) * 100_000n
      lastId = fromClock > lastId ? fromClock : lastId + 1n
      return String(lastId)
    },
    code: (length) =>
      Array.from({ length }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join(''),
    accounts: (platform) => known.get(platform) ?? [],
    accountOfToken: (platform, token) =>
      known
        .get(platform)
        ?.find((account) => account.token === token && !isRevoked(platform, account.id)),
    isRevoked,
    setRevoked: (platform, account, gone) => {
      if (gone) revoked.add(`${platform} ${account}`)
      else revoked.delete(`${platform} ${account}`)
    },
    media: createMediaShelf(switches.fetchMedia, keep('media')),
    keep,
    kept,
    switches,
    reset: () => revoked.clear(),
  }
}
