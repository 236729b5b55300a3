import type { Connector, CredentialCheck, Renewed } from './connectors/connector.js'
import type { Instant } from './core/target.js'

const HOUR_MS = 3_600_000
const NEXT_CHECK_MS = { ok: 6 * HOUR_MS, refused: 5 * 60_000, unknown: 60_000 } as const
const SOONEST_MS = 60_000
/** A renewal that did not work is not asked for more often. */
const RENEW_AGAIN_MS = HOUR_MS

/** Whether a credential is to be renewed now. */
export function renewalIsDue(
  { renewal }: Pick<Connector, 'renewal'>,
  endsAt: Instant | undefined,
  wasRenewed: boolean,
  now: Instant,
): boolean {
  if (!renewal) return false
  if (endsAt !== undefined) return now >= endsAt - renewal.aheadMs
  return renewal.toLearnTheEnd === true && !wasRenewed
}

/**
 * What is known of a credential after a check and, perhaps, a renewal. One that renews itself is
 * no trouble; one that could not be renewed is, before it ends.
 */
export function withRenewal(
  checked: CredentialCheck,
  { renewal }: Pick<Connector, 'renewal'>,
  renewed: Renewed | undefined,
  renewedEndsAt: Instant | undefined,
): CredentialCheck {
  if (checked.kind !== 'ok') {
    // Why the one behind it does not help says more than that the token has ended.
    const refused = checked.kind === 'refused' && renewed?.kind === 'refused'
    return refused ? { kind: 'refused', reason: renewed.reason } : checked
  }
  const expiresAt = checked.expiresAt ?? renewedEndsAt
  const end = expiresAt === undefined ? {} : { expiresAt }
  if (renewed && renewed.kind !== 'renewed') {
    const warning = `It could not be renewed: ${renewed.reason.text}`
    return { ...checked, ...end, warning: checked.warning ?? warning }
  }
  return { ...checked, ...end, ...(renewal ? { renews: true } : {}) }
}

/** What is known of a credential by what it was granted as well, where a renewal told that. */
export function withGranted(
  checked: CredentialCheck,
  { renewal }: Pick<Connector, 'renewal'>,
  scopes: readonly string[] | undefined,
): CredentialCheck {
  if (checked.kind !== 'ok' || scopes === undefined) return checked
  return renewal?.withScopes?.(checked, scopes) ?? checked
}

/** Checked again in time: as the result wants it, and when the credential is to be renewed. */
export function nextCheckAt(
  checked: CredentialCheck,
  { renewal }: Pick<Connector, 'renewal'>,
  now: Instant,
): Instant {
  const byResult = now + NEXT_CHECK_MS[checked.kind]
  if (checked.kind !== 'ok' || checked.expiresAt === undefined) return byResult
  const renewAt = checked.expiresAt - (renewal?.aheadMs ?? 0)
  const overdue = renewAt <= now && checked.expiresAt > now
  const wanted = overdue ? Math.min(now + RENEW_AGAIN_MS, (now + checked.expiresAt) / 2) : renewAt
  return Math.max(now + SOONEST_MS, Math.min(byResult, Math.floor(wanted)))
}
