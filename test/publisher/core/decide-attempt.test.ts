import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/publisher/core/decide.js'
import type { Outcome } from '../../../src/publisher/core/outcome.js'
import type { Target } from '../../../src/publisher/core/target.js'
import { NOON } from '../../support/clock.js'
import {
  authReason,
  leaseUntil,
  movedTo,
  policy,
  readable,
  reason,
  stateOf,
  target,
  unreadable,
  without,
} from '../../support/targets.js'

const AT = NOON + 2_000
const accepted = { kind: 'accepted', stage: 'finishing', note: 'It is transcoded.' } as const
const rateLimit = { class: 'rate_limit', text: 'Too many requests.' } as const

const attempt = (
  attempted: Target,
  outcome: Outcome,
  { at = AT, jitter = 0.5, context = readable } = {},
) => decide(attempted, { type: 'attempted', at, outcome, jitter, where: 'the wall' }, context)

describe('publishing', () => {
  const publishing = target('publishing')

  it('is live when the platform answers with the id, and gives the lease back', () => {
    const decision = movedTo(
      attempt(publishing, { kind: 'published', remoteId: 'r1', permalink: 'https://e.test/1' }),
    )
    expect(decision.target.lease).toBeUndefined()
    expect(decision.effects).toEqual([{ kind: 'releaseAccount' }])
    expect(decision.target.state).toEqual({
      status: 'published',
      publishedAt: AT,
      how: 'answer',
      remoteId: 'r1',
      permalink: 'https://e.test/1',
      missing: 0,
      rechecks: 0,
      recheckAt: AT + 300_000,
    })
  })

  it('is live on the word of the platform without an id, and looked at soon to learn it', () => {
    const state = stateOf(attempt(publishing, { kind: 'published' }), 'published')
    expect(state.recheckAt).toBe(AT + policy.settleBaseMs)
  })

  it('tells how late a live post is beyond the ordinary', () => {
    const outcome: Outcome = { kind: 'published', remoteId: 'r1' }
    const late = attempt(publishing, outcome, { at: NOON + 60_001 })
    expect(stateOf(late, 'published').lateMs).toBe(60_001)
  })

  it('becomes processing when the platform accepts, with the wait the platform names', () => {
    const polled = stateOf(attempt(publishing, { ...accepted, pollAfterMs: 7_000 }), 'processing')
    expect(polled).toMatchObject({
      polls: 0,
      pollAt: AT + 7_000,
      deadlineAt: AT + policy.processingDeadlineMs,
      mutationAt: NOON,
    })
    expect(stateOf(attempt(publishing, accepted), 'processing').pollAt).toBe(AT + 5_000)
  })

  it('takes an accepted post for sent even when no mark was written', () => {
    const unmarked = without(publishing, 'mutationAt')
    expect(stateOf(attempt(unmarked, accepted), 'processing').mutationAt).toBe(NOON)
    const preparing = attempt(unmarked, { ...accepted, stage: 'preparing' })
    expect(stateOf(preparing, 'processing').mutationAt).toBeUndefined()
  })

  it('waits with jittered backoff after a transient failure, at least as long as it is told', () => {
    const failing: Outcome = { kind: 'transient', reason }
    expect(stateOf(attempt(publishing, failing), 'waiting').retryAt).toBe(AT + 2_500)
    const told = attempt(publishing, { ...failing, retryAfterMs: 90_000 })
    expect(stateOf(told, 'waiting').retryAt).toBe(AT + 90_000)
  })

  it('pauses the account for a rate limit, also when the limit names no time', () => {
    const named = attempt(publishing, {
      kind: 'transient',
      reason: rateLimit,
      scope: 'account',
      retryAfterMs: 30_000,
    })
    expect(movedTo(named).effects).toEqual([
      { kind: 'pauseAccount', untilAt: AT + 30_000, reason: rateLimit },
    ])
    const second = target('publishing', {}, { automatic: 2 })
    const unnamed = movedTo(
      attempt(second, { kind: 'transient', reason: rateLimit, scope: 'account' }, { jitter: 0 }),
    )
    expect(unnamed.effects).toMatchObject([{ kind: 'pauseAccount', untilAt: AT + 10_000 }])
    expect(stateOf(unnamed, 'waiting').retryAt).toBe(AT + 10_000)
  })

  it('fails when the budget of automatic attempts is used up, with what to do next', () => {
    const last = target('publishing', {}, { automatic: policy.maxAttempts })
    const { state } = movedTo(attempt(last, { kind: 'transient', reason })).target
    expect(state).toMatchObject({ status: 'failed', reason: { text: reason.text } })
    expect(state).toHaveProperty('reason.next', 'Press Retry failed when the cause is gone.')
  })

  it('fails as stale when the next try would be more than a day late', () => {
    const outcome: Outcome = { kind: 'transient', reason, retryAfterMs: policy.staleAfterMs }
    expect(stateOf(attempt(publishing, outcome), 'failed').reason.class).toBe('stale')
  })

  it('throws worthless handles away, and keeps the others', () => {
    const withHandles = target('publishing', {}, { handles: { container: '1' } })
    for (const kind of ['transient', 'permanent'] as const) {
      expect(movedTo(attempt(withHandles, { kind, reason })).target.handles).toEqual({
        container: '1',
      })
      const discarded = attempt(withHandles, { kind, reason, discardHandles: true })
      expect(movedTo(discarded).target.handles).toEqual({})
    }
  })

  it('fails when the platform refuses the post', () => {
    const refused = attempt(publishing, { kind: 'permanent', reason })
    expect(stateOf(refused, 'failed')).toEqual({ status: 'failed', reason, failedAt: AT })
  })

  it.each(['auth', 'permission'] as const)('holds the account when it is refused by %s', (why) => {
    const refusal = { ...authReason, class: why }
    const decision = movedTo(attempt(publishing, { kind: 'permanent', reason: refusal }))
    expect(stateOf(decision, 'held')).toMatchObject({ hold: 'account', reason: refusal })
    expect(decision.effects).toEqual([{ kind: 'holdAccount', reason: refusal }])
  })

  it('holds the account also when its last automatic attempt is the first to be refused', () => {
    const last = { ...publishing, automatic: policy.maxAttempts }
    const decision = movedTo(attempt(last, { kind: 'permanent', reason: authReason }))
    expect(stateOf(decision, 'held').hold).toBe('account')
    expect(decision.effects).toEqual([{ kind: 'holdAccount', reason: authReason }])
  })

  it('fails in the end when a refusal comes back although every check succeeds', () => {
    let refused = movedTo(attempt(publishing, { kind: 'permanent', reason: authReason })).target
    let refusals = 1
    while (refused.state.status === 'held') {
      const restored = decide(refused, { type: 'accountRestored', at: AT }, readable)
      const lease = leaseUntil(AT + 60_000)
      const claim = { type: 'claimed', at: AT, lease, gate: { kind: 'open' } } as const
      const again = movedTo(decide(movedTo(restored).target, claim, readable)).target
      refused = movedTo(attempt(again, { kind: 'permanent', reason: authReason })).target
      refusals += 1
    }
    expect(refusals).toBe(policy.maxAttempts + 1)
    expect(refused.state).toMatchObject({ status: 'failed', reason: authReason })
  })

  it('is looked up when nobody knows, from the moment the post may have left', () => {
    const state = stateOf(attempt(publishing, { kind: 'ambiguous', reason }), 'reconciling')
    expect(state).toMatchObject({
      evidence: [{ at: AT, text: reason.text }],
      mutationAt: NOON,
      lookUpAt: AT + policy.settleBaseMs,
    })
    expect(state.refusal).toBeUndefined()
  })

  it('keeps a refusal that may be wrong until the look-ups have ended', () => {
    const refusal = { class: 'duplicate', text: 'It says it has this already.' } as const
    const outcome: Outcome = { kind: 'ambiguous', reason, refusal, remoteId: 'r9' }
    const state = stateOf(attempt(publishing, outcome), 'reconciling')
    expect(state).toMatchObject({ refusal, evidence: [{ remoteId: 'r9' }] })
  })

  it('pauses the account for a rate limit that leaves a doubt, and looks meanwhile', () => {
    const doubtful: Outcome = { kind: 'ambiguous', reason: rateLimit, refusal: rateLimit }
    const named = attempt(publishing, { ...doubtful, retryAfterMs: 30_000 })
    expect(stateOf(named, 'reconciling')).toMatchObject({
      refusal: rateLimit,
      lookUpAt: AT + policy.settleBaseMs,
    })
    expect(movedTo(named).effects).toEqual([
      { kind: 'pauseAccount', untilAt: AT + 30_000, reason: rateLimit },
    ])
    const second = target('publishing', {}, { automatic: 2 })
    expect(movedTo(attempt(second, doubtful, { jitter: 0 })).effects).toMatchObject([
      { kind: 'pauseAccount', untilAt: AT + 10_000 },
    ])
  })

  it('does not wait out a doubtful rate limit where the platform cannot be read', () => {
    const doubtful: Outcome = { kind: 'ambiguous', reason: rateLimit, refusal: rateLimit }
    const decision = attempt(publishing, doubtful, { context: unreadable })
    expect(stateOf(decision, 'unconfirmed').mutationAt).toBe(NOON)
    expect(movedTo(decision).effects).toMatchObject([{ kind: 'pauseAccount' }])
  })

  it('asks a person at once where the platform cannot be read', () => {
    const outcome: Outcome = { kind: 'ambiguous', reason }
    const state = stateOf(attempt(publishing, outcome, { context: unreadable }), 'unconfirmed')
    expect(state).toMatchObject({ askedAt: AT, mutationAt: NOON, where: 'the wall', relooks: 0 })
    expect(state.relookAt).toBeUndefined()
  })

  it('believes a doubtful refusal where the platform cannot be read', () => {
    const outcome: Outcome = { kind: 'ambiguous', reason, refusal: reason }
    const context = unreadable
    expect(stateOf(attempt(publishing, outcome, { context }), 'failed').reason).toEqual(reason)
  })
})

