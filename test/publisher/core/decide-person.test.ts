import { describe, expect, it } from 'vitest'
import { decide } from '../../../src/publisher/core/decide.js'
import type { Target, TargetEvent } from '../../../src/publisher/core/target.js'
import { NOON } from '../../support/clock.js'
import { alice, movedTo, policy, readable, stateOf, target } from '../../support/targets.js'

const AT = NOON + 1_000
const ask = (
  of: Target,
  type: 'retryRequested' | 'edited' | 'publishNowRequested' | 'cancelRequested' | 'approved',
) => decide(of, { type, at: AT, who: alice }, readable)
const verdict = (of: Target, says: 'live' | 'absent', permalink?: string) => {
  const event: TargetEvent = { type: 'verdictGiven', at: AT, who: alice, verdict: says }
  return decide(of, permalink === undefined ? event : { ...event, permalink }, readable)
}
/** What a person says who was asked about this attempt. */
const verdictOn = (attempt: number, of: Target, says: 'live' | 'absent') =>
  decide(of, { type: 'verdictGiven', at: AT, who: alice, verdict: says, attempt }, readable)
const why = (of: Target, type: Parameters<typeof ask>[1]) => {
  const decision = ask(of, type)
  return decision.kind === 'refused' ? decision.why : undefined
}

describe('unconfirmed', () => {
  it('is live on the word of a person, who is remembered', () => {
    const state = stateOf(verdict(target('unconfirmed'), 'live', 'https://e.test/1'), 'published')
    expect(state).toMatchObject({ how: 'person', who: alice, permalink: 'https://e.test/1' })
    expect(state.publishedAt).toBe(AT)
  })

  it('fails when a person says that it is not there, and is not sent again by that', () => {
    const denied = movedTo(verdict(target('unconfirmed'), 'absent'))
    expect(denied.target.state).toMatchObject({
      status: 'failed',
      reason: { class: 'denied', text: 'Alice looked and it is not there.' },
    })
    expect(stateOf(ask(denied.target, 'retryRequested'), 'queued')).toBeDefined()
  })

  it('can be neither retried nor cancelled before somebody has looked', () => {
    expect(why(target('unconfirmed'), 'retryRequested')).toContain('Look first')
    expect(why(target('unconfirmed'), 'cancelRequested')).toContain('may be live already')
  })

  it('tells the second of two people what the first one said', () => {
    const confirmed = movedTo(verdict(target('unconfirmed'), 'live')).target
    expect(verdict(confirmed, 'absent')).toEqual({
      kind: 'refused',
      why: 'Alice already confirmed it is live.',
    })
    const denied = movedTo(verdict(target('unconfirmed'), 'absent')).target
    expect(verdict(denied, 'live')).toEqual({
      kind: 'refused',
      why: 'It is already marked as not live.',
    })
  })
})

describe('unconfirmed again after it was sent once more', () => {
  const second = target('unconfirmed', {}, { attempt: 2 })

  it.each(['live', 'absent'] as const)(
    'is not settled by who was asked about the attempt before (%s)',
    (says) => {
      const decision = verdictOn(1, second, says)
      expect(decision).toEqual({
        kind: 'refused',
        why: 'This answers an earlier question, so nothing was changed: more has happened since. Please look again, then answer in its thread or from /publish status.',
      })
    },
  )

  it('is not settled by who was asked before late news raised the question of an attempt again', () => {
    const asked = { type: 'verdictGiven', at: AT, who: alice, verdict: 'absent' } as const
    const askedAt = second.state.status === 'unconfirmed' ? second.state.askedAt : 0
    expect(decide(second, { ...asked, askedAt: askedAt - 1 }, readable)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('an earlier question'),
    })
    expect(stateOf(decide(second, { ...asked, askedAt }, readable), 'failed')).toBeDefined()
  })

  it('is settled by who was asked about this attempt, or about no certain one', () => {
    for (const decision of [verdictOn(2, second, 'live'), verdict(second, 'live')]) {
      expect(stateOf(decision, 'published')).toMatchObject({ how: 'person', who: alice })
    }
    for (const decision of [verdictOn(2, second, 'absent'), verdict(second, 'absent')]) {
      expect(stateOf(decision, 'failed').reason.class).toBe('denied')
    }
  })

  it('tells who comes too late how it stands, whatever they were asked about', () => {
    const failed = target('failed', {}, { attempt: 2 })
    expect(verdictOn(1, failed, 'absent')).toEqual(verdict(failed, 'absent'))
  })
})

