import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { secretKeys } from './account.js'
import { blueskyAccount, createBluesky } from './bluesky/index.js'
import type { Connector, Credentials, PlatformName } from './connector.js'
import { createDiscord, discordAccount } from './discord/index.js'
import { createFacebook, facebookAccount } from './facebook/index.js'
import { createInstagram, instagramAccount } from './instagram/index.js'
import { createLinkedIn, linkedinAccount } from './linkedin/index.js'
import { createManual, manualAccount } from './manual/index.js'
import { createMastodon, mastodonAccount } from './mastodon/index.js'
import { createTelegram, telegramAccount } from './telegram/index.js'
import { createThreads, threadsAccount } from './threads/index.js'
import { createX, xAccount } from './x/index.js'

/** Every platform there is: what its account looks like, and its connector. */
export const connectors = {
  facebook: { schema: facebookAccount, create: createFacebook },
  instagram: { schema: instagramAccount, create: createInstagram },
  threads: { schema: threadsAccount, create: createThreads },
  bluesky: { schema: blueskyAccount, create: createBluesky },
  mastodon: { schema: mastodonAccount, create: createMastodon },
  x: { schema: xAccount, create: createX },
  linkedin: { schema: linkedinAccount, create: createLinkedIn },
  telegram: { schema: telegramAccount, create: createTelegram },
  discord: { schema: discordAccount, create: createDiscord },
  manual: { schema: manualAccount, create: createManual },
} as const satisfies Record<PlatformName, Registered>

interface Registered {
  readonly schema: z.ZodObject
  readonly create: (account: never) => Connector
}

/** An account of the accounts file, parsed; defaults are filled in. */
export type Account = z.infer<(typeof connectors)[keyof typeof connectors]['schema']>

const schemas = Object.values(connectors).map(({ schema }) => schema)
const [first, ...others] = schemas

/** One account of the accounts file, whatever its platform. */
export const accountSchema = z.discriminatedUnion('platform', [first ?? manualAccount, ...others])

/** The connector of an account. */
export function createConnector(account: Account): Connector {
  const { create } = connectors[account.platform]
  // The registry pairs each schema with the factory that takes it; the type of the pair is lost here.
  return (create as (account: Account) => Connector)(account)
}

/** The account with other secrets; keys that hold none are left as they are. */
export function withCredentials(account: Account, credentials: Credentials): Account {
  const keys = new Set(secretKeys(connectors[account.platform].schema))
  const own = Object.entries(credentials).filter(([key]) => keys.has(key))
  return { ...account, ...Object.fromEntries(own) }
}

/**
 * Whether two entries of one account log in alike: the same secrets, to the same place as the same one.
 * A release that gives a key a new default, or another version of the API, changes nothing of that.
 * Pure.
 */
export function isSameConnection(before: unknown, account: Account): boolean {
  const [old, now]: Record<string, unknown>[] = [before as Record<string, unknown>, { ...account }]
  if (!old || !now || old.platform !== now.platform) return false
  const secrets = new Set(secretKeys(connectors[account.platform].schema))
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].every((key) => {
    if (key === 'apiVersion') return true
    const isNew = !secrets.has(key) && !(key in old)
    return isNew || isDeepStrictEqual(old[key], now[key])
  })
}

/** The secret values of an account: for redaction in logs and for encryption at rest. */
export function secretsOf(account: Account): readonly string[] {
  const values: Readonly<Record<string, unknown>> = account
  return secretKeys(connectors[account.platform].schema).flatMap((key) => {
    const value = values[key]
    return typeof value === 'string' ? [value] : []
  })
}
