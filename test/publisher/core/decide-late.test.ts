import { describe, expect, it } from 'vitest'
import { type Context, decide } from '../../../src/publisher/core/decide.js'
import type { Outcome } from '../../../src/publisher/core/outcome.js'
import type { Target } from '../../../src/publisher/core/target.js'
import { NOON } from '../../support/clock.js'
import {
  leaseUntil,
  movedTo,
  readable,
  reason,
  stateOf,
  target,
  unreadable,
  without,
} from '../../support/targets.js'

const AT = NOON + 300_000
const SENT_AT = NOON - 1_000
const published: Outcome = { kind: 'published', remoteId: 'r7', permalink: 'https://e.test/7' }
const ambiguous: Outcome = { kind: 'ambiguous', reason }

const answerLate = (of: Target, outcome: Outcome, context: Context = readable) =>
  decide(of, { type: 'lateAnswer', at: AT, outcome, mutationAt: SENT_AT }, context)

describe.each(['scheduled', 'queued', 'waiting', 'held', 'failed', 'cancelled'] as const)(
  'a late "published" on a %s target',
  (status) => {
    const looking = stateOf(answerLate(target(status), published), 'reconciling')

    it('stops what could be sent, and calls for a look from when the post may have left', () => {
      expect(looking.mutationAt).toBe(SENT_AT)
      expect(looking.evidence).toMatchObject([{ remoteId: 'r7', permalink: 'https://e.test/7' }])
    })

    it('is sent by itself after a look that finds nothing only if it would have been before', () => {
      const finding = { kind: 'absent', proof: 'conclusive', how: 'It is not there.' } as const
      const event = { type: 'lookedUp', at: AT, finding, jitter: 0 } as const
      const decision = decide(target('reconciling', looking), event, readable)
      const goesOn = status === 'queued' || status === 'waiting'
      expect(movedTo(decision).target.state.status).toBe(goesOn ? 'waiting' : 'failed')
    })
  },
)

describe('publishing', () => {
  it('is stopped by the late answer of an earlier attempt, unless it has begun to send', () => {
    const unsent = without(target('publishing'), 'mutationAt')
    const stopped = movedTo(answerLate(unsent, published))
    expect(stopped.target.state.status).toBe('reconciling')
    expect(stopped.target.lease).toBeUndefined()
    expect(answerLate(target('publishing'), published).kind).toBe('refused')
  })
})

describe('processing', () => {
  it('is stopped while nothing is public, and left to its own answer after that', () => {
    const preparing = target('processing', { stage: 'preparing' })
    expect(stateOf(answerLate(preparing, published), 'reconciling').mutationAt).toBe(SENT_AT)
    expect(answerLate(target('processing'), published).kind).toBe('refused')
  })
})

describe('reconciling', () => {
  it('keeps the evidence, and a look that is under way goes on', () => {
    const lease = leaseUntil(AT + 1)
    const looking = target('reconciling', { lookUps: 2 }, { lease })
    const decision = movedTo(answerLate(looking, published))
    expect(decision.target.lease).toEqual(lease)
    const state = stateOf(decision, 'reconciling')
    expect(state).toMatchObject({ lookUps: 2, mutationAt: SENT_AT })
    expect(state.evidence).toHaveLength(2)
  })

  it('is no longer taken for unsent once an answer says that it may be out', () => {
    const unsent = without(target('reconciling'), 'mutationAt')
    for (const outcome of [published, ambiguous]) {
      expect(stateOf(answerLate(unsent, outcome), 'reconciling').mutationAt).toBe(SENT_AT)
    }
    const clean = answerLate(unsent, { kind: 'transient', reason })
    expect(stateOf(clean, 'reconciling').mutationAt).toBeUndefined()
  })

  it('reaches back to the beginning of the round when nobody knows when it was sent', () => {
    const unsent = without(target('reconciling', {}, { dueSince: NOON - 9 }), 'mutationAt')
    const event = { type: 'lateAnswer', at: AT, outcome: published } as const
    expect(stateOf(decide(unsent, event, readable), 'reconciling').mutationAt).toBe(NOON - 9)
  })
})

describe('unconfirmed', () => {
  it('is looked at again at once when the answer names the post', () => {
    const asked = without(target('unconfirmed'), 'relookAt')
    expect(stateOf(answerLate(asked, published), 'unconfirmed').relookAt).toBe(AT)
    expect(stateOf(answerLate(asked, ambiguous), 'unconfirmed').relookAt).toBeUndefined()
  })

  it('is live after that, also where the platform cannot be read', () => {
    const answered = movedTo(answerLate(target('unconfirmed'), published, unreadable)).target
    const claim = {
      type: 'claimed',
      at: AT,
      lease: leaseUntil(AT),
      gate: { kind: 'open' },
    } as const
    const state = stateOf(decide(answered, claim, unreadable), 'published')
    expect(state).toMatchObject({ how: 'answer', remoteId: 'r7' })
  })

  it('is the post that the late answer names, not one that a refusal had named', () => {
    const evidence = [{ at: NOON, text: 'It says it has this already.', remoteId: 'theirs' }]
    const asked = target('unconfirmed', { evidence })
    const answered = movedTo(answerLate(asked, published, unreadable)).target
    const claim = {
      type: 'claimed',
      at: AT,
      lease: leaseUntil(AT),
      gate: { kind: 'open' },
    } as const
    expect(stateOf(decide(answered, claim, unreadable), 'published').remoteId).toBe('r7')
  })
})

it('changes nothing when it only says that something was prepared', () => {
  const preparing: Outcome = {
    kind: 'accepted',
    stage: 'preparing',
    note: 'The container is made.',
  }
  for (const status of ['queued', 'waiting', 'failed', 'held', 'cancelled'] as const) {
    expect(answerLate(target(status), preparing).kind).toBe('refused')
  }
})
