import type { Settings } from '../config.js'
import { type Account, createConnector, withCredentials } from '../publisher/connectors/index.js'
import { openRenewal } from '../publisher/renewals.js'
import { FolderInUseError } from '../store/folder-lock.js'
import { peek } from '../store/peek.js'
import { listRenewals } from '../store/renewals.js'
import { createSecretBox, SecretKeyError } from '../store/secret-box.js'

/** An account with the credential that publishing uses. */
export interface AccountInUse {
  readonly account: Account
  /** Whether the platform gave it in place of the one in the accounts file. */
  readonly renewed: boolean
  /** What it may do, if the platform said so when it was renewed. */
  readonly scopes?: readonly string[]
  /** Why nobody can tell from here whether there is a renewed one. */
  readonly unseen?: string
}

type Place = Pick<Settings, 'databaseUrl' | 'dataDir' | 'secretKey' | 'earlierSecretKey'>

/** The accounts as a process would use them: with what their platforms renewed, where that is kept. */
export async function accountsInUse(
  accounts: readonly Account[],
  place: Place,
): Promise<readonly AccountInUse[]> {
  const renewing = accounts.filter((account) => createConnector(account).renewal !== undefined)
  const kept = renewing.length === 0 ? NOTHING : await readRenewals(place)
  const box = createSecretBox(place.secretKey, place.earlierSecretKey)
  return accounts.map((account): AccountInUse => {
    const asInFile = { account, renewed: false }
    if (!renewing.includes(account)) return asInFile
    if (typeof kept === 'string') return { ...asInFile, unseen: kept }
    const renewal = kept.get(account.name)
    if (!renewal) return asInFile
    try {
      const { credentials, scopes } = openRenewal(renewal.sealed, box)
      // An entry that was changed since counts more than what it was renewed to.
      if (renewal.fingerprint !== box.fingerprint(account)) return asInFile
      return {
        account: withCredentials(account, credentials),
        renewed: true,
        ...(scopes === undefined ? {} : { scopes }),
      }
    } catch (error) {
      if (!(error instanceof SecretKeyError)) throw error
      return { ...asInFile, unseen: error.message }
    }
  })
}

const NOTHING: Awaited<ReturnType<typeof listRenewals>> = new Map()

/** @returns why they cannot be read, else */
async function readRenewals(place: Place): Promise<typeof NOTHING | string> {
  try {
    return (await peek(place, listRenewals)) ?? NOTHING
  } catch (error) {
    if (error instanceof FolderInUseError) return 'a running process has the embedded store open.'
    return (error as Error).message
  }
}