describe('processing', () => {
  const processing = target('processing', { polls: 2 })

  it('polls at growing delays until the platform has ended', () => {
    const next = stateOf(attempt(processing, accepted), 'processing')
    expect(next).toMatchObject({ polls: 3, pollAt: AT + 40_000, deadlineAt: NOON + 600_000 })
    const done = attempt(processing, { kind: 'published', remoteId: 'r1' })
    expect(stateOf(done, 'published').remoteId).toBe('r1')
    expect(movedTo(done).effects).toEqual([])
  })

  it('keeps the deadline of the first answer when preparing becomes finishing', () => {
    const resumed = target('publishing', { processing: { polls: 4, deadlineAt: NOON + 9_000 } })
    const state = stateOf(attempt(resumed, accepted), 'processing')
    expect(state).toMatchObject({ polls: 5, deadlineAt: NOON + 9_000 })
  })

  it('polls again when a poll fails, and no sooner than the platform asks', () => {
    const failing: Outcome = { kind: 'transient', reason }
    expect(stateOf(attempt(processing, failing), 'processing').pollAt).toBe(AT + 40_000)
    const told = attempt(processing, { ...failing, retryAfterMs: 100_000 })
    expect(stateOf(told, 'processing').pollAt).toBe(AT + 100_000)
  })

  it('stays in processing when the credential is refused: the post may be live', () => {
    const decision = movedTo(attempt(processing, { kind: 'permanent', reason: authReason }))
    expect(stateOf(decision, 'processing').mutationAt).toBe(NOON)
    expect(decision.effects).toEqual([{ kind: 'holdAccount', reason: authReason }])
  })

  it('fails when the platform says that processing failed', () => {
    const failed = attempt(processing, { kind: 'permanent', reason })
    expect(stateOf(failed, 'failed').reason).toEqual(reason)
  })

  it('is looked up when the platform takes too long to finish', () => {
    const at = NOON + 600_000
    for (const outcome of [accepted, { kind: 'transient', reason }] as const) {
      expect(stateOf(attempt(processing, outcome, { at }), 'reconciling').mutationAt).toBe(NOON)
    }
  })

  it('starts anew when the platform takes too long to prepare: nothing is public', () => {
    const at = NOON + 600_000
    const old = target('processing', { stage: 'preparing' }, { handles: { container: '1' } })
    const decision = attempt(old, { ...accepted, stage: 'preparing' }, { at })
    expect(decision).toMatchObject({ target: { state: { status: 'waiting' }, handles: {} } })
  })
})

