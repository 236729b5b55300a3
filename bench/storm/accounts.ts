import { connectors } from '../../src/publisher/connectors/index.js'
import type {
  PlatformName,
  SandboxAccount,
  SandboxOptions,
} from '../../src/sandbox/platforms/index.js'
import { PLATFORM_NAMES } from '../../src/sandbox/platforms/index.js'

/** One account of the product and its twin on the platform's stand-in. */
export interface StormAccount {
  /** As the accounts file calls it. */
  readonly name: string
  readonly platform: PlatformName
  /** On the platform. */
  readonly sandbox: SandboxAccount
}

interface Trait {
  /** The id of the account with this number, in the platform's own shape. */
  readonly id: (number: number) => string
  /** Its keys in the accounts file, besides `name`, `platform` and `apiUrl`. */
  readonly keys: (account: SandboxAccount) => Record<string, string>
  /** Whether an empty look proves that the post is not there; else a person has to be asked. */
  readonly provesAbsence: boolean
  readonly needsMedia?: true
}

const TRAITS: Record<PlatformName, Trait> = {
  facebook: {
    id: (n) => `1029${n}`,
    keys: ({ id, token }) => ({ pageId: id, accessToken: token }),
    provesAbsence: false,
  },
  instagram: {
    id: (n) => `1784${n}`,
    keys: ({ id, token }) => ({ userId: id, accessToken: token }),
    provesAbsence: true,
    needsMedia: true,
  },
  threads: {
    id: (n) => `9921${n}`,
    keys: ({ id, token }) => ({ userId: id, accessToken: token }),
    provesAbsence: true,
  },
  bluesky: {
    id: (n) => `did:plc:${`storm${letters(n)}`.padEnd(24, '2')}`,
    keys: ({ id, token }) => ({ identifier: id, appPassword: token }),
    provesAbsence: true,
  },
  mastodon: {
    id: (n) => `11000000000000000${n}`,
    keys: ({ token }) => ({ accessToken: token }),
    provesAbsence: true,
  },
  x: {
    id: (n) => `224499494${n}`,
    keys: ({ token }) => ({ accessToken: token }),
    provesAbsence: false,
  },
  linkedin: {
    id: (n) => `urn:li:organization:77${n}`,
    keys: ({ id, token }) => ({ author: id, accessToken: token }),
    provesAbsence: false,
  },
  telegram: {
    id: (n) => `@acme_${letters(n)}`,
    keys: ({ id, token }) => ({ chatId: id, botToken: token }),
    provesAbsence: false,
  },
  discord: {
    id: (n) => `110000000000000000${n}`,
    keys: ({ id, token }) => ({ webhookId: id, webhookToken: token }),
    provesAbsence: false,
  },
}

/** The platforms for which there is both a connector and a stand-in. */
export const STORM_PLATFORMS: readonly PlatformName[] = PLATFORM_NAMES.filter(
  (name) => name in connectors,
)

/** So many accounts on each platform. */
export function createAccounts(perPlatform: number): StormAccount[] {
  return STORM_PLATFORMS.flatMap((platform) =>
    Array.from({ length: perPlatform }, (_, index): StormAccount => {
      const number = index + 1
      const id = TRAITS[platform].id(number)
      const token = `storm-${platform}-token-${number}`
      const username = platform === 'telegram' ? id.slice(1) : `acme${number}`
      return {
        name: `${platform}-${number}`,
        platform,
        sandbox: { id, token, username, name: `Acme ${number}` },
      }
    }),
  )
}

export function provesAbsence(platform: PlatformName): boolean {
  return TRAITS[platform].provesAbsence
}

export function takesText(platform: PlatformName): boolean {
  return TRAITS[platform].needsMedia !== true
}

/** For the stand-ins. */
export function sandboxAccounts(accounts: readonly StormAccount[]): SandboxOptions['accounts'] {
  return Object.fromEntries(
    PLATFORM_NAMES.map((platform) => [
      platform,
      accounts.filter((account) => account.platform === platform).map(({ sandbox }) => sandbox),
    ]),
  )
}

/** For the product: an entry of the accounts file. */
export function accountEntry(
  { name, platform, sandbox }: StormAccount,
  sandboxUrl: string,
): Record<string, string> {
  return {
    name,
    platform,
    ...TRAITS[platform].keys(sandbox),
    apiUrl: `${sandboxUrl}/${platform}`,
  }
}

/** 1 becomes `b`: letters only, because some ids take no digits. */
function letters(number: number): string {
  return [...String(number)].map((digit) => String.fromCharCode(97 + Number(digit))).join('')
}
