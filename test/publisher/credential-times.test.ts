import { describe, expect, it } from 'vitest'
import type { CredentialCheck } from '../../src/publisher/connectors/connector.js'
import { nextCheckAt, renewalIsDue, withRenewal } from '../../src/publisher/credential-times.js'
import { NOON } from '../support/clock.js'
import { authReason } from '../support/targets.js'

const HOUR = 3_600_000
const ask = async () => ({ kind: 'unknown', reason: authReason }) as const
const renews = { renewal: { aheadMs: HOUR, ask } }
const learns = { renewal: { aheadMs: HOUR, toLearnTheEnd: true, ask } } as const
const ok: CredentialCheck = { kind: 'ok', identity: 'Acme' }

describe('a credential is to be renewed', () => {
  it.each([
    ['when its end is near', renews, NOON + HOUR, true, true],
    ['not before', renews, NOON + HOUR + 1, true, false],
    ['when nobody knows its end, and renewing tells', learns, undefined, false, true],
    ['but only once for that', learns, undefined, true, false],
    ['not when renewing would only use it up', renews, undefined, false, false],
    ['never where it cannot be', {}, NOON, true, false],
  ] as const)('%s', (_when, connector, endsAt, wasRenewed, due) => {
    expect(renewalIsDue(connector, endsAt, wasRenewed, NOON)).toBe(due)
  })
})

describe('what is known after a check', () => {
  it('says that it renews itself, and when it ends', () => {
    expect(withRenewal(ok, renews, undefined, NOON)).toEqual({
      ...ok,
      expiresAt: NOON,
      renews: true,
    })
  })

  it('warns when it could not be renewed', () => {
    const failed = { kind: 'unknown', reason: { class: 'network', text: 'No way.' } } as const
    const known = withRenewal(ok, renews, failed, NOON)
    expect(known).toMatchObject({ warning: 'It could not be renewed: No way.', expiresAt: NOON })
    expect(known).not.toHaveProperty('renews')
  })

  it('says why the one behind it does not help either', () => {
    const refused = { kind: 'refused', reason: { class: 'auth', text: 'Used up.' } } as const
    const ended: CredentialCheck = { kind: 'refused', reason: authReason }
    expect(withRenewal(ended, renews, refused, undefined)).toEqual(refused)
    expect(withRenewal(ended, renews, undefined, undefined)).toEqual(ended)
  })
})

describe('the next check', () => {
  it.each([
    ['comes in six hours', ok, 6 * HOUR],
    ['comes when it is to be renewed', { ...ok, expiresAt: NOON + 3 * HOUR }, 2 * HOUR],
    ['comes within the hour when that did not work', { ...ok, expiresAt: NOON + HOUR }, HOUR / 2],
    ['comes no sooner than in a minute', { ...ok, expiresAt: NOON + 70_000 }, 60_000],
    ['comes in a minute when nothing is known', { kind: 'unknown', reason: authReason }, 60_000],
  ] as const)('%s', (_what, checked, ms) => {
    expect(nextCheckAt(checked, renews, NOON) - NOON).toBe(ms)
  })
})
