import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordKey } from '../../../../src/publisher/connectors/bluesky/record-key.js'

const NOON = Date.UTC(2026, 0, 5, 12)

describe('the record key', () => {
  it('is a TID for every target and time', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 8e15 }), (target, at) => {
        expect(recordKey(target, at)).toMatch(/^[2-7a-j][2-7a-z]{12}$/)
      }),
    )
  })

  it('is the same for every attempt at a target, and another for another target', () => {
    expect(recordKey('one', NOON)).toBe(recordKey('one', NOON))
    const keys = Array.from({ length: 500 }, (_, at) => recordKey(`target-${at}`, NOON))
    expect(new Set(keys).size).toBe(500)
  })

  it('sorts by time', () => {
    expect(recordKey('z', NOON) < recordKey('a', NOON + 1)).toBe(true)
  })

  it('holds the time where the specification says', () => {
    // 2026-01-05T12:00:00Z in microseconds begins with these characters in base 32.
    const alphabet = '234567abcdefghijklmnopqrstuvwxyz'
    const value = [...recordKey('one', NOON)].reduce(
      (sum, digit) => (sum << 5n) | BigInt(alphabet.indexOf(digit)),
      0n,
    )
    expect(Number((value >> 10n) / 1000n)).toBe(NOON)
  })
})
