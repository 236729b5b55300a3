import type { Instant } from '../../publisher/core/target.js'
import type { Orm } from '../../store/database.js'
import { loadAccountSpans, loadFirstUse, loadIncidents } from '../../store/scorecard-asides.js'
import { loadStories, type ScorecardScope } from '../../store/scorecard-history.js'
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
  return orm.transaction(
    async (tx) => {
      const stories = await loadStories(tx, scope, stretch)
      const incidents = await loadIncidents(tx, scope, stretch)
      const accounts = await loadAccountSpans(tx)
      const firstUseAt = await loadFirstUse(tx, scope)
      return makeReport(weeks, now, { ...stories, incidents, accounts, firstUseAt })
    },
    // One state of the store throughout, so that nothing is counted twice or left out while it moves.
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}
