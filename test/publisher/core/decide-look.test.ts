import { describe, expect, it } from 'vitest'
import { type Context, decide } from '../../../src/publisher/core/decide.js'
import type { Finding, Sighting } from '../../../src/publisher/core/outcome.js'
import type { Target } from '../../../src/publisher/core/target.js'
import { NOON } from '../../support/clock.js'
import {
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

const AT = NOON + 5_000
const absent: Finding = { kind: 'absent', proof: 'conclusive', how: 'It is not in the listing.' }
const notSeen: Finding = { kind: 'absent', proof: 'settled', how: 'It is not in the listing.' }
const unclear: Finding = { kind: 'unclear', how: 'The listing has no text.' }
const failing: Finding = { kind: 'error', reason }
const rateLimit = { class: 'rate_limit', text: 'Too many requests.' } as const
const refusal = { class: 'duplicate', text: 'It says it has this already.' } as const

const look = (of: Target, finding: Finding, at = AT) =>
  decide(of, { type: 'lookedUp', at, finding, jitter: 0.5, where: 'the wall' }, readable)

/** The same finding again and again, at the times the target asks for, until it leaves the state. */
function lookUntilDone(of: Target, finding: Finding) {
  let current = of
  for (let looks = 1; ; looks++) {
    const { state } = current
    const at = state.status === 'reconciling' ? state.lookUpAt : AT
    current = movedTo(look(current, finding, at)).target
    if (current.state.status !== 'reconciling') return { looks, state: current.state }
  }
}

describe('reconciling', () => {
  const doubtful = target('reconciling', {}, { lease: leaseUntil(NOON + 60_000) })

  it('went out when it was sent, however long it took to find it', () => {
    const late = (at: number, of: Target = doubtful) =>
      stateOf(look(of, { kind: 'found', remoteId: 'r1', how: 'id' }, at), 'published').lateMs
    expect(late(NOON + 3_600_000)).toBeUndefined()
    const sentLate = target('reconciling', { mutationAt: NOON + 120_000 })
    expect(late(NOON + 3_600_000, sentLate)).toBe(120_000)
    expect(late(NOON + 3_600_000, without(doubtful, 'mutationAt'))).toBeUndefined()
  })

  it('is looked at again soon after it was found, and in its turn after that', () => {
    const found = look(doubtful, { kind: 'found', remoteId: 'r1', how: 'id' })
    expect(stateOf(found, 'published').recheckAt).toBe(AT + 4 * policy.settleBaseMs)
    const seen = decide(
      movedTo(found).target,
      { type: 'sighted', at: AT + 20_000, sighting: { kind: 'live', alone: true } },
      readable,
    )
    expect(stateOf(seen, 'published').recheckAt).toBe(AT + (policy.recheckMs[0] ?? 0))
  })

  it('is live when it is found', () => {
    const decision = look(doubtful, { kind: 'found', remoteId: 'r1', permalink: 'p', how: 'id' })
    const state = stateOf(decision, 'published')
    expect(state).toMatchObject({ how: 'found', remoteId: 'r1', permalink: 'p' })
    expect(movedTo(decision).target.lease).toBeUndefined()
  })

  it('is an incident when it is found twice', () => {
    const copies = [{ remoteId: 'r1' }, { remoteId: 'r2' }]
    const twice = movedTo(look(doubtful, { kind: 'found', remoteId: 'r1', copies, how: '' }))
    expect(twice.effects).toEqual([{ kind: 'incident', incident: { type: 'duplicate', copies } }])
    const once = look(doubtful, { kind: 'found', remoteId: 'r1', copies: copies.slice(1), how: '' })
    expect(movedTo(once).effects).toEqual([])
  })

  it('waits for another try when it is proven absent, and says why', () => {
    const state = stateOf(look(doubtful, absent), 'waiting')
    expect(state.retryAt).toBe(AT + 2_500)
    expect(state.reason.text).toBe('The connection was reset. It is not in the listing.')
  })

  it('throws the handles away when the finding says they are worthless', () => {
    const held = { ...doubtful, handles: { container: '1' } }
    expect(movedTo(look(held, absent)).target.handles).toEqual({ container: '1' })
    expect(movedTo(look(held, { ...absent, discardHandles: true })).target.handles).toEqual({})
  })

  it('fails when it is proven absent and the budget is used up', () => {
    const tired = { ...doubtful, automatic: policy.maxAttempts }
    expect(stateOf(look(tired, absent), 'failed').reason.text).toContain('not in the listing')
  })

  it('believes an unproven absence only when it stays so through every look', () => {
    const { looks, state } = lookUntilDone(doubtful, notSeen)
    expect([looks, state.status]).toEqual([policy.maxLookUps, 'waiting'])
    const interrupted = movedTo(look(doubtful, unclear)).target
    expect(lookUntilDone(interrupted, notSeen)).toMatchObject({
      looks: policy.maxLookUps - 1,
      state: { status: 'unconfirmed' },
    })
  })

  it('looks at growing delays', () => {
    let current = doubtful
    const delays: number[] = []
    for (let looks = 1; looks < policy.maxLookUps; looks++) {
      current = movedTo(look(current, unclear)).target
      if (current.state.status === 'reconciling') delays.push(current.state.lookUpAt - AT)
    }
    expect(delays).toEqual([10_000, 20_000, 40_000, 60_000])
  })

  it('becomes a question, with where to look, when the looks end without an answer', () => {
    const { looks, state } = lookUntilDone(doubtful, unclear)
    expect(looks).toBe(policy.maxLookUps)
    expect(state).toMatchObject({ status: 'unconfirmed', where: 'the wall', mutationAt: NOON })
    const texts = state.status === 'unconfirmed' ? state.evidence.map(({ text }) => text) : []
    expect(texts).toEqual(['The connection was reset.', 'The listing has no text.'])
  })

  it('does not take a look that failed for a look', () => {
    const state = stateOf(look(doubtful, failing), 'reconciling')
    expect(state).toMatchObject({ lookUps: 0, lookUpErrors: 1, absences: 0 })
    expect(lookUntilDone(doubtful, failing)).toMatchObject({
      looks: policy.maxLookUpErrors,
      state: { status: 'unconfirmed' },
    })
  })

  it('looks no sooner than the platform asks', () => {
    const told = look(doubtful, { kind: 'error', reason, retryAfterMs: 300_000 })
    expect(stateOf(told, 'reconciling').lookUpAt).toBe(AT + 300_000)
  })

  it('waits longer and longer for a limit on looking that names no time', () => {
    const limited: Finding = { kind: 'error', reason: rateLimit }
    let current = doubtful
    const delays: number[] = []
    for (let errors = 1; errors < policy.maxLookUpErrors; errors++) {
      current = movedTo(look(current, limited)).target
      if (current.state.status === 'reconciling') delays.push((current.state.lookUpAt - AT) / 1000)
    }
    expect(delays).toEqual([10, 20, 40, 60, 80, 160, 320, 640, 900])
    const named = look(doubtful, { ...limited, retryAfterMs: 300_000 })
    expect(stateOf(named, 'reconciling').lookUpAt).toBe(AT + 300_000)
  })

  it('lets a refusal stand when the post is not found, without sending again', () => {
    const refused = target('reconciling', { refusal })
    expect(stateOf(look(refused, absent), 'failed').reason).toEqual(refusal)
    expect(lookUntilDone(refused, notSeen)).toMatchObject({
      looks: policy.refusalLookUps,
      state: { status: 'failed', reason: refusal },
    })
  })

  it('looks once more before a refusal stands where a list may leave the post out', () => {
    const refused = target('reconciling', { refusal })
    expect(lookUntilDone(refused, unclear)).toMatchObject({
      looks: policy.refusalListLookUps,
      state: { status: 'failed', reason: refusal },
    })
  })

  it.each([
    ['a list', unclear],
    ['a container', notSeen],
  ])('waits out a rate limit that stands after every look at %s', (_what, finding) => {
    const limited = target('reconciling', { refusal: rateLimit })
    expect(lookUntilDone(limited, finding)).toMatchObject({
      looks: policy.maxLookUps,
      state: { status: 'waiting', reason: rateLimit },
    })
  })

  it('goes on after a rate limit without handles that are worthless, and not for ever', () => {
    const handles = { handles: { container: '1' } }
    const limited = target('reconciling', { refusal: rateLimit }, handles)
    const proven = look(limited, { ...absent, discardHandles: true })
    expect(stateOf(proven, 'waiting').reason).toEqual(rateLimit)
    expect(movedTo(proven).target.handles).toEqual({})
    const last = { ...limited, automatic: policy.maxAttempts }
    expect(stateOf(look(last, absent), 'failed').reason.class).toBe('rate_limit')
  })

  it('does not let a refusal stand on looks that never worked', () => {
    const refused = target('reconciling', { refusal })
    expect(lookUntilDone(refused, failing).state.status).toBe('unconfirmed')
  })
})

describe('unconfirmed', () => {
  const asked = target('unconfirmed')

  it('withdraws the question when the post is found', () => {
    const found = look(asked, { kind: 'found', remoteId: 'r1', how: '' })
    expect(stateOf(found, 'published').how).toBe('found')
  })

  it('withdraws the question when the absence is proven, and throws worthless handles away', () => {
    const withHandles = target('unconfirmed', {}, { handles: { container: '1' } })
    const proven = look(withHandles, { ...absent, discardHandles: true })
    expect(stateOf(proven, 'waiting').reason.text).toBe(absent.how)
    expect(movedTo(proven).target.handles).toEqual({})
  })

  it('is looked for at the re-look times and then no more', () => {
    const times = policy.recheckMs.map((ms) => NOON + ms)
    let current: Target = asked
    for (const [i, at] of times.entries()) {
      current = movedTo(look(current, notSeen, at)).target
      expect(current.state).toMatchObject({ status: 'unconfirmed', relooks: i + 1 })
      expect(current.state).toHaveProperty('evidence', [
        { at: NOON, text: 'The connection was reset.' },
      ])
      if (current.state.status === 'unconfirmed') expect(current.state.relookAt).toBe(times[i + 1])
    }
  })
})

describe('published', () => {
  const see = (of: Target, sighting: Sighting, { at = AT, context = readable as Context } = {}) =>
    decide(of, { type: 'sighted', at, sighting }, context)

  it('learns the id and the link it did not have, and keeps those it had', () => {
    const unnamed = without(target('published'), 'remoteId')
    const seen = stateOf(
      see(unnamed, { kind: 'live', remoteId: 'r2', permalink: 'p' }),
      'published',
    )
    expect(seen).toMatchObject({ remoteId: 'r2', permalink: 'p', rechecks: 1, missing: 0 })
    const known = see(target('published'), { kind: 'live', remoteId: 'r2' })
    expect(stateOf(known, 'published').remoteId).toBe('r1')
  })

  it('is looked at after minutes, an hour and a day, and then no more', () => {
    const [minutes = 0, hour = 0, day = 0] = policy.recheckMs
    const next = (at: number) =>
      stateOf(see(target('published'), { kind: 'live' }, { at }), 'published')
    expect(next(NOON + minutes).recheckAt).toBe(NOON + hour)
    expect(next(NOON + hour).recheckAt).toBe(NOON + day)
    expect(next(NOON + day).recheckAt).toBeUndefined()
  })

  it('is looked at soon, but not for ever, while its id is unknown', () => {
    let current: Target = without(target('published'), 'remoteId')
    for (let looks = 1; looks < policy.maxLookUps; looks++) {
      current = movedTo(see(current, { kind: 'live' })).target
      expect(current.state).toHaveProperty('recheckAt', AT + Math.min(60_000, 5_000 * 2 ** looks))
    }
    const last = stateOf(see(current, { kind: 'live' }), 'published')
    expect(last.recheckAt).toBe(NOON + (policy.recheckMs[0] ?? 0))
  })

  it('is an incident when there are two', () => {
    const copies = [{ remoteId: 'r1' }, { remoteId: 'r2' }]
    const decision = movedTo(see(target('published'), { kind: 'duplicated', copies }))
    expect(decision.effects).toEqual([
      { kind: 'incident', incident: { type: 'duplicate', copies } },
    ])
    expect(decision.target.state.status).toBe('published')
  })

  it('counts as gone only when two looks in a row miss it', () => {
    const gone: Sighting = { kind: 'gone', how: 'It answers 404.' }
    const once = movedTo(see(target('published'), gone))
    expect(once.target.state).toMatchObject({ status: 'published', missing: 1 })
    expect(once.effects).toEqual([])
    const glitch = movedTo(see(once.target, { kind: 'live' })).target
    expect(glitch.state).toMatchObject({ missing: 0 })

    const twice = movedTo(see(once.target, gone))
    expect(twice.target.state).toMatchObject({ status: 'failed', reason: { class: 'removed' } })
    expect(twice.effects).toEqual([
      { kind: 'incident', incident: { type: 'removed', how: gone.how } },
    ])
  })

  it('leaves to the next attempt only what does not speak for the post that is gone', () => {
    const missed = target('published', { missing: 1 }, { handles: { container: '1' } })
    const gone: Sighting = { kind: 'gone', how: '', handles: { earlierAt: NOON } }
    expect(movedTo(see(missed, gone)).target.handles).toEqual({ earlierAt: NOON })
  })

  it('takes a look that showed nothing neither for a sighting nor for a miss', () => {
    const missed = target('published', { missing: 1 })
    const unsure = see(missed, { kind: 'unknown', how: 'It answers 500.' })
    expect(stateOf(unsure, 'published').missing).toBe(1)
  })

  it('is looked at no more when the platform can no longer be read', () => {
    const seen = see(target('published'), { kind: 'live' }, { context: unreadable })
    expect(stateOf(seen, 'published').recheckAt).toBeUndefined()
  })
})
