import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import {
  checkCron,
  dueFor,
  timeAfter,
  timesBefore,
  weekToReport,
} from '../../../src/bot/scorecard/schedule.js'
import { ConfigError } from '../../../src/config.js'
import type { StoredScorecard } from '../../../src/store/scorecard-claims.js'

const FRIDAYS = '0 16 * * 5'
const zone = 'Europe/Vienna'
const at = (iso: string, where = zone) => DateTime.fromISO(iso, { zone: where }).toMillis()
const FRIDAY = at('2026-11-20T16:00')

const channel = {
  chat: 'slack',
  channelId: 'C1',
  teamId: 'T1',
  timeZone: null,
  createdAt: at('2026-03-02T09:00'),
  newestAt: at('2026-11-19T09:00'),
}

function stored(
  week: string,
  dueAt: number,
  changes: Partial<StoredScorecard> = {},
): StoredScorecard {
  return {
    key: `slack/C1/${week}`,
    chat: 'slack',
    channelId: 'C1',
    week,
    dueAt: new Date(dueAt),
    asOf: new Date(dueAt),
    parts: {},
    retryAt: null,
    leaseToken: null,
    leaseExpiresAt: null,
    doneAt: new Date(dueAt + 1_000),
    createdAt: new Date(dueAt),
    ...changes,
  }
}

const due = (rows: StoredScorecard[], now: number, changes: Partial<typeof channel> = {}) =>
  dueFor({ ...channel, ...changes }, rows, { cron: FRIDAYS, zone }, now).map(({ week }) => week.id)

describe('the time', () => {
  it('is on the clock on the wall, in summer and in winter', () => {
    expect(timeAfter(FRIDAYS, zone, at('2026-10-20T12:00'))).toBe(at('2026-10-23T16:00'))
    expect(timeAfter(FRIDAYS, zone, at('2026-10-26T12:00'))).toBe(at('2026-10-30T16:00'))
    expect(timeAfter(FRIDAYS, 'Pacific/Auckland', at('2026-11-20T12:00', 'utc'))).toBe(
      at('2026-11-27T16:00', 'Pacific/Auckland'),
    )
  })

  it('has come at that very millisecond, not before', () => {
    expect(timesBefore(FRIDAYS, zone, FRIDAY, 2)).toEqual([at('2026-11-13T16:00'), FRIDAY])
    expect(timesBefore(FRIDAYS, zone, FRIDAY - 1, 1)).toEqual([at('2026-11-13T16:00')])
    expect(timeAfter(FRIDAYS, zone, FRIDAY)).toBe(at('2026-11-27T16:00'))
  })

  it.each(['', 'friday', '0 16 * *', '0 16 * * 5 2026', '0 25 * * 5', '0 16 * * 9'])(
    '%j is refused by name',
    (cron) => {
      expect(() => checkCron(cron)).toThrow(ConfigError)
      expect(() => checkCron(cron)).toThrow(/^PRESSROOM_SCORECARD_CRON/)
    },
  )
})

describe('a channel that is younger than the week to report', () => {
  const MONDAYS = '0 9 * * 1'
  const MONDAY = at('2026-11-23T09:00')
  const young = { ...channel, createdAt: at('2026-11-23T08:00'), newestAt: at('2026-11-23T08:30') }
  const keys = (rows: StoredScorecard[], now: number) =>
    dueFor(young, rows, { cron: MONDAYS, zone }, now).map(({ key }) => key)

  it('hears of its first days, once, and a week later of the whole week', () => {
    expect(keys([], MONDAY)).toEqual(['slack/C1/2026-W48/first'])
    const first = { ...stored('2026-W48', MONDAY), key: 'slack/C1/2026-W48/first' }
    expect(keys([first], MONDAY + 60_000)).toEqual([])
    expect(keys([first], at('2026-11-30T09:00'))).toEqual(['slack/C1/2026-W48'])
  })
})

describe('the week that is reported', () => {
  it.each([
    ['Friday afternoon: the running one', '2026-11-20T16:00', '2026-W47'],
    ['Sunday night: the running one', '2026-11-22T23:00', '2026-W47'],
    ['Monday morning: the one that is over', '2026-11-23T09:00', '2026-W47'],
    ['New Year: still the old one', '2027-01-01T16:00', '2026-W53'],
  ])('%s', (_, iso, week) => {
    expect(weekToReport(at(iso), zone).id).toBe(week)
  })
})

describe('a scorecard is due', () => {
  const before = stored('2026-W46', at('2026-11-13T16:00'))

  it('from its time on, until it was posted', () => {
    expect(due([before], FRIDAY - 1)).toEqual([])
    expect(due([before], FRIDAY)).toEqual(['2026-W47'])
    expect(due([before, stored('2026-W47', FRIDAY)], FRIDAY + 60_000)).toEqual([])
  })

  it('still when nothing ran at its time, and for every week that was missed', () => {
    expect(due([before], at('2026-11-23T08:00'))).toEqual(['2026-W47'])
    const earlier = stored('2026-W44', at('2026-10-30T16:00'))
    expect(due([earlier], at('2026-11-23T08:00'))).toEqual(['2026-W45', '2026-W46', '2026-W47'])
  })

  it('not for weeks before the first one', () => {
    expect(due([], FRIDAY)).toEqual(['2026-W47'])
  })

  it('not while somebody is at it or has to wait, and again after that', () => {
    const begun = { doneAt: null }
    const leased = stored('2026-W47', FRIDAY, {
      ...begun,
      leaseExpiresAt: new Date(FRIDAY + 5_000),
    })
    expect(due([before, leased], FRIDAY + 1_000)).toEqual([])
    expect(due([before, leased], FRIDAY + 5_000)).toEqual(['2026-W47'])
    const waiting = stored('2026-W47', FRIDAY, { ...begun, retryAt: new Date(FRIDAY + 5_000) })
    expect(due([before, waiting], FRIDAY + 1_000)).toEqual([])
    expect(due([before, waiting], FRIDAY + 5_000)).toEqual(['2026-W47'])
  })

  it('not in a channel that is younger, or had nothing to publish for eight weeks', () => {
    expect(due([before], FRIDAY, { createdAt: FRIDAY + 1 })).toEqual([])
    expect(due([before], FRIDAY, { newestAt: at('2026-09-24T09:00') })).toEqual([])
    expect(due([before], FRIDAY, { newestAt: at('2026-09-26T09:00') })).toEqual(['2026-W47'])
  })

  it('once a week, also under a schedule that fires every day or was moved', () => {
    const daily = { cron: '0 16 * * *', zone }
    const wednesday = at('2026-11-25T17:00')
    const posted = stored('2026-W47', at('2026-11-20T16:00'))
    expect(dueFor(channel, [posted], daily, wednesday)).toEqual([])
    const moved = { cron: '30 17 * * 5', zone }
    expect(dueFor(channel, [posted], moved, at('2026-11-20T18:00'))).toEqual([])
  })
})
