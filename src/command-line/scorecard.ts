import { exportCsv, exportJson } from '../bot/scorecard/export.js'
import { loadReport } from '../bot/scorecard/load-report.js'
import { parsePeriod } from '../bot/scorecard/period.js'
import { type Week, weeksUpTo } from '../bot/scorecard/week.js'
import { readSettings } from '../config.js'
import type { Instant } from '../publisher/core/target.js'
import type { Orm } from '../store/database.js'
import type { ScorecardScope } from '../store/scorecard-history.js'
import { loadScopeZone } from '../store/scorecard-zone.js'
import { type CommandContext, UsageError } from './command.js'
import { parseOptions } from './options.js'
import { withStore } from './with-store.js'

export const USAGE = `Usage: pressroom scorecard [week] [options]

Prints the figures that the scorecard of that week shows.

  week                       this week (default), last week, 2026-W47, or a day in it
  --format json|csv          default json
  --weeks N                  that many weeks, of which the named one is the last; default 1
  --channel slack/C0123      one channel's posts, in weeks of its workspace's time zone; default all,
                             in weeks of PRESSROOM_TIME_ZONE
`

export interface ExportRequest {
  /** The oldest first. */
  readonly weeks: readonly Week[]
  readonly format: 'json' | 'csv'
  readonly scope: ScorecardScope
}

const MOST_WEEKS = 520

/** Prints figures and ends; on the embedded store only while nothing else has it open. */
export async function run(args: readonly string[], context: CommandContext): Promise<undefined> {
  const now = Date.now()
  const { timeZone } = readSettings(context.environment)
  const { scope } = parseExport(args, now, timeZone) // what is wrong is said before a store is opened
  await withStore(context, async ({ orm }) => {
    const zone = (await loadScopeZone(orm, scope)) ?? timeZone
    context.print(await exportScorecards(orm, parseExport(args, now, zone), now))
  })
}

/**
 * Reads what stands after `scorecard` on the command line.
 * @throws UsageError
 */
export function parseExport(args: readonly string[], now: Instant, zone: string): ExportRequest {
  const { values, positionals } = parseOptions(args, {
    format: { type: 'string' },
    weeks: { type: 'string' },
    channel: { type: 'string' },
  })
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
async function exportScorecards(
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

function scopeOf(channel: string | undefined): ScorecardScope {
  if (channel === undefined) return 'everything'
  const [, chat, channelId] = /^(slack|discord|api)\/(\S+)$/.exec(channel) ?? []
  if (!chat || !channelId) {
    return refuse(`--channel ${channel} is not of the form slack/C0123 or discord/1234.`)
  }
  return { chat, channelId }
}

function refuse(message: string): never {
  throw new UsageError(message.trim())
}
