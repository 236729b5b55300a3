import { type AccountsFile, readAccountsFile } from '../accounts-file.js'
import { ConfigError, type Environment, type Settings } from '../config.js'
import { lookAtAccounts } from './accounts.js'
import { accountsInUse } from './accounts-in-use.js'
import { judgeClock } from './clock.js'
import { readWhatWorks } from './configuration.js'
import { lookAtDiscord } from './discord.js'
import { type Finding, findings, type Look } from './finding.js'
import { lookAtPort } from './port.js'
import { lookAtDatabase, lookAtQueue } from './servers.js'
import { lookAtSlack } from './slack.js'

/**
 * Looks at a whole installation from outside: configuration, database, queue, chats, accounts, port
 * and clock. Changes nothing, neither here nor there, and goes on as far as it can after a fault.
 * @param now this machine's clock
 */
export async function examine(environment: Environment, now: () => number): Promise<Finding[]> {
  const { settings, findings: found } = readWhatWorks(environment)
  if (!settings) return found
  const accounts = readAccounts(settings, environment)
  const channels = accounts.file?.channels ?? []
  const looks = await Promise.all([
    lookAtDatabase(settings),
    lookAtQueue(settings),
    settings.slack ? lookAtSlack(settings.slack, channels, now) : NOTHING,
    settings.discord ? lookAtDiscord(settings.discord, channels, now) : NOTHING,
    lookAtPort(settings).then((list): Look => ({ findings: list })),
    accountsInUse(accounts.file?.accounts ?? [], settings).then((list) =>
      lookAtAccounts(list, settings.publicUrl !== null, now),
    ),
  ])
  // A chat that is set up wrongly has been named already.
  const isFaulty = found.some(({ kind }) => kind === 'fault')
  const clocks = looks.flatMap((look) => look.clocks ?? [])
  return [
    ...found,
    ...accounts.findings,
    ...(hasChat(settings) || isFaulty ? [] : [NO_CHAT]),
    ...looks.flatMap((look) => look.findings),
    judgeClock(clocks),
  ]
}

const NOTHING: Look = { findings: [] }

function hasChat({ slack, discord }: Settings): boolean {
  return slack !== null || discord !== null
}

const NO_CHAT = findings('chat')(
  'unchecked',
  'no chat token is set: "start" opens a local workspace to try it in',
  'Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN, or DISCORD_TOKEN and DISCORD_APPLICATION_ID.',
)

function readAccounts(
  settings: Settings,
  environment: Environment,
): { file?: AccountsFile; findings: Finding[] } {
  const about = findings('accounts file')
  if (settings.accountsFile === null) {
    if (!hasChat(settings) || environment.PRESSROOM_ACCOUNTS) return { findings: [] }
    const next = 'Make it (see "Accounts" in the README), or name the file in PRESSROOM_ACCOUNTS.'
    return { findings: [about('fault', 'there is no accounts.yaml here.', next)] }
  }
  try {
    const file = readAccountsFile(settings.accountsFile, environment)
    const count = file.accounts.length
    const text = `${settings.accountsFile}: ${count} ${count === 1 ? 'account' : 'accounts'}`
    return { file, findings: [about('ok', text)] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { findings: error.message.split('\n').map((line) => about('fault', line)) }
  }
}
