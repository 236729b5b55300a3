import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import {
  seenAt,
  weekById,
  weekInWords,
  weekNamed,
  weekOf,
  weeksUpTo,
} from '../../../src/bot/scorecard/week.js'

const HOUR = 3_600_000
const at = (iso: string, zone = 'Europe/Vienna') => DateTime.fromISO(iso, { zone }).toMillis()

describe('a week', () => {
  it('goes from Monday 00:00 to the next Monday 00:00 in its zone', () => {
    const week = weekOf(at('2026-11-20T16:00'), 'Europe/Vienna')
    expect(week).toEqual({
      id: '2026-W47',
      startAt: at('2026-11-16T00:00'),
      endAt: at('2026-11-23T00:00'),
      zone: 'Europe/Vienna',
    })
  })

  it('owns its first instant and not its last', () => {
    const monday = at('2026-11-16T00:00')
    expect(weekOf(monday, 'Europe/Vienna').id).toBe('2026-W47')
    expect(weekOf(monday - 1, 'Europe/Vienna').id).toBe('2026-W46')
  })

  it('is another one at the same instant on the other side of the world', () => {
    const instant = Date.UTC(2026, 10, 23, 2)
    expect(weekOf(instant, 'Pacific/Auckland').id).toBe('2026-W48')
    expect(weekOf(instant, 'America/Los_Angeles').id).toBe('2026-W47')
  })

  it('belongs to the year that has most of its days, around New Year', () => {
    expect(weekOf(at('2027-01-01T12:00'), 'Europe/Vienna').id).toBe('2026-W53')
    expect(weekOf(at('2024-12-31T12:00'), 'Europe/Vienna').id).toBe('2025-W01')
    expect(weeksUpTo(weekById('2027-W02', 'Europe/Vienna'), 4).map(({ id }) => id)).toEqual([
      '2026-W52',
      '2026-W53',
      '2027-W01',
      '2027-W02',
    ])
  })

  it('has 167 or 169 hours when the clocks change, and its neighbours meet it', () => {
    const spring = weekOf(at('2026-03-28T12:00'), 'Europe/Vienna')
    const autumn = weekOf(at('2026-10-24T12:00'), 'Europe/Vienna')
    expect((spring.endAt - spring.startAt) / HOUR).toBe(167)
    expect((autumn.endAt - autumn.startAt) / HOUR).toBe(169)
    for (const zone of [
      'Europe/Vienna',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Beirut',
    ]) {
      const weeks = weeksUpTo(weekNamed(2027, 5, zone) ?? weekOf(0, zone), 120)
      for (const [index, week] of weeks.entries()) {
        expect(week.endAt).toBe(weeks[index + 1]?.startAt ?? week.endAt)
        expect(weekOf(week.startAt, zone).id).toBe(week.id)
        expect(weekOf(week.endAt - 1, zone).id).toBe(week.id)
        expect(weekById(week.id, zone)).toEqual(week)
      }
    }
  })

  it('is found by its name only where the year has it', () => {
    expect(weekNamed(2026, 53, 'utc')?.id).toBe('2026-W53')
    expect(weekNamed(2025, 53, 'utc')).toBeUndefined()
    expect(weekNamed(2025, 0, 'utc')).toBeUndefined()
    expect(() => weekById('2025-W53', 'utc')).toThrow(RangeError)
  })

  it('is seen as of now while it runs and as of its end for ever after', () => {
    const week = weekById('2026-W47', 'Europe/Vienna')
    expect(seenAt(week, week.startAt + HOUR)).toBe(week.startAt + HOUR)
    expect(seenAt(week, week.endAt + HOUR)).toBe(week.endAt)
  })

  it.each([
    ['2026-W47', 'week 47, 16–22 November 2026'],
    ['2026-W49', 'week 49, 30 November – 6 December 2026'],
    ['2026-W53', 'week 53, 28 December 2026 – 3 January 2027'],
  ])('%s reads: %s', (id, words) => {
    expect(weekInWords(weekById(id, 'Europe/Vienna'))).toBe(words)
  })
})
