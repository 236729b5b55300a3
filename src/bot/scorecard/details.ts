import type { Orm } from '../../store/database.js'
import {
  loadEventNotes,
  loadTargetDetails,
  type TargetDetail,
} from '../../store/scorecard-asides.js'
import type { Report } from './report.js'

/** What a card says about failures besides numbers. */
export interface Details {
  readonly targets: ReadonlyMap<string, TargetDetail>
  /** What was said when a failure began, by the event's id. */
  readonly said: ReadonlyMap<number, string>
}

/** Failures listed one by one under a card; of more than these only the number is told. */
export const FAILURES_LISTED = 60

export async function loadDetails(orm: Orm, report: Report): Promise<Details> {
  const failures = report.failures.slice(0, FAILURES_LISTED)
  const targetIds = [...failures, ...report.incidents].map(({ targetId }) => targetId)
  return {
    targets: await loadTargetDetails(orm, [...new Set(targetIds)]),
    said: await loadEventNotes(
      orm,
      failures.map(({ startedBy }) => startedBy.id),
    ),
  }
}
