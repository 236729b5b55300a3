import { describe, expect, it } from 'vitest'
import {
  type Ending,
  heardIn,
  isOutage,
  nextProbeMs,
  OUTAGE_WITHIN_MS,
} from '../../../src/publisher/core/outage.js'
import type { FailureClass, Reason } from '../../../src/publisher/core/outcome.js'
import { NOON } from '../../support/clock.js'

const because = (of: FailureClass): Reason => ({ class: of, text: 'It did not work.' })

describe('an outage of a platform', () => {
  const failed = (account: string, ago = 1_000): Ending => {
    return { account, at: NOON - ago, answered: false }
  }
  const of = (account: string) => failed(account)
  const answered = (ago = 500): Ending => ({ account: 'a', at: NOON - ago, answered: true })

  it.each([
    ['nothing happened', [], false],
    ['two accounts fail', [failed('a'), failed('b')], false],
    ['the only two fail again and again', ['a', 'b', 'a', 'b', 'a', 'b'].map(of), true, 2],
    ['one of two fails again and again', ['a', 'a', 'a', 'a', 'a', 'a'].map(of), false, 2],
    ['three accounts fail alike', [failed('a'), failed('b'), failed('c')], true],
    ['one account fails three times', [failed('a'), failed('a'), failed('a')], false],
    ['the only one fails again and again', ['a', 'a', 'a', 'a', 'a', 'a'].map(of), true, 1],
    ['one was answered since', [failed('a'), failed('b'), failed('c'), answered()], false],
    ['one was answered before', [answered(9_000), failed('a'), failed('b'), failed('c')], true],
    [
      'it was long ago',
      ['a', 'b', 'c'].map((account) => failed(account, OUTAGE_WITHIN_MS + 1)),
      false,
    ],
  ] as const)('is seen or not: %s', (_what, recent, outage, accounts: number = 5) => {
    expect(isOutage(recent, accounts, NOON)).toBe(outage)
  })

  it('is probed more and more slowly', () => {
    const policy = { backoffBaseMs: 5_000 }
    expect([0, 1, 2, 3, 9].map((probes) => nextProbeMs(probes, policy) / 1000)).toEqual([
      15, 30, 60, 120, 300,
    ])
  })

  it.each([
    ['a post that is out', { kind: 'published' }, 'answer'],
    ['a refusal', { kind: 'permanent', reason: because('validation') }, 'answer'],
    ['a rate limit', { kind: 'transient', reason: because('rate_limit') }, 'answer'],
    ['a failure that may pass', { kind: 'transient', reason: because('platform') }, 'silence'],
    ['a connection that is refused', { kind: 'transient', reason: because('network') }, 'silence'],
    ['no clear answer', { kind: 'ambiguous', reason: because('platform') }, 'silence'],
    [
      'a doubtful refusal',
      { kind: 'ambiguous', reason: because('platform'), refusal: because('validation') },
      'answer',
    ],
    [
      'a doubt that names a post',
      { kind: 'ambiguous', reason: because('platform'), remoteId: 'r1' },
      'answer',
    ],
    ['a duplicate', { kind: 'ambiguous', reason: because('duplicate') }, 'answer'],
    ['what is posted by hand', { kind: 'ambiguous', reason: because('unknown') }, 'nothing'],
    ['an error of our own', { kind: 'transient', reason: because('unknown') }, 'nothing'],
  ] as const)('is judged by what was heard: %s', (_what, outcome, heard) => {
    expect(heardIn(outcome)).toBe(heard)
  })
})
