import { readAccountsFile } from '../accounts-file.js'
import { ConfigError, readSettings } from '../config.js'
import { checkAccount } from '../doctor/accounts.js'
import { accountsInUse } from '../doctor/accounts-in-use.js'
import type { CredentialCheck } from '../publisher/connectors/connector.js'
import { type CommandContext, EXIT, UsageError } from './command.js'
import { parseOptions } from './options.js'

export const USAGE = `Usage: pressroom accounts check [name…] [--json]

Asks each platform whether the account's credential works: the renewed one where the store has one,
else that of the accounts file. Ends with 1 when one does not, or cannot be checked.
`

interface Checked {
  readonly account: string
  readonly platform: string
  /** Which one was checked: that of the accounts file, or one that the platform gave in its place. */
  readonly credential: 'file' | 'renewed'
  /** Why nobody can tell from here whether there is a renewed one. */
  readonly unseen?: string
  readonly check: CredentialCheck
}

export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseOptions(args, { json: { type: 'boolean' } })
  const [verb, ...names] = positionals
  if (verb !== 'check') throw new UsageError('Say "accounts check".')
  const settings = readSettings(context.environment)
  const { accountsFile } = settings
  if (accountsFile === null) {
    throw new ConfigError('There is no accounts.yaml here. Name the file in PRESSROOM_ACCOUNTS.')
  }
  const { accounts } = readAccountsFile(accountsFile, context.environment)
  const unknown = names.filter((name) => !accounts.some((account) => account.name === name))
  if (unknown.length > 0) {
    throw new UsageError(`There is no account called "${unknown.join('", "')}" in ${accountsFile}.`)
  }
  const asked = names.length === 0 ? accounts : accounts.filter(({ name }) => names.includes(name))
  const checked = await Promise.all(
    (await accountsInUse(asked, settings)).map(async (inUse): Promise<Checked> => {
      const { account, renewed, unseen } = inUse
      return {
        account: account.name,
        platform: account.platform,
        credential: renewed ? 'renewed' : 'file',
        ...(unseen === undefined ? {} : { unseen }),
        check: await checkAccount(inUse, Date.now),
      }
    }),
  )
  context.print(values.json ? `${JSON.stringify(checked, null, 2)}\n` : inWords(checked))
  return checked.every(({ check }) => check.kind === 'ok') ? EXIT.done : EXIT.failed
}

function inWords(list: readonly Checked[]): string {
  const width = Math.max(...list.map(({ account }) => account.length))
  const lines = list.map((one) => `${one.account.padEnd(width)}  ${words(one)}`)
  return `${lines.join('\n')}\n`
}

function words({ check, credential, unseen }: Checked): string {
  const unsure =
    unseen === undefined
      ? ''
      : ` This is the credential of the accounts file; whether it was renewed cannot be seen: ${unseen}`
  if (check.kind !== 'ok') {
    const what = check.kind === 'refused' ? 'refused' : 'not known'
    const why = [check.reason.text, check.reason.next].filter(Boolean).join(' ')
    return `${what}: ${why}${unsure}`
  }
  const { identity, expiresAt, warning } = check
  const until = expiresAt === undefined ? '' : `, until ${new Date(expiresAt).toISOString()}`
  const by = credential === 'renewed' ? ', with the renewed credential' : ''
  return `works: ${identity}${until}${by}${warning ? `. ${warning}` : ''}`
}
