import { describe, expect, it } from 'vitest'
import { exportCsv, exportJson } from '../../../src/bot/scorecard/export.js'
import { at, FRIDAY, failure, report, smooth, zone } from './sample.js'

const week = report({
  smooth: [...smooth('facebook', 8, 3), ...smooth('=1+1, "x"', 2)],
  rough: [failure('t1', 'facebook', '2026-11-18T10:00', '2026-11-18T12:00')],
})

describe('the export', () => {
  it('has the same figures as JSON, with those it is compared with', () => {
    const json = JSON.parse(JSON.stringify(exportJson(week)))
    expect(json).toMatchObject({
      week: '2026-W47',
      timeZone: zone,
      from: '2026-11-15T23:00:00.000Z',
      until: '2026-11-22T23:00:00.000Z',
      asOf: new Date(FRIDAY).toISOString(),
      running: true,
      weeksInMean: 4,
      total: {
        publishes: 6,
        live: 6,
        atFirstAttempt: 5,
        successRate: 1,
        manualRetries: 1,
        resolved: 1,
        resolveMeanMs: 7_200_000,
        weekBefore: { publishes: 8, resolveMeanMs: null },
        meanOfWeeksBefore: { publishes: 2 },
      },
      failures: [{ targetId: 't1', reason: 'platform', end: 'live', lastedMs: 7_200_000 }],
    })
    expect(json.accounts[1]).toMatchObject({
      account: 'facebook',
      publishes: 4,
      successByWeek: { '2026-W45': null, '2026-W46': 1, '2026-W47': 1 },
    })
  })

  it('has a line for each week and account as CSV, and nothing a spreadsheet would carry out', () => {
    const lines = exportCsv([report({}, at('2026-11-16T00:00')), week]).split('\r\n')
    expect(lines).toHaveLength(6)
    expect(lines[0]).toMatch(/^week,timeZone,asOf,running,account,platform,publishes,live,/)
    expect(lines[1]).toMatch(/^2026-W47,Europe\/Vienna,2026-11-15T23:00:00.000Z,true,,,0,0,0,,,0,/)
    expect(lines[2]).toMatch(/^2026-W47,[^,]+,[^,]+,true,,,6,6,5,1,0\.8333/)
    expect(lines[3]).toMatch(/,true,"'=1\+1, ""x""",/)
    expect(lines[4]).toMatch(/,true,facebook,facebook,4,4,3,1,0\.75,/)
    expect(lines[5]).toBe('')
  })
})
