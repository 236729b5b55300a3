import { DateTime } from 'luxon'
import { makeReport, type Report } from '../../../src/bot/scorecard/report.js'
import { type Week, weekById, weeksUpTo } from '../../../src/bot/scorecard/week.js'
import type { FoundIncident } from '../../../src/store/scorecard-asides.js'
import type { SmoothCount, TargetHistory } from '../../../src/store/scorecard-history.js'

export const zone = 'Europe/Vienna'
export const at = (iso: string) => DateTime.fromISO(iso, { zone }).toMillis()
export const FRIDAY = at('2026-11-20T16:00')

/** A target that failed once, and went live at the end if there is one. */
export function failure(
  id: string,
  account: string,
  from: string,
  to?: string,
  reason = 'platform',
): TargetHistory {
  const startedAt = at(from)
  const event = { attempt: 1, copies: 0 }
  return {
    targetId: id,
    postId: `p${id}`,
    account,
    platform: account,
    dueAt: startedAt,
    events: [
      {
        ...event,
        id: 1,
        at: startedAt,
        type: 'attempted',
        from: 'publishing',
        to: 'failed',
        reason,
      },
      ...(to === undefined
        ? []
        : ([
            {
              ...event,
              id: 2,
              at: at(to),
              type: 'retryRequested',
              from: 'failed',
              to: 'queued',
              reason: null,
            },
            {
              ...event,
              id: 3,
              at: at(to),
              type: 'attempted',
              from: 'publishing',
              to: 'published',
              reason: null,
            },
          ] as const)),
    ],
  }
}

/** The report of week 47 of 2026 from what was put in. */
export function report(
  material: {
    smooth?: readonly SmoothCount[]
    rough?: readonly TargetHistory[]
    incidents?: readonly FoundIncident[]
    firstUseAt?: number
    accounts?: Parameters<typeof makeReport>[2]['accounts']
  } = {},
  now = FRIDAY,
  week: Week = weekById('2026-W47', zone),
): Report {
  const { smooth = [], rough = [], incidents = [], accounts = [], firstUseAt = 0 } = material
  return makeReport(weeksUpTo(week, 8), now, { smooth, rough, incidents, accounts, firstUseAt })
}

/** So many smooth ones of an account in each of the weeks shown, the oldest first. */
export function smooth(account: string, ...counts: number[]): SmoothCount[] {
  return counts.map((count, index) => {
    return { account, platform: account, week: 8 - counts.length + index, count }
  })
}
