import { describe, expect, it } from 'vitest'
import {
  type Ending,
  isOutage,
  nextProbeMs,
  OUTAGE_WITHIN_MS,
} from '../../../src/publisher/core/outage.js'
import { NOON } from '../../support/clock.js'

describe('an outage of a platform', () => {
  const failed = (account: string, ago = 1_000): Ending => {
    return { account, at: NOON - ago, answered: false }
  }
  const answered = (ago = 500): Ending => ({ account: 'a', at: NOON - ago, answered: true })

  it.each([
    ['nothing happened', [], false],
    ['two accounts fail', [failed('a'), failed('b')], false],
    ['three accounts fail alike', [failed('a'), failed('b'), failed('c')], true],
    ['one account fails three times', [failed('a'), failed('a'), failed('a')], false],
    ['one account fails again and again', Array.from({ length: 6 }, () => failed('a')), true],
    ['one was answered since', [failed('a'), failed('b'), failed('c'), answered()], false],
    ['one was answered before', [answered(9_000), failed('a'), failed('b'), failed('c')], true],
    [
      'it was long ago',
      ['a', 'b', 'c'].map((account) => failed(account, OUTAGE_WITHIN_MS + 1)),
      false,
    ],
  ] as const)('is seen or not: %s', (_what, recent, outage) => {
    expect(isOutage(recent, NOON)).toBe(outage)
  })

  it('is probed more and more slowly', () => {
    const policy = { backoffBaseMs: 5_000 }
    expect([0, 1, 2, 3, 9].map((probes) => nextProbeMs(probes, policy) / 1000)).toEqual([
      15, 30, 60, 120, 300,
    ])
  })
})
