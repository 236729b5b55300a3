import { recordCheck, takeDueChecks } from '../store/accounts.js'
import { loadRenewal } from '../store/renewals.js'
import { isAway } from '../store/server-connections.js'
import { NO_ACCOUNT } from './absent-account.js'
import type { CredentialCheck } from './connectors/connector.js'
import { nextCheckAt, renewalIsDue, withGranted, withRenewal } from './credential-times.js'
import type { PublisherDeps } from './deps.js'
import { messageOf } from './record.js'
import { startRounds } from './rounds.js'
import { createReader } from './steps.js'

const SWEEP_EVERY_MS = 10_000

/**
 * Checks the accounts whose check is due, when asked and by itself, and renews what would end soon or
 * was refused. A refused credential holds the account; one that works releases it, and the relay
 * lets its held targets go on.
 */
export async function startCredentialChecks(
  deps: PublisherDeps,
  afterCheck: () => Promise<void>,
): Promise<{ stop(): Promise<void> }> {
  const { database, log } = deps
  const round = async () => {
    const names = await takeDueChecks(database.orm, deps.now(), deps.leaseMs)
    await Promise.all(names.map((name) => checkAccount(name, deps)))
    if (names.length > 0) await afterCheck()
  }
  const failed = (error: unknown) =>
    log.warn({ error: (error as Error).message }, 'credential checks did not work; tried again')
  const channel = 'pressroom_check'
  return startRounds(round, { database, channel, everyMs: SWEEP_EVERY_MS, failed })
}

/**
 * Checks one account and keeps the result, also that of a check that broke off: else its account
 * would be the next to be asked for ever.
 * @returns undefined when there is no such account
 * @throws when the database is away
 */
export async function checkAccount(
  name: string,
  deps: PublisherDeps,
): Promise<CredentialCheck | undefined> {
  const result = await examine(name, deps).catch((error) => {
    if (isAway(error)) throw error
    return brokenOff(name, error, deps)
  })
  const connector = deps.connector(name)
  if (!connector || !result) return undefined
  const now = deps.now()
  await recordCheck(deps.database.orm, {
    name,
    checked: result,
    now,
    nextCheckAt: nextCheckAt(result, connector, now),
  })
  if (result.kind !== 'ok')
    deps.log.warn({ account: name, reason: result.reason.text }, 'credential check')
  return result
}

/** What a check says, and renewing where that is due or may help. */
async function examine(name: string, deps: PublisherDeps): Promise<CredentialCheck | undefined> {
  const { renewals } = deps
  const renewedAt = (await loadRenewal(deps.database.orm, name))?.renewedAt
  await renewals?.follow(name, renewedAt)
  const connector = deps.connector(name)
  if (!connector) return undefined
  const endsAt = renewals?.expiresAt(name)
  const isDue = renewalIsDue(connector, endsAt, renewals?.wasRenewed(name) ?? true, deps.now())
  let renewed = isDue ? await renewals?.renew(name, connector, deps) : undefined
  let checked = await check(name, deps)
  const mayRenew = checked.kind === 'refused' && checked.reason.class === 'auth' && !renewed
  if (renewals && connector.renewal && mayRenew) {
    renewed = await renewals.renew(name, connector, deps)
    // Also what another process was given meanwhile may work.
    if (!renewed || renewed.kind === 'renewed') checked = await check(name, deps)
  }
  if (renewed && renewed.kind !== 'renewed') {
    deps.log.warn({ account: name, reason: renewed.reason.text }, 'a credential was not renewed')
  }
  const granted = withGranted(checked, connector, renewals?.scopes(name))
  return withRenewal(granted, connector, renewed, renewals?.expiresAt(name))
}

function check(name: string, deps: PublisherDeps): Promise<CredentialCheck> {
  const connector = deps.connector(name)
  if (!connector) return Promise.resolve({ kind: 'unknown', reason: NO_ACCOUNT })
  return connector
    .checkCredentials(createReader(deps))
    .catch((error: unknown) => brokenOff(name, error, deps))
}

function brokenOff(name: string, error: unknown, deps: PublisherDeps): CredentialCheck {
  deps.log.error({ account: name, error: messageOf(error) }, 'a credential check broke off')
  const text = 'Pressroom stumbled over an error of its own; see its log.'
  return { kind: 'unknown', reason: { class: 'unknown', text } }
}
