import { readAccountsFile } from '../accounts-file.js'
import { ConfigError, readSettings } from '../config.js'
import { checkAccount } from '../doctor/accounts.js'
import type { CredentialCheck } from '../publisher/connectors/connector.js'
import { type CommandContext, EXIT, UsageError } from './command.js'
import { parseOptions } from './options.js'

export const USAGE = `Usage: pressroom accounts check [name…] [--json]

Asks each platform whether the account's credential works. Ends with 1 when one does not, or cannot
be checked.
`

interface Checked {
  readonly account: string
  readonly platform: string
  readonly check: CredentialCheck
}

export async function run(args: readonly string[], context: CommandContext): Promise<number> {
  const { values, positionals } = parseOptions(args, { json: { type: 'boolean' } })
  const [verb, ...names] = positionals
  if (verb !== 'check') throw new UsageError('Say "accounts check".')
  const { accountsFile } = readSettings(context.environment)
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
    asked.map(async (account): Promise<Checked> => {
      const check = await checkAccount(account, Date.now)
      return { account: account.name, platform: account.platform, check }
    }),
  )
  context.print(values.json ? `${JSON.stringify(checked, null, 2)}\n` : inWords(checked))
  return checked.every(({ check }) => check.kind === 'ok') ? EXIT.done : EXIT.failed
}

function inWords(list: readonly Checked[]): string {
  const width = Math.max(...list.map(({ account }) => account.length))
  const lines = list.map(({ account, check }) => `${account.padEnd(width)}  ${words(check)}`)
  return `${lines.join('\n')}\n`
}

function words(check: CredentialCheck): string {
  if (check.kind !== 'ok') {
    const what = check.kind === 'refused' ? 'refused' : 'not known'
    return [`${what}: ${check.reason.text}`, check.reason.next].filter(Boolean).join(' ')
  }
  const { identity, expiresAt, warning } = check
  const until = expiresAt === undefined ? '' : `, until ${new Date(expiresAt).toISOString()}`
  return `works: ${identity}${until}${warning ? `. ${warning}` : ''}`
}
