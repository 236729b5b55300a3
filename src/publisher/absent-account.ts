import type { Connector } from './connectors/connector.js'
import type { Reason } from './core/outcome.js'

/** Why nothing can be sent to an account that the accounts file no longer names. */
export const NO_ACCOUNT: Reason = {
  class: 'auth',
  text: 'The accounts file no longer names this account.',
  next: 'Put it back and restart, or cancel the target.',
}

/**
 * Stands in for the connector of an account that is gone: nothing is sent, and what was under way
 * stays under way until its deadline, in case the account comes back.
 */
export function absentAccount(platform: Connector['platform']): Connector {
  return {
    platform,
    retrySafety: '',
    check: () => [],
    publish: async () => ({ kind: 'permanent', reason: NO_ACCOUNT }),
    poll: async () => ({ kind: 'transient', reason: NO_ACCOUNT }),
    where: () => 'The account is no longer in the accounts file; look on the platform itself.',
    checkCredentials: async () => ({ kind: 'unknown', reason: NO_ACCOUNT }),
  }
}
