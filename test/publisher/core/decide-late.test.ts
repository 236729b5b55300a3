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

const answerLate = (of: Target, outcome: Outcome, context: Context = readable, attempt = 1) =>
  decide(of, { type: 'lateAnswer', at: AT, outcome, attempt, mutationAt: SENT_AT }, context)

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
    const sent = movedTo(answerLate(target('publishing'), published))
    expect(sent.target).toMatchObject({ state: { status: 'publishing' }, lease: {} })
  })
})

describe('processing', () => {
  it('is stopped while nothing is public, and left to its own answer after that', () => {
    const preparing = target('processing', { stage: 'preparing' })
    expect(stateOf(answerLate(preparing, published), 'reconciling').mutationAt).toBe(SENT_AT)
    expect(stateOf(answerLate(target('processing'), published), 'processing').pollAt).toBe(NOON)
  })
})

describe.each(['publishing', 'processing'] as const)('%s, a second time,', (status) => {
  const second = target(status, {}, { attempt: 2 })
  const told = movedTo(answerLate(second, published)).target
  const ends = (outcome: Outcome) =>
    movedTo(decide(told, { type: 'attempted', at: AT, outcome, jitter: 0 }, readable))

  it('is a duplicate when it ends in another post than the first attempt', () => {
    const { target: live, effects } = ends({ kind: 'published', remoteId: 'r8' })
    expect(live.state).toMatchObject({ status: 'published', remoteId: 'r8' })
    const copies = [{ remoteId: 'r8' }, { remoteId: 'r7', permalink: 'https://e.test/7' }]
    expect(effects).toContainEqual({ kind: 'incident', incident: { type: 'duplicate', copies } })
  })

  it('is looked up, with what the first attempt said, when it ends without a post', () => {
    const { state } = ends({ kind: 'permanent', reason }).target
    expect(state).toMatchObject({ status: 'reconciling', evidence: [{ remoteId: 'r7' }] })
    const inDoubt = ends(ambiguous).target.state
    expect(inDoubt).toHaveProperty('evidence.1.remoteId', 'r7')
  })

  it('keeps what the first attempt said while the platform works on it', () => {
    const working = ends({ kind: 'accepted', stage: 'finishing', note: '' }).target
    const outcome: Outcome = { kind: 'published', remoteId: 'r8' }
    const event = { type: 'attempted', at: AT, outcome, jitter: 0 } as const
    const { effects } = movedTo(decide(working, event, readable))
    expect(effects).toMatchObject([{ kind: 'incident', incident: { copies: [{}, {}] } }])
  })
})

it('what the first attempt said is not lost with a worker that dies in the second', () => {
  const told = movedTo(answerLate(target('publishing', {}, { attempt: 2 }), published)).target
  const claim = { type: 'claimed', at: AT, lease: leaseUntil(AT), gate: { kind: 'open' } } as const
  const state = stateOf(decide(told, claim, readable), 'reconciling')
  expect(state.evidence).toMatchObject([{}, { remoteId: 'r7' }])
})

describe('published', () => {
  const second = target('published', { permalink: 'https://e.test/1' }, { attempt: 2 })

  it('is a duplicate when an earlier attempt names another post', () => {
    const decision = movedTo(answerLate(second, published))
    expect(decision.effects).toEqual([
      {
        kind: 'incident',
        incident: {
          type: 'duplicate',
          copies: [
            { remoteId: 'r1', permalink: 'https://e.test/1' },
            { remoteId: 'r7', permalink: 'https://e.test/7' },
          ],
        },
      },
    ])
    // A look tells whether the other one is still there.
    const state = stateOf(decision, 'published')
    expect(state).toMatchObject({ remoteId: 'r1', recheckAt: AT })
    expect(stateOf(answerLate(second, published, unreadable), 'published').recheckAt).toBe(NOON)
  })

  it('learns the id and the link that it did not have', () => {
    const unnamed = without(target('published', { how: 'person' }), 'remoteId')
    const decision = movedTo(answerLate(unnamed, published))
    expect(decision.target.state).toMatchObject({
      how: 'person',
      remoteId: 'r7',
      permalink: 'https://e.test/7',
    })
    expect(decision.effects).toEqual([])
  })

  it('stays as it is when the answer names the same post, names none, or is its own', () => {
    expect(answerLate(second, { kind: 'published', remoteId: 'r1' }).kind).toBe('refused')
    expect(answerLate(second, { kind: 'published' }).kind).toBe('refused')
    expect(answerLate(second, ambiguous).kind).toBe('refused')
    // Some platforms have more than one name for a post.
    expect(answerLate(second, published, readable, 2).kind).toBe('refused')
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
    const event = { type: 'lateAnswer', at: AT, outcome: published, attempt: 1 } as const
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
