import { describe, expect, it } from 'vitest'
import { type Context, decide } from '../../../src/publisher/core/decide.js'
import type { AccountGate, Evidence, Target } from '../../../src/publisher/core/target.js'
import { NOON } from '../../support/clock.js'
import {
  authReason,
  leaseUntil,
  movedTo,
  policy,
  readable,
  stateOf,
  target,
  unreadable,
  without,
} from '../../support/targets.js'

const OPEN: AccountGate = { kind: 'open' }
const HELD: AccountGate = { kind: 'held', reason: authReason }
const lease = leaseUntil(NOON + 45_000, 'worker-2')

interface Claim {
  at?: number
  gate?: AccountGate
  context?: Context
  foreign?: true | undefined
}

const where = 'https://example.test/wall'
const answered = true as const
const claim = (
  claimed: Target,
  { at = NOON, gate = OPEN, context = readable, foreign }: Claim = {},
) => {
  const more = foreign ? { foreign } : {}
  return decide(claimed, { type: 'claimed', at, lease, gate, where, ...more }, context)
}

describe.each(['scheduled', 'queued', 'waiting'] as const)('a due %s target', (status) => {
  const earlier = { scheduled: 'publishAt', queued: 'dueAt', waiting: 'retryAt' }[status]
  const notDue = target(status, { [earlier]: NOON + 1 })

  it('is published under the lease, and counted as an attempt', () => {
    const before = target(status, {}, { attempt: 3, automatic: 2, handles: { container: '1' } })
    const { target: after, task } = movedTo(claim(before))
    expect(task).toBe('publish')
    expect(after).toEqual({
      ...before,
      state: { status: 'publishing', startedAt: NOON },
      attempt: 4,
      automatic: 3,
      lease,
    })
  })

  it('is left alone before its time', () => {
    expect(claim(notDue).kind).toBe('refused')
  })

  it('is held when it is too late, with the lateness in words', () => {
    const graceful = claim(target(status), { at: NOON + policy.graceMs })
    expect(movedTo(graceful).task).toBe('publish')
    const late = stateOf(claim(target(status), { at: NOON + policy.graceMs + 60_000 }), 'held')
    expect(late).toMatchObject({ hold: 'late', reason: { class: 'stale' } })
    expect(late.reason.text).toContain('16 minutes')
  })

  it('is held, not sent, while its account is refused', () => {
    const decision = movedTo(claim(target(status), { gate: HELD }))
    expect(decision.task).toBeUndefined()
    expect(decision.target.lease).toBeUndefined()
    expect(decision.target.state).toMatchObject({ status: 'held', hold: 'account' })
  })

  it('waits while its account is paused, and goes on when the pause is over', () => {
    const untilAt = NOON + 30_000
    const paused = movedTo(claim(target(status), { gate: { kind: 'paused', untilAt } }))
    expect(paused.task).toBeUndefined()
    expect(claim(paused.target, { at: untilAt - 1 }).kind).toBe('refused')
    const over = claim(paused.target, { at: untilAt, gate: { kind: 'paused', untilAt } })
    expect(movedTo(over).task).toBe('publish')
  })

  it('is held when its account is paused until more than a day after its time', () => {
    const paused = (untilAt: number) => claim(target(status), { gate: { kind: 'paused', untilAt } })
    const inTime = NOON + policy.staleAfterMs
    expect(movedTo(paused(inTime)).target.state).not.toMatchObject({ status: 'held' })
    const state = stateOf(paused(inTime + 1), 'held')
    expect(state).toMatchObject({ hold: 'late', heldAt: NOON, reason: { class: 'stale' } })
    expect(state.reason.text).toContain('paused by a rate limit')
  })

  it('is held in the end, not sent, when its platform stays down', () => {
    let waiting = target(status)
    const why = 'The platform seems to be down.'
    for (let at = NOON; waiting.state.status !== 'held'; at += 300_000) {
      expect(at).toBeLessThanOrEqual(NOON + policy.staleAfterMs)
      const decision = movedTo(claim(waiting, { at, gate: outage(at + 300_000) }))
      expect(decision.task).toBeUndefined()
      waiting = decision.target
    }
    expect(waiting.state).toMatchObject({ hold: 'late', reason: { class: 'stale' } })
    expect(waiting.state.reason.text).toContain(why)

    function outage(untilAt: number): AccountGate {
      return { kind: 'paused', untilAt, why }
    }
  })

  it('is held when it was put off to a moment more than a day after its time', () => {
    const dueSince = NOON - policy.staleAfterMs - 1
    const state = stateOf(claim(target(status, {}, { dueSince })), 'held')
    expect(state).toMatchObject({ hold: 'late', reason: { class: 'stale' } })
  })

  it('is held when nothing was running at its time, also while its account is paused', () => {
    const at = NOON + policy.graceMs + 60_000
    const gate: AccountGate = { kind: 'paused', untilAt: at + 1 }
    expect(stateOf(claim(target(status), { at, gate }), 'held').hold).toBe('late')
  })
})

