import type { Instant } from '../../publisher/core/target.js'
import type { Orm } from '../../store/database.js'
import { loadAccountSpans, loadFirstUse, loadIncidents } from '../../store/scorecard-asides.js'
import { countSmooth, loadRough, type ScorecardScope } from '../../store/scorecard-history.js'
import { makeReport, type Report, WEEKS_SHOWN } from './report.js'
import { seenAt, type Week, weeksUpTo } from './week.js'

/**
 * The report of a week as it is now, or, once the week is over, as it will always be.
 * @param now milliseconds; of what happened at or after it nothing is looked at
 */
export async function loadReport(
  orm: Orm,
  scope: ScorecardScope,
  week: Week,
  now: Instant,
): Promise<Report> {
  const weeks = weeksUpTo(week, WEEKS_SHOWN)
  const stretch = { starts: weeks.map(({ startAt }) => startAt), until: seenAt(week, now) }
  const [smooth, rough, incidents, accounts, firstUseAt] = await Promise.all([
    countSmooth(orm, scope, stretch),
    loadRough(orm, scope, stretch),
    loadIncidents(orm, scope, stretch),
    loadAccountSpans(orm),
    loadFirstUse(orm, scope),
  ])
  return makeReport(weeks, now, { smooth, rough, incidents, accounts, firstUseAt })
}
