import { describe, expect, it } from 'vitest'
import { awaitApproval } from '../../../src/publisher/core/approval.js'
import { decide, nextDueAt } from '../../../src/publisher/core/decide.js'
import type { Target, TargetEvent } from '../../../src/publisher/core/target.js'
import { NOON } from '../../support/clock.js'
import {
  alice,
  leaseUntil,
  movedTo,
  policy,
  readable,
  stateOf,
  target,
} from '../../support/targets.js'

const bob = { kind: 'person', id: 'U2', name: 'Bob' } as const
const HOUR = 3_600_000
const asked = (publishAt?: number): Target => ({
  ...target('scheduled'),
  state: awaitApproval(NOON, { by: alice, waitMs: 24 * HOUR, publishAt }, policy),
})
const at = (of: Target, event: TargetEvent) => decide(of, event, readable)
const why = (of: Target, event: TargetEvent) => {
  const decision = at(of, event)
  return decision.kind === 'refused' ? decision.why : undefined
}
const approve = (when: number, who = bob) => ({ type: 'approved', at: when, who }) as const
const ring = (when: number): TargetEvent => {
  return { type: 'claimed', at: when, lease: leaseUntil(when + 1), gate: { kind: 'open' } }
}

describe('a request for approval', () => {
  it('stands until its time and the grace period are over, else as long as the channel says', () => {
    expect(nextDueAt(asked(NOON + HOUR))).toBe(NOON + HOUR + policy.graceMs)
    expect(nextDueAt(asked())).toBe(NOON + 24 * HOUR)
  })

  it('lets the post go out at its time, or at once', () => {
    const ahead = movedTo(at(asked(NOON + HOUR), approve(NOON + 5)))
    expect(ahead.target).toMatchObject({
      state: { status: 'scheduled', publishAt: NOON + HOUR },
      dueSince: NOON + HOUR,
    })
    expect(stateOf(at(asked(), approve(NOON + 5)), 'queued').dueAt).toBe(NOON + 5)
    const late = movedTo(at(asked(NOON + HOUR), approve(NOON + HOUR + 60_000)))
    expect(late.target).toMatchObject({ state: { status: 'queued' }, dueSince: NOON + HOUR })
  })

  it('is not answered by the one who asked', () => {
    expect(why(asked(), approve(NOON + 5, alice as typeof bob))).toContain('the words are yours')
  })

  it('expires visibly, cannot be approved then, and is made again by another time', () => {
    const endsAt = NOON + HOUR + policy.graceMs
    expect(why(asked(NOON + HOUR), ring(endsAt - 1))).toBeDefined()
    const expired = movedTo(at(asked(NOON + HOUR), ring(endsAt))).target
    expect(expired.state).toMatchObject({
      status: 'held',
      hold: 'approval',
      reason: { text: 'Nobody approved it in time, so it was not sent.' },
      heldAt: endsAt,
    })
    expect(nextDueAt(expired)).toBeUndefined()
    expect(why(expired, approve(endsAt + 1))).toContain('has expired')
    const publishAt = endsAt + HOUR
    const moved = { type: 'rescheduled', at: endsAt + 2, who: alice, publishAt } as const
    const again = movedTo(at(expired, moved)).target
    expect(nextDueAt(again)).toBe(publishAt + policy.graceMs)
    expect(stateOf(at(again, approve(endsAt + 3)), 'scheduled').publishAt).toBe(publishAt)
  })

  it.each([
    ['failed', target('failed'), undefined],
    ['scheduled', target('scheduled', { publishAt: NOON + HOUR }), NOON + HOUR],
    ['held', target('held'), undefined],
  ] as const)(
    'is made by an edit of what is %s, where the channel wants approvals',
    (_name, from, publishAt) => {
      const event = { type: 'edited', at: NOON, who: bob, approvalMs: HOUR } as const
      const edited = movedTo(at(from, event)).target
      expect(edited).toMatchObject({
        handles: {},
        state: { hold: 'approval', request: { by: bob } },
      })
      expect((edited.state as { publishAt?: number }).publishAt).toBe(publishAt)
    },
  )
})
