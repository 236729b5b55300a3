import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Limits, NO_SLOTS, type Slots, takeSlot } from '../../../src/publisher/core/limits.js'
import { NOON } from '../../support/clock.js'

describe('limits of an account', () => {
  const ask = (id: string, now = NOON, promised = false) => {
    return { targetId: id, token: `of-${id}`, now, expiresAt: now + 45_000, promised }
  }

  it('let so many go on at once, and a place that was left free again to the next', () => {
    const first = takeSlot(NO_SLOTS, ask('t1'), { concurrent: 1 })
    expect(first.answer).toEqual({ kind: 'taken' })
    const second = takeSlot(first.slots, ask('t2'), { concurrent: 1 })
    expect(second.answer).toMatchObject({ kind: 'busy', promised: false })
    // A place whose worker died is free when its lease has ended.
    expect(takeSlot(second.slots, ask('t2', NOON + 45_000), { concurrent: 1 }).answer.kind).toBe(
      'taken',
    )
    expect(takeSlot(first.slots, ask('t1'), { concurrent: 1 }).answer.kind).toBe('taken')
  })

  it('promise a moment of its own to each that is too early for the rate', () => {
    let slots: Slots = NO_SLOTS
    const at = ['t1', 't2', 't3'].map((id) => {
      const given = takeSlot(slots, ask(id), { perMinute: 30 })
      slots = given.slots
      return given.answer.kind === 'busy' ? given.answer.untilAt - NOON : 0
    })
    expect(at).toEqual([0, 2_000, 4_000])
    expect(takeSlot(slots, ask('t2', NOON + 2_000, true), { perMinute: 30 }).answer.kind).toBe(
      'taken',
    )
  })

  it('are kept whoever asks when, and nobody waits for ever', () => {
    const limited = fc.record({
      concurrent: fc.integer({ min: 1, max: 4 }),
      perMinute: fc.integer({ min: 6, max: 600 }),
    })
    const sends = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(
        limited,
        sends,
        fc.integer({ min: 50, max: 3_000 }),
        (limits: Limits, due, tookMs) => {
          let slots: Slots = NO_SLOTS
          const waiting = due.map((ms, i) => ({ id: `t${i}`, at: NOON + ms, promised: false }))
          const begun: number[] = []
          for (let turns = 0; waiting.length > 0; turns++) {
            expect(turns).toBeLessThan(20_000)
            waiting.sort((a, b) => a.at - b.at)
            const [next] = waiting.splice(0, 1)
            if (!next) break
            const given = takeSlot(
              slots,
              {
                targetId: next.id,
                token: next.id,
                now: next.at,
                expiresAt: next.at + tookMs,
                promised: next.promised,
              },
              limits,
            )
            slots = given.slots
            if (given.answer.kind === 'taken') begun.push(next.at)
            else {
              expect(given.answer.untilAt).toBeGreaterThan(next.at)
              waiting.push({ ...next, at: given.answer.untilAt, promised: given.answer.promised })
            }
          }
          expect(begun).toHaveLength(due.length)
          for (const at of begun) {
            const underWay = begun.filter((other) => other <= at && at < other + tookMs).length
            expect(underWay).toBeLessThanOrEqual(limits.concurrent ?? 0)
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