describe('scheduled', () => {
  it('is not held early for a refused account, which may be mended by then', () => {
    const later = target('scheduled', { publishAt: NOON + 1 })
    expect(claim(later, { gate: HELD })).toMatchObject({ kind: 'refused' })
  })
})

describe('queued', () => {
  it('is sent through a held account after "Publish now"', () => {
    const forced = target('queued', { force: true })
    expect(movedTo(claim(forced, { gate: HELD })).task).toBe('publish')
  })

  it('keeps "Publish now" through a pause', () => {
    const forced = target('queued', { force: true })
    const paused = claim(forced, { gate: { kind: 'paused', untilAt: NOON + 1 } })
    expect(stateOf(paused, 'queued').force).toBe(true)
    const long = { kind: 'paused', untilAt: NOON + policy.staleAfterMs + 1 } as const
    expect(stateOf(claim(forced, { gate: long }), 'queued').force).toBe(true)
  })
})

describe('waiting', () => {
  it('is held at once when its account is refused, before the next try is due', () => {
    const later = target('waiting', { retryAt: NOON + 60_000 })
    expect(stateOf(claim(later, { gate: HELD }), 'held').hold).toBe('account')
  })

  it('keeps the moment that the rate of its account promised it', () => {
    const untilAt = NOON + 30_000
    const gate = { kind: 'paused', untilAt, promised: true } as const
    expect(stateOf(claim(target('waiting'), { gate }), 'waiting')).toMatchObject({
      retryAt: untilAt,
      promised: true,
    })
  })
})

describe('publishing', () => {
  const expired = { at: NOON + 60_000 }

  it('belongs to its worker while the lease lasts', () => {
    expect(claim(target('publishing'), { at: NOON + 59_999 })).toEqual({
      kind: 'refused',
      why: 'another worker holds it',
    })
  })

  it('is looked up when the lease has ended, never published', () => {
    const decision = movedTo(claim(target('publishing'), expired))
    expect(decision.task).toBeUndefined()
    expect(stateOf(decision, 'reconciling')).toMatchObject({
      mutationAt: NOON,
      lookUps: 0,
      lookUpAt: NOON + 60_000 + policy.settleBaseMs,
    })
    expect(decision.target.lease).toBeUndefined()
  })

  it('remembers when nothing can have been sent', () => {
    const unsent = without(target('publishing'), 'mutationAt')
    const state = stateOf(claim(unsent, expired), 'reconciling')
    expect(state.mutationAt).toBeUndefined()
    expect(state.evidence[0]?.text).toContain('before anything was sent')
  })

  it('is looked up even while the account is held', () => {
    const claimed = claim(target('publishing'), { ...expired, gate: HELD })
    expect(claimed).toMatchObject({ target: { state: { status: 'reconciling' } } })
  })
})

describe('processing', () => {
  it('is polled when the platform is finishing', () => {
    const decision = movedTo(claim(target('processing')))
    expect(decision).toMatchObject({ task: 'poll', target: { lease, attempt: 1 } })
    expect(claim(target('processing', { pollAt: NOON + 1 })).kind).toBe('refused')
  })

  it('goes on in the same attempt, with its handles, when the platform was preparing', () => {
    const preparing = target('processing', { stage: 'preparing', polls: 3 }, { handles: { id: 1 } })
    const { target: after, task } = movedTo(claim(preparing))
    expect(task).toBe('publish')
    expect(after).toMatchObject({
      attempt: 1,
      automatic: 1,
      handles: { id: 1 },
      state: { status: 'publishing', processing: { polls: 3, deadlineAt: NOON + 600_000 } },
    })
  })

  it('is held between preparing and sending when nobody was there to send it', () => {
    const preparing = target('processing', { stage: 'preparing' }, { handles: { id: 1 } })
    expect(movedTo(claim(preparing, { at: NOON + policy.graceMs })).task).toBe('publish')
    const late = movedTo(claim(preparing, { at: NOON + policy.graceMs + 60_000 }))
    expect(late.target).toMatchObject({ state: { hold: 'late' }, handles: { id: 1 } })
    const finishing = claim(target('processing'), { at: NOON + policy.graceMs + 60_000 })
    expect(movedTo(finishing).task).toBe('poll')
  })

  it('waits for a place among what its account may send at once', () => {
    const preparing = target('processing', { stage: 'preparing', polls: 3 })
    const busy: AccountGate = { kind: 'paused', untilAt: NOON + 300, why: 'No place is free.' }
    const decision = movedTo(claim(preparing, { gate: busy }))
    expect(decision.task).toBeUndefined()
    expect(decision.target.state).toEqual({ ...preparing.state, pollAt: NOON + 300 })
    const limited: AccountGate = { kind: 'paused', untilAt: NOON + 300 }
    expect(movedTo(claim(preparing, { gate: limited })).task).toBe('publish')
  })

  it('is held between preparing and sending when the account was refused meanwhile', () => {
    const preparing = target('processing', { stage: 'preparing' })
    expect(stateOf(claim(preparing, { gate: HELD }), 'held').hold).toBe('account')
    expect(movedTo(claim(target('processing'), { gate: HELD })).task).toBe('poll')
  })
})

