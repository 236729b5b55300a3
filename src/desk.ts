import type { PlatformDesk } from './bot/deps.js'
import type { Connector, Content, Credentials, Problem } from './publisher/connectors/connector.js'
import { type Account, createConnector, withCredentials } from './publisher/connectors/index.js'

/** Connectors by account, also with credentials that were renewed. */
export interface Desk extends PlatformDesk {
  connector(account: string): Connector | undefined
  /** From now on the account's entry, with these in place of its own. */
  adoptCredentials(account: string, credentials: Credentials): void
  /** From now on goes by what the newest check of the account has learned, as it was stored. */
  learn(account: string, checked: unknown): void
  /** Whether there is anything to learn from checks. */
  readonly learns: boolean
}

/** The accounts of this installation with their connectors, for the workers and for the bot's checks. */
export function createDesk(accounts: readonly Account[], options: { servesMedia: boolean }): Desk {
  const connectors = new Map(accounts.map((account) => [account.name, createConnector(account)]))
  const connector = (account: string) => connectors.get(account)
  return {
    connector,
    adoptCredentials(name, credentials) {
      const account = accounts.find((one) => one.name === name)
      if (account) connectors.set(name, createConnector(withCredentials(account, credentials)))
    },
    learn: (account, checked) => connector(account)?.learn?.((checked as Learned)?.learned),
    learns: [...connectors.values()].some(({ learn }) => learn !== undefined),
    check: (account, content) => {
      const found = connector(account)
      if (!found) return [{ field: 'account', message: `There is no account called "${account}".` }]
      return [...found.check(content), ...unreachableMedia(found, content, options.servesMedia)]
    },
    linkCard: (account, content) => connector(account)?.linkCard?.(content),
    images: (account) => connector(account)?.images,
    retrySafety: (account) => connector(account)?.retrySafety ?? '',
    canRemove: (account) => connector(account)?.remove !== undefined,
    capabilities: (account) => {
      const found = connector(account)
      return { canLookUp: found?.lookUp !== undefined, canVerify: found?.verify !== undefined }
    },
  }
}

/** A CredentialCheck as it was stored, or nothing before the first one. */
type Learned = { readonly learned?: unknown } | null

function unreachableMedia(connector: Connector, content: Content, servesMedia: boolean): Problem[] {
  if (!connector.fetchesMedia || servesMedia) return []
  if (content.media.every(({ sourceUrl }) => sourceUrl !== undefined)) return []
  return [
    {
      field: 'media',
      message: `${connector.platform} fetches media from an address, and this has none here.`,
      next: 'Set PRESSROOM_PUBLIC_URL to an address under which this bot can be reached, or give a media URL.',
    },
  ]
}