describe('steps', () => {
  const step = (type: 'stepped' | 'mutationBegun', at: number, of: Target = target('publishing')) =>
    decide(of, { type, at, handles: { upload: 'u1' }, leaseExpiresAt: at + 45_000 }, readable)

  it('keep the handles and renew the lease', () => {
    const { lease, handles, state } = movedTo(step('stepped', AT)).target
    expect(lease).toEqual({ ...leaseUntil(NOON + 60_000), expiresAt: AT + 45_000 })
    expect(handles).toEqual({ upload: 'u1' })
    expect(state).toEqual(target('publishing').state)
  })

  it('mark the mutation once, at its first beginning', () => {
    const unmarked = without(target('publishing'), 'mutationAt')
    const marked = movedTo(step('mutationBegun', AT, unmarked)).target
    expect(marked.state).toMatchObject({ mutationAt: AT })
    expect(movedTo(step('mutationBegun', AT + 1, marked)).target.state).toEqual(marked.state)
  })

  it('are refused in the very millisecond in which the lease ends', () => {
    for (const type of ['stepped', 'mutationBegun'] as const) {
      expect(step(type, NOON + 59_999).kind).toBe('moved')
      expect(step(type, NOON + 60_000)).toEqual({ kind: 'refused', why: 'the lease has ended' })
    }
  })

  it('never mark a mutation outside publishing, whoever holds the lease', () => {
    const leased = target('processing', {}, { lease: leaseUntil(NOON + 60_000) })
    expect(step('mutationBegun', AT, leased).kind).toBe('refused')
  })
})