describe('reconciling', () => {
  it('is looked up under the lease, and stays as it is meanwhile', () => {
    const before = target('reconciling')
    const { target: after, task } = movedTo(claim(before))
    expect(task).toBe('lookUp')
    expect(after).toEqual({ ...before, lease })
  })

  it('is tried again at once when nothing was ever sent', () => {
    const unsent = without(target('reconciling'), 'mutationAt')
    expect(stateOf(claim(unsent), 'waiting').retryAt).toBe(NOON)
    const tired = { ...unsent, automatic: policy.maxAttempts }
    expect(stateOf(claim(tired), 'failed').reason.text).toContain('before anything was sent')
  })

  it('is held when nothing was sent, and nobody was there to send it meanwhile', () => {
    const unsent = without(target('reconciling'), 'mutationAt')
    const late = stateOf(claim(unsent, { at: NOON + policy.graceMs + 60_000 }), 'held')
    expect(late).toMatchObject({ hold: 'late', reason: { class: 'stale' } })
  })

  it('becomes a question, with where to look, where the platform cannot be read', () => {
    const asked = stateOf(claim(target('reconciling'), { context: unreadable }), 'unconfirmed')
    expect(asked).toMatchObject({ mutationAt: NOON, where })
    expect(asked.relookAt).toBeUndefined()
  })

  it('is live where the platform cannot be read but a late answer named the post', () => {
    const evidence = [
      { at: NOON, text: 'late', answered, remoteId: 'r7', permalink: 'https://example.test/7' },
      { at: NOON, text: 'refused as a duplicate of another', remoteId: 'r8' },
    ]
    const claimed = claim(target('reconciling', { evidence }), { context: unreadable })
    expect(stateOf(claimed, 'published')).toMatchObject({
      how: 'answer',
      remoteId: 'r7',
      permalink: 'https://example.test/7',
    })
  })
})

describe.each(['reconciling', 'unconfirmed'] as const)(
  '%s, where the platform cannot be read any more,',
  (status) => {
    const asked = (evidence: readonly Evidence[], foreign?: true) => {
      const context = unreadable
      return stateOf(claim(target(status, { evidence }), { context, foreign }), 'unconfirmed')
    }

    it('is not live by a post that a refusal named as the same', () => {
      asked([{ at: NOON, text: 'It is a duplicate of another post.', remoteId: 'r7' }])
    })

    it('is a question when the post that a late answer named is another target’s', () => {
      const line = { at: NOON, text: 'late', answered, remoteId: 'r7' }
      const { evidence, relookAt } = asked([line], true)
      expect(evidence.at(-1)?.text).toContain('belongs to another target')
      expect(relookAt).toBeUndefined()
    })
  },
)

describe('unconfirmed', () => {
  it('is looked up again at its time, while the question stands', () => {
    expect(movedTo(claim(target('unconfirmed'))).task).toBe('relook')
    expect(claim(target('unconfirmed', { relookAt: NOON + 1 })).kind).toBe('refused')
    expect(claim(without(target('unconfirmed'), 'relookAt')).kind).toBe('refused')
  })

  it('stops ringing where the platform cannot be read', () => {
    const state = stateOf(claim(target('unconfirmed'), { context: unreadable }), 'unconfirmed')
    expect(state.relookAt).toBeUndefined()
  })
})

describe('published', () => {
  it('is looked at again at its time, where the platform can be read', () => {
    expect(movedTo(claim(target('published'))).task).toBe('recheck')
    expect(claim(target('published', { recheckAt: NOON + 1 })).kind).toBe('refused')
  })

  it('leaves out a look that cannot be made, and rings no more after the last', () => {
    const [minutes = 0, hour = 0, day = 0] = policy.recheckMs
    const leftOut = (fields: object, after: number) =>
      stateOf(
        claim(target('published', fields), { at: NOON + after, context: unreadable }),
        'published',
      )
    const at = (ms: number) => ({ recheckAt: NOON + ms })
    expect(leftOut(at(minutes), minutes)).toMatchObject({ recheckAt: NOON + hour, missing: 0 })
    expect(leftOut(at(hour), 2 * day).recheckAt).toBeUndefined()
  })
})

describe.each(['held', 'failed', 'cancelled'] as const)('%s', (status) => {
  it('is never taken by a worker', () => {
    expect(claim(target(status), { at: NOON + 10 ** 9 }).kind).toBe('refused')
  })
})

it('never grants work on a target that another worker holds', () => {
  const statuses = ['queued', 'processing', 'waiting', 'reconciling', 'published'] as const
  for (const status of statuses) {
    const taken = target(status, {}, { lease: leaseUntil(NOON + 1) })
    expect(claim(taken).kind).toBe('refused')
    expect(movedTo(claim(taken, { at: NOON + 1 })).target.lease).toEqual(lease)
  }
})
