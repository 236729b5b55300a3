import { createRedactor } from '../log.js'
import type { CredentialCheck } from '../publisher/connectors/connector.js'
import { createConnector, secretsOf } from '../publisher/connectors/index.js'
import { withGranted } from '../publisher/credential-times.js'
import { createReader } from '../publisher/steps.js'
import type { AccountInUse } from './accounts-in-use.js'
import { type Finding, findings, type Look } from './finding.js'

const ANSWER_WITHIN_MS = 15_000

/** Asks the platform whether the account's credential works. Changes nothing, stores nothing. */
export async function checkAccount(
  { account, scopes }: Pick<AccountInUse, 'account' | 'scopes'>,
  now: () => number,
): Promise<CredentialCheck> {
  const reader = createReader({
    now,
    leaseMs: 2 * ANSWER_WITHIN_MS,
    requestTimeoutMs: ANSWER_WITHIN_MS,
  })
  try {
    const connector = createConnector(account)
    return withGranted(await connector.checkCredentials(reader), connector, scopes)
  } catch (error) {
    const { clean } = createRedactor(secretsOf(account))
    const text = clean(`The check broke off: ${(error as Error).message}`)
    return { kind: 'unknown', reason: { class: 'unknown', text } }
  }
}

/** What stands against publishing to these accounts. */
export async function lookAtAccounts(
  list: readonly AccountInUse[],
  servesMedia: boolean,
  now: () => number,
): Promise<Look> {
  const found = await Promise.all(list.map((one) => lookAtAccount(one, servesMedia, now)))
  return { findings: found.flat() }
}

async function lookAtAccount(
  inUse: AccountInUse,
  servesMedia: boolean,
  now: () => number,
): Promise<Finding[]> {
  const { account } = inUse
  const about = findings(`account ${account.name}`)
  const checked = await checkAccount(inUse, now)
  const found = [ofCheck(checked, inUse, now())]
  if (createConnector(account).fetchesMedia && !servesMedia) {
    found.push(
      about(
        'warning',
        `${account.platform} fetches media from an address, and uploads have none here.`,
        'Set PRESSROOM_PUBLIC_URL to an address under which this bot can be reached.',
      ),
    )
  }
  return found
}

function ofCheck(
  checked: CredentialCheck,
  { account, renewed, unseen }: AccountInUse,
  at: number,
): Finding {
  const about = findings(`account ${account.name}`)
  switch (checked.kind) {
    case 'refused':
      if (unseen !== undefined) {
        return about(
          'unchecked',
          `the credential in the accounts file is refused, and whether it was renewed cannot be seen: ${unseen}`,
          'Ask the running bot with: /publish accounts.',
        )
      }
      return about(
        'fault',
        `the ${renewed ? 'renewed ' : ''}credential is refused: ${checked.reason.text}`,
        checked.reason.next ??
          `Make a new one on ${account.platform}, put it into the accounts file and restart.`,
      )
    case 'unknown':
      return about(
        'fault',
        `the credential cannot be checked: ${checked.reason.text}`,
        "Check apiUrl and this machine's way to the platform.",
      )
    case 'ok': {
      const { expiresAt, warning } = checked
      const identity = `${checked.identity}${renewed ? ', with the renewed credential' : ''}`
      if (warning) return about('warning', `${identity}: ${warning}`)
      const daysLeft =
        expiresAt === undefined ? Number.POSITIVE_INFINITY : (expiresAt - at) / DAY_MS
      if (daysLeft < 14) {
        const text = `${identity}: the credential ends in ${Math.max(0, Math.floor(daysLeft))} days.`
        return about(
          'warning',
          text,
          'Put a new one into the accounts file before then, and restart.',
        )
      }
      return about('ok', identity)
    }
  }
}

const DAY_MS = 86_400_000
