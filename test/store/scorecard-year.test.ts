import { DateTime } from 'luxon'
import { describe, expect, it } from 'vitest'
import type { Figures } from '../../src/bot/scorecard/figures.js'
import { loadReport } from '../../src/bot/scorecard/load-report.js'
import type { Report } from '../../src/bot/scorecard/report.js'
import { weekById, weekOf } from '../../src/bot/scorecard/week.js'
import { testDatabases } from '../support/database.js'
import { plainFigures, readEverything } from '../support/plain-scorecard.js'
import { type SyntheticYear, storeYear } from '../support/synthetic-year.js'
import { addAccount } from '../support/targets.js'

const zone = 'Europe/Vienna'
const day = (iso: string) => DateTime.fromISO(iso, { zone })
const QUIET = ['2026-W33', '2026-W34']
/** Both in the middle of a week. */
const ADDED = day('2026-06-10T11:00')
const REMOVED = day('2026-09-16T15:00')

/** From before one New Year to after the next, with both clock changes and a week 53. */
const year: SyntheticYear = {
  from: day('2025-12-17T00:00'),
  to: day('2027-01-14T00:00'),
  seed: 20261120,
  posts: 360,
  quietWeeks: QUIET,
  channels: [
    { chat: 'slack', channelId: 'C1' },
    { chat: 'slack', channelId: 'C2' },
  ],
  accounts: [
    { name: 'facebook', platform: 'facebook', readable: true, to: REMOVED },
    { name: 'bluesky', platform: 'bluesky', readable: true },
    { name: 'linkedin', platform: 'linkedin', readable: false },
    { name: 'threads', platform: 'threads', readable: true, from: ADDED },
    { name: 'newsletter', platform: 'manual', readable: false },
  ],
}

describe.each(testDatabases())('a year of history, $engine', (engine) => {
  const database = engine.use()

  it('has the figures that a plain computation finds, in every week and for every account', async () => {
    for (const [position, { name, platform }] of year.accounts.entries()) {
      await addAccount(database(), name, { platform, position, createdAt: new Date(0) })
    }
    await storeYear(database(), year)
    const all = await readEverything(database())
    const plain = (from: number, until: number, account?: string) =>
      plainFigures(all, 'C1', from, until, account)
    const scope = { chat: 'slack', channelId: 'C1' }
    const reports: Report[] = []
    const first = weekOf(year.from.toMillis(), zone)
    for (let week = first; week.startAt < year.to.toMillis(); week = weekOf(week.endAt, zone)) {
      const report = await loadReport(database().orm, scope, week, year.to.toMillis())
      reports.push(report)
      const seen = { [week.id]: report.total.now }
      expect(seen).toEqual({ [week.id]: plain(week.startAt, report.seenAt) })
      for (const { account, now } of report.accounts) {
        expect({ [`${week.id} ${account}`]: now }).toEqual({
          [`${week.id} ${account}`]: plain(week.startAt, report.seenAt, account),
        })
      }
      // Each is measured against what the weeks before said of themselves.
      if (reports.length > 1) expect(report.total.before).toEqual(reports.at(-2)?.total.now)
      const earlier = reports.slice(-5, -1).map(({ total }) => total.now)
      expectMean(report.total.mean, earlier)
      for (const account of report.accounts) {
        const weeks = reports.slice(-8).map((each) => {
          return each.accounts.find((own) => own.account === account.account)?.now.settled ?? 0
        })
        expect(account.weeks.slice(-weeks.length).map(({ settled }) => settled)).toEqual(weeks)
      }
    }
    expectEverythingHappened(reports.map(({ total }) => total.now))

    // What was scheduled before may still reach into the first quiet week.
    const quiet = reports.find(({ week }) => week.id === QUIET[1])
    expect(quiet?.total.now.settled).toBe(0)
    const crossing = reports.filter(({ week }) => ['2025-W53', '2026-W53'].includes(week.id))
    expect(crossing.map(({ week }) => week.id)).toEqual(['2026-W53'])

    // In the middle of a running week only what has happened by then is known.
    const wednesday = day('2026-10-28T12:00').toMillis()
    const week = weekById('2026-W44', zone)
    const running = await loadReport(database().orm, scope, week, wednesday)
    expect(running).toMatchObject({ running: true, seenAt: wednesday })
    expect(running.total.now).toEqual(plain(week.startAt, wednesday))
    // And long after, a week says what it said when it was over.
    const again = await loadReport(database().orm, scope, week, year.to.toMillis() + 1e10)
    expect(again).toEqual(reports.find((report) => report.week.id === '2026-W44'))
  }, 300_000)
})

function expectMean(mean: Figures | null, earlier: readonly Figures[]): void {
  if (earlier.length === 0) {
    expect(mean).toBeNull()
    return
  }
  const sum = (of: (figures: Figures) => number) =>
    earlier.reduce((all, figures) => all + of(figures), 0)
  expect(mean?.settled).toBeCloseTo(sum(({ settled }) => settled) / earlier.length, 9)
  expect(mean?.manualRetries).toBeCloseTo(
    sum(({ manualRetries }) => manualRetries) / earlier.length,
    9,
  )
  const resolved = sum((figures) => figures.resolved?.count ?? 0)
  if (resolved === 0) {
    expect(mean?.resolved).toBeNull()
    return
  }
  const total = sum(({ resolved }) => (resolved ? resolved.count * resolved.meanMs : 0))
  expect(mean?.resolved?.meanMs).toBeCloseTo(total / resolved, 3)
}

/** A comparison in which a figure is always zero would prove nothing about it. */
function expectEverythingHappened(weeks: readonly Figures[]): void {
  const flat = weeks.map(({ questions, resolved, ...rest }) => ({
    ...rest,
    resolved: resolved?.count ?? 0,
    asked: questions.asked,
    withdrawn: questions.withdrawn,
    answered: questions.answered?.count ?? 0,
  }))
  const never = Object.keys(flat[0] ?? {}).filter((name) =>
    flat.every((week) => week[name as keyof typeof week] === 0),
  )
  expect(never).toEqual([])
}
