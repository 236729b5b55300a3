import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { parsePeriod } from '../../../src/bot/scorecard/period.js'

const zone = 'Europe/Vienna'
const now = DateTime.fromISO('2026-11-20T16:00', { zone }).toMillis()

describe('what stands after /scorecard', () => {
  it.each([
    ['', '2026-W47'],
    ['  ', '2026-W47'],
    ['this week', '2026-W47'],
    ['This  Week', '2026-W47'],
    ['last week', '2026-W46'],
    ['last', '2026-W46'],
    ['2026-W47', '2026-W47'],
    ['2026-w3', '2026-W03'],
    ['2026W05', '2026-W05'],
    ['"2020-W53"', '2020-W53'],
    ['W46', '2026-W46'],
    ['week 7', '2026-W07'],
    ['W50', '2025-W50'],
    ['2026-11-15', '2026-W46'],
    ['2024-12-31', '2025-W01'],
  ])('%j means %s', (words, id) => {
    expect(parsePeriod(words, now, zone)).toMatchObject({ kind: 'week', week: { id } })
  })

  it.each([
    ['2026-W48', 'Week 2026-W48 has not begun yet. The newest week with a scorecard is 2026-W47.'],
    [
      '2026-12-24',
      'Week 2026-W52 has not begun yet. The newest week with a scorecard is 2026-W47.',
    ],
    ['2025-W53', '2025 has no week 53. Its weeks go from 1 to 52.'],
    ['2020-W54', '2020 has no week 54. Its weeks go from 1 to 53.'],
    ['2026-W0', '2026 has no week 0. Its weeks go from 1 to 53.'],
    ['2026-02-30', /^There is no day 2026-02-30\. Write "this week"/],
    ['next week', /^"next week" is not a week I understand\. Write "this week"/],
    ['2026-W47 please', /is not a week I understand/],
  ])('%j is refused', (words, said) => {
    const period = parsePeriod(words, now, zone)
    if (period.kind !== 'problem') throw new Error(`taken as ${period.week.id}`)
    const answer = `${period.message} ${period.next}`
    if (typeof said === 'string') expect(answer).toBe(said)
    else expect(answer).toMatch(said)
  })
})
