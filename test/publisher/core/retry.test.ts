import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  backoffDelayMs,
  createPolicy,
  type Policy,
  settleDelayMs,
  wholeBackoffMs,
} from '../../../src/publisher/core/retry.js'

const MINUTE = 60_000
const policyOf = (settleBaseMs: number, backoffBaseMs: number, rest: Partial<Policy> = {}) =>
  createPolicy({ settleBaseMs, backoffBaseMs, ...rest })
const jitters = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('backoffDelayMs', () => {
  const policy = policyOf(5_000, 5_000)

  it('doubles the longest possible wait with each attempt, up to 15 minutes', () => {
    const almostOne = 1 - Number.EPSILON
    const longest = [1, 2, 3, 4, 20].map((n) => backoffDelayMs(n, almostOne, policy))
    expect(longest).toEqual([4_999, 9_999, 19_999, 39_999, 15 * MINUTE - 1])
  })

  it('is taken whole for a rate limit that names no time', () => {
    const waits = [0, 1, 2, 3, 20].map((n) => wholeBackoffMs(n, policy))
    expect(waits).toEqual([5_000, 5_000, 10_000, 20_000, 15 * MINUTE])
  })

  it('spreads waits over the whole range, so that failures do not come back together', () => {
    expect(backoffDelayMs(3, 0, policy)).toBe(0)
    expect(backoffDelayMs(3, 0.5, policy)).toBe(10_000)
  })

  it('is whole, never negative and below the cap, whatever the numbers', () => {
    const attempts = fc.integer({ min: 1, max: 5_000 })
    const bases = fc.integer({ min: 1, max: 10_000_000 })
    fc.assert(
      fc.property(attempts, jitters, bases, (attempt, jitter, baseMs) => {
        const any = policyOf(1, baseMs)
        const delay = backoffDelayMs(attempt, jitter, any)
        expect(Number.isInteger(delay)).toBe(true)
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThan(Math.min(any.backoffMaxMs, baseMs * 2 ** (attempt - 1)))
      }),
    )
  })

  it('refuses an attempt that was not made', () => {
    expect(() => backoffDelayMs(0, 0.5, policy)).toThrow(RangeError)
  })
})

describe('settleDelayMs', () => {
  const first = (base: number, count: number) =>
    Array.from({ length: count }, (_, done) => settleDelayMs(done, policyOf(base, 1)))

  it('doubles up to a minute', () => {
    expect(first(5_000, 6)).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
  })

  it('never exceeds 20 times the base', () => {
    expect(first(10, 7)).toEqual([10, 20, 40, 80, 160, 200, 200])
  })

  it('grows or stays with each look, whatever the base', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120_000 }), fc.nat(2_000), (base, done) => {
        const policy = policyOf(base, 1)
        const [now, next] = [settleDelayMs(done, policy), settleDelayMs(done + 1, policy)]
        expect(now).toBeGreaterThan(0)
        expect(next).toBeGreaterThanOrEqual(now)
        expect(next).toBeLessThanOrEqual(Math.min(MINUTE, 20 * base))
      }),
    )
  })
})

describe('createPolicy', () => {
  it('lets a long backoff base through its own cap', () => {
    expect(policyOf(5_000, 60 * MINUTE).backoffMaxMs).toBe(60 * MINUTE)
  })

  it('keeps what it is given over its defaults', () => {
    expect(policyOf(5_000, 5_000, { maxAttempts: 2, recheckMs: [1] })).toMatchObject({
      maxAttempts: 2,
      recheckMs: [1],
      maxLookUps: 5,
    })
  })

  it('shortens the processing deadline in trials, where the settle base is short', () => {
    expect(policyOf(10, 10).processingDeadlineMs).toBe(4_000)
    expect(policyOf(5_000, 5_000).processingDeadlineMs).toBe(30 * MINUTE)
  })
})
