import fc from 'fast-check'
import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import { checkInstant, inWords, parseWhen } from '../../src/bot/when.js'

const madrid = 'Europe/Madrid'
/** A Friday, 10:00 in Madrid. */
const now = Date.parse('2026-11-20T09:00:00Z')

function at(words: string, zone = madrid, when = now): string {
  const parsed = parseWhen(words, when, zone)
  if (parsed.kind === 'problem') return parsed.message
  return parsed.at === undefined ? 'now' : new Date(parsed.at).toISOString().slice(0, 16)
}

describe('parseWhen', () => {
  it.each([
    ['now', 'now'],
    ['tomorrow 9:00', '2026-11-21T08:00'],
    ['Tomorrow at 9am', '2026-11-21T08:00'],
    ['9:00', '2026-11-21T08:00'],
    ['11:00', '2026-11-20T10:00'],
    ['today 17:30', '2026-11-20T16:30'],
    ['friday 9am', '2026-11-27T08:00'],
    ['on monday at 9:00', '2026-11-23T08:00'],
    ['in 2 hours', '2026-11-20T11:00'],
    ['in 3 days', '2026-11-23T09:00'],
    ['24 December 6pm', '2026-12-24T17:00'],
    ['24.12.2026 18:00', '2026-12-24T17:00'],
    ['11/25/2026 9:00', '2026-11-25T08:00'],
    ['05.05.2027 9:00', '2027-05-05T07:00'],
    ['5/5/2027 9:00', '2027-05-05T07:00'],
    ['2027/01/02 9:00', '2027-01-02T08:00'],
    ['2027-01-02 9:00', '2027-01-02T08:00'],
    ['tomorrow 9.10', '2026-11-21T08:10'],
    ['2026-11-23 09:00', '2026-11-23T08:00'],
    ['2026-11-23T09:00', '2026-11-23T08:00'],
    ['2026-11-23T09:00Z', '2026-11-23T09:00'],
    ['2026-11-23T09:00-05:00', '2026-11-23T14:00'],
    ['20261123T0900', '2026-11-23T08:00'],
    ['2026-327T09:00', '2026-11-23T08:00'],
    ['2026-W48-1T09:00', '2026-11-23T08:00'],
    ['20261123T0900Z', '2026-11-23T09:00'],
    ['20261123T0900-0500', '2026-11-23T14:00'],
    ['9:00 EST', '2026-11-20T14:00'],
  ])('reads %j', (words, instant) => {
    expect(at(words)).toBe(instant)
  })

  it.each([
    ['Asia/Seoul', '2026-11-21T00:00'],
    ['America/New_York', '2026-11-21T14:00'],
    ['Asia/Kathmandu', '2026-11-21T03:15'],
    ['Etc/UTC', '2026-11-21T09:00'],
  ])('reads "tomorrow 9:00" in %s', (zone, instant) => {
    expect(at('tomorrow 9:00', zone)).toBe(instant)
  })

  it('keeps the seconds of a written time', () => {
    const when = parseWhen('2026-11-23T09:00:30', now, 'Europe/Madrid')
    expect(when).toMatchObject({ at: Date.parse('2026-11-23T08:00:30Z') })
  })

  it('takes the day from the workspace, not from the server', () => {
    const lateInSeoul = Date.parse('2026-11-20T16:00:00Z') // already Saturday there
    expect(at('tomorrow 9:00', 'Asia/Seoul', lateInSeoul)).toBe('2026-11-22T00:00')
  })

  it.each([
    ['banana', '"banana" is not a time I understand.'],
    ['', '"" is not a time I understand.'],
    ['today 9:00', 'Friday 20 November 2026, 09:00 (Europe/Madrid) is in the past.'],
    ['yesterday 9:00', 'is in the past.'],
    ['2026-11-19 09:00', 'is in the past.'],
    ['2028-01-01 09:00', 'is more than a year ahead.'],
    ['tomorrow', 'I understood Saturday 21 November 2026, but not the time of day.'],
    ['tonight', 'but not the time of day.'],
    ['next week', 'but not the time of day.'],
    ['3/4 9:00', '3/4 can be read as two different days.'],
    ['3/4/2027 9:00', '3/4/2027 can be read as two different days.'],
    ['01.02.2027 9:00', '01.02.2027 can be read as two different days.'],
    ['1.2.2027 9:00', '1.2.2027 can be read as two different days.'],
    ['01.02.27 9:00', '01.02.27 can be read as two different days.'],
    ['05-06-2027 9:00', '05-06-2027 can be read as two different days.'],
    ['9.10 on 1.2.2027', '1.2.2027 can be read as two different days.'],
    ['monday 9:00 - 11:00', 'names two times.'],
    [
      'tomorrow 9:00 or so',
      'I understood "tomorrow 9:00" as Saturday 21 November 2026, 09:00 (Europe/Madrid), but not the rest of "tomorrow 9:00 or so".',
    ],
    ['tomorrow 14h30', 'I understood "tomorrow" as'],
    ['29 Feb 2027 9:00', 'is not a time I understand.'],
    ['2027-02-29 09:00', 'is not a time I understand.'],
  ])('refuses %j', (words, message) => {
    expect(at(words)).toContain(message)
  })
})

