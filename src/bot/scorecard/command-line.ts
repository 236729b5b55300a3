import { parseArgs } from 'node:util'
import type { Instant } from '../../publisher/core/target.js'
import type { Orm } from '../../store/database.js'
import type { ScorecardScope } from '../../store/scorecard-history.js'
import { exportCsv, exportJson } from './export.js'
import { loadReport } from './load-report.js'
import { parsePeriod } from './period.js'
import { type Week, weeksUpTo } from './week.js'

export const SCORECARD_USAGE = `Usage: node dist/main.js scorecard [week] [options]

  week                       this week (default), last week, 2026-W47, or a day in it
  --format json|csv          default json
  --weeks N                  that many weeks, of which the named one is the last; default 1
  --channel slack/C0123      one channel's posts; default all
`

/** What was written after the command makes no sense; the message says what and what would. */
export class ScorecardUsageError extends Error {
  override readonly name = 'ScorecardUsageError'
}

export interface ExportRequest {
  /** The oldest first. */
  readonly weeks: readonly Week[]
  readonly format: 'json' | 'csv'
  readonly scope: ScorecardScope
}

const MOST_WEEKS = 520

/**
 * Reads what stands after `scorecard` on the command line.
 * @throws ScorecardUsageError
 */
export function parseExport(args: readonly string[], now: Instant, zone: string): ExportRequest {
  const { values, positionals } = parse(args)
  const period = parsePeriod(positionals.join(' '), now, zone)
  if (period.kind === 'problem') return refuse(`${period.message} ${period.next ?? ''}`)
  const { format = 'json', weeks = '1', channel } = values
  if (format !== 'json' && format !== 'csv') {
    return refuse(`--format ${format} is neither json nor csv.`)
  }
  if (!/^\d+$/.test(weeks) || Number(weeks) < 1 || Number(weeks) > MOST_WEEKS) {
    return refuse(`--weeks ${weeks} is not a number from 1 to ${MOST_WEEKS}.`)
  }
  return { weeks: weeksUpTo(period.week, Number(weeks)), format, scope: scopeOf(channel) }
}

/** The figures of the requested weeks as text, each as the scorecard of that week shows them. */
export async function exportScorecards(
  orm: Orm,
  { weeks, format, scope }: ExportRequest,
  now: Instant,
): Promise<string> {
  const reports = []
  for (const week of weeks) reports.push(await loadReport(orm, scope, week, now))
  if (format === 'csv') return exportCsv(reports)
  const data = reports.map(exportJson)
  return `${JSON.stringify(data.length === 1 ? data[0] : data, null, 2)}\n`
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: 'string' },
        weeks: { type: 'string' },
        channel: { type: 'string' },
      },
    })
  } catch (error) {
    return refuse((error as Error).message)
  }
}

function scopeOf(channel: string | undefined): ScorecardScope {
  if (channel === undefined) return 'everything'
  const [, chat, channelId] = /^(slack|discord|api)\/(\S+)$/.exec(channel) ?? []
  if (!chat || !channelId) {
    return refuse(`--channel ${channel} is not of the form slack/C0123 or discord/1234.`)
  }
  return { chat, channelId }
}

function refuse(message: string): never {
  throw new ScorecardUsageError(`${message.trim()}\n\n${SCORECARD_USAGE}`)
}
