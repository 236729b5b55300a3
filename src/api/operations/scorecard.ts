import { z } from 'zod'
import { exportCsv, exportJson } from '../../bot/scorecard/export.js'
import { loadReport } from '../../bot/scorecard/load-report.js'
import { parsePeriod } from '../../bot/scorecard/period.js'
import { weeksUpTo } from '../../bot/scorecard/week.js'
import type { ScorecardScope } from '../../store/scorecard-history.js'
import { loadScopeZone } from '../../store/scorecard-zone.js'
import { operation } from '../operation.js'
import { ProblemError } from '../problem.js'

const query = z.strictObject({
  week: z
    .string()
    .max(40)
    .default('')
    .describe('this week (default), last week, 2026-W47, or a day in it'),
  weeks: z.coerce
    .number('Give a number')
    .int()
    .min(1)
    .max(53)
    .default(1)
    .describe('That many weeks, of which the named one is the last'),
  channel: z
    .string()
    .regex(/^(slack|discord|api)\/[\w-]+$/, 'Write it as slack/C0123')
    .optional()
    .describe("One channel's posts, in weeks of its workspace's time zone; without it all"),
  format: z.enum(['json', 'csv'], 'Use json or csv').default('json'),
})

export const readScorecard = operation({
  id: 'readScorecard',
  method: 'GET',
  path: '/api/scorecard',
  scope: 'read',
  summary: 'How reliable publishing was; docs/scorecard.md says what the figures mean',
  query,
  answers: {
    200: {
      description: "A week's figures, or a list of them when more than one week is asked for",
      schema: z.union([z.looseObject({}), z.array(z.looseObject({}))]),
    },
  },
  problems: [],
  async run({ query: { week, weeks, channel, format } }, deps) {
    const { orm } = deps.database
    const scope = scopeOf(channel)
    const zone = (await loadScopeZone(orm, scope)) ?? deps.timeZone
    const period = parsePeriod(week, deps.now(), zone)
    if (period.kind === 'problem') {
      const { message, next } = period
      const errors = [{ field: 'week', message, ...(next ? { next } : {}) }]
      throw new ProblemError('invalid-request', message, { errors })
    }
    const reports = []
    for (const one of weeksUpTo(period.week, weeks)) {
      reports.push(await loadReport(orm, scope, one, deps.now()))
    }
    if (format === 'csv') {
      const headers = { 'content-type': 'text/csv; charset=utf-8' }
      return { status: 200, body: exportCsv(reports), headers }
    }
    const data = reports.map(exportJson)
    return { status: 200, body: weeks === 1 ? data[0] : data }
  },
})

function scopeOf(channel: string | undefined): ScorecardScope {
  const [chat, channelId] = channel?.split('/') ?? []
  return chat && channelId ? { chat, channelId } : 'everything'
}