describe('clock changes', () => {
  it('moves a skipped hour forward and says so', () => {
    const parsed = parseWhen('2027-03-28 02:30', now, madrid)
    expect(parsed).toEqual({
      kind: 'at',
      at: Date.parse('2027-03-28T01:30:00Z'),
      note: 'Clocks go forward that night and skip 02:30; it is taken as 03:30.',
    })
  })

  it('takes the first of a doubled hour and says so', () => {
    const parsed = parseWhen(
      '1 November 2027 1:30',
      Date.parse('2027-10-01T12:00Z'),
      'America/New_York',
    )
    expect(parsed).toEqual({ kind: 'at', at: Date.parse('2027-11-01T05:30:00Z') })
    expect(
      parseWhen('7 November 2027 1:30', Date.parse('2027-10-01T12:00Z'), 'America/New_York'),
    ).toEqual({
      kind: 'at',
      at: Date.parse('2027-11-07T05:30:00Z'),
      note: 'Clocks go back that night and 01:30 comes twice; the first one is taken.',
    })
  })

  it('keeps the time on the wall across a change', () => {
    const saturday = Date.parse('2027-03-27T11:00:00Z')
    expect(at('tomorrow 9:00', madrid, saturday)).toBe('2027-03-28T07:00')
    expect(at('in 24 hours', madrid, saturday)).toBe('2027-03-28T11:00')
  })
})

describe('checkInstant', () => {
  it('holds what was picked to the same limits', () => {
    expect(checkInstant(now + 60_000, now, madrid)).toEqual({ kind: 'at', at: now + 60_000 })
    expect(checkInstant(now - 1, now, madrid).kind).toBe('problem')
    expect(checkInstant(now + 400 * 86_400_000, now, madrid).kind).toBe('problem')
  })
})

describe('any written minute of the coming year', () => {
  it('is the time that is on the wall there then', () => {
    const zones = fc.constantFrom(madrid, 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata')
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 364 * 24 * 60 }), zones, (minutes, zone) => {
        const instant = Math.floor(now / 60_000) * 60_000 + minutes * 60_000
        const written = DateTime.fromMillis(instant, { zone }).toFormat('yyyy-MM-dd HH:mm')
        const parsed = parseWhen(written, now, zone)
        if (parsed.kind === 'problem' || parsed.at === undefined) throw new Error(written)
        expect(DateTime.fromMillis(parsed.at, { zone }).toFormat('yyyy-MM-dd HH:mm')).toBe(written)
        if (parsed.note === undefined) expect(parsed.at).toBe(instant)
      }),
    )
  })
})

it('names a moment in words', () => {
  expect(inWords(now, madrid)).toBe('Friday 20 November 2026, 10:00 (Europe/Madrid)')
})
