import { accountSchema, createConnector } from '../../src/publisher/connectors/index.js'
import { accountEntry, provesAbsence, type StormAccount } from './accounts.js'

/** Whether it can be known without a person if a post is out there, given whether it is. */
export function decidable(
  accounts: readonly StormAccount[],
  sandboxUrl: string,
): (account: string, isLive: boolean) => boolean {
  const known = new Map(
    accounts.map((account) => {
      const entry = accountSchema.parse(accountEntry(account, sandboxUrl))
      return [account.name, { account, reads: createConnector(entry).lookUp !== undefined }]
    }),
  )
  return (name, isLive) => {
    const found = known.get(name)
    return found?.reads === true && (isLive || provesAbsence(found.account.platform))
  }
}