describe('failed', () => {
  const failed = target('failed', {}, { automatic: 6, attempt: 6, handles: { upload: 'u1' } })

  it('is queued by a retry, with a fresh budget and the prepared handles', () => {
    expect(movedTo(ask(failed, 'retryRequested')).target).toEqual({
      state: { status: 'queued', dueAt: AT },
      attempt: 6,
      automatic: 0,
      dueSince: AT,
      handles: { upload: 'u1' },
    })
  })

  it('is queued by an edit, without handles that belong to the old content', () => {
    const edited = movedTo(ask(failed, 'edited')).target
    expect(edited).toMatchObject({ state: { status: 'queued' }, automatic: 0, handles: {} })
  })

  it('keeps the handles of an earlier attempt when the edit changes nothing', () => {
    const event = { type: 'edited', at: AT, who: alice, unchanged: true } as const
    expect(movedTo(decide(failed, event, readable)).target).toMatchObject({
      state: { status: 'queued' },
      automatic: 0,
      dueSince: AT,
      handles: { upload: 'u1' },
    })
  })
})

describe('scheduled', () => {
  it('keeps its time when it is edited', () => {
    const edited = movedTo(ask(target('scheduled', {}, { handles: { a: 1 } }), 'edited')).target
    expect(edited).toMatchObject({ state: target('scheduled').state, handles: {} })
  })

  it('moves to another time', () => {
    const event = { type: 'rescheduled', at: AT, who: alice, publishAt: NOON + 9_000 } as const
    const moved = movedTo(decide(target('scheduled'), event, readable)).target
    expect(moved).toMatchObject({
      state: { status: 'scheduled', publishAt: NOON + 9_000 },
      dueSince: NOON + 9_000,
    })
  })
})

describe('held', () => {
  const lateHold = target('held', { hold: 'late' })

  it.each([
    ['late', lateHold],
    ['account', target('held')],
    ['waiting', target('waiting', {}, { automatic: 4 })],
    ['scheduled', target('scheduled')],
  ])('%s: "Publish now" sends it through whatever holds it', (_name, from) => {
    const now = movedTo(ask(from, 'publishNowRequested')).target
    expect(now).toMatchObject({
      state: { status: 'queued', dueAt: AT, force: true },
      automatic: 0,
      dueSince: AT,
    })
  })

  it('waits for its approval, which "Publish now" does not replace', () => {
    const waiting = target('held', { hold: 'approval' })
    expect(why(waiting, 'publishNowRequested')).toContain('approval')
    expect(stateOf(ask(waiting, 'approved'), 'queued').dueAt).toBe(AT)
    const ahead = target('held', { hold: 'approval', publishAt: AT + 1 })
    expect(stateOf(ask(ahead, 'approved'), 'scheduled').publishAt).toBe(AT + 1)
  })

  it('keeps waiting for what holds it when it is moved to another time', () => {
    const event = { type: 'rescheduled', at: AT, who: alice, publishAt: AT + 9 } as const
    const later = decide(target('held', { hold: 'approval' }), event, readable)
    expect(stateOf(later, 'held')).toMatchObject({ hold: 'approval', publishAt: AT + 9 })
    expect(stateOf(decide(lateHold, event, readable), 'scheduled').publishAt).toBe(AT + 9)
  })

  const restore = (of: Target, at = AT) => decide(of, { type: 'accountRestored', at }, readable)

  it('goes on by itself when its account works again', () => {
    const restored = movedTo(restore(target('held', {}, { automatic: 3 }))).target
    expect(restored).toMatchObject({ state: { status: 'queued', dueAt: AT }, automatic: 3 })
    const ahead = target('held', { publishAt: AT + 1 })
    expect(stateOf(restore(ahead), 'scheduled').publishAt).toBe(AT + 1)
    expect(restore(lateHold).kind).toBe('refused')
  })

  it('waits for a person when its account works again only after a day', () => {
    const stale = restore(target('held'), NOON + policy.staleAfterMs + 1)
    expect(stateOf(stale, 'held')).toMatchObject({ hold: 'late', reason: { class: 'stale' } })
  })
})

describe('cancelling', () => {
  it('names who stopped it, and is final', () => {
    const cancelled = movedTo(ask(target('queued'), 'cancelRequested')).target
    expect(cancelled.state).toEqual({ status: 'cancelled', who: alice, cancelledAt: AT })
    expect(why(cancelled, 'cancelRequested')).toBe('It was cancelled by Alice.')
  })

  it.each(['publishing', 'processing', 'reconciling', 'published'] as const)(
    'is refused politely while it is %s',
    (status) => {
      expect(why(target(status), 'cancelRequested')).toMatch(/published|live/)
    },
  )
})
