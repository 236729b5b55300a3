import { type Figures, firstAttemptRate, successRate } from './figures.js'
import { reasonOf } from './reasons.js'
import type { Compared, Report } from './report.js'

/** A week's figures by the names that exports use; times in milliseconds, rates from 0 to 1. */
function flat(figures: Figures) {
  const { resolved, questions } = figures
  const { answered } = questions
  return {
    publishes: figures.settled,
    live: figures.live,
    atFirstAttempt: figures.atFirst,
    successRate: successRate(figures) ?? null,
    firstAttemptRate: firstAttemptRate(figures) ?? null,
    givenUp: figures.givenUp,
    manualRetries: figures.manualRetries,
    resolved: resolved?.count ?? 0,
    resolveMeanMs: resolved?.meanMs ?? null,
    resolveMedianMs: resolved?.medianMs ?? null,
    resolveWorstMs: resolved?.worstMs ?? null,
    duplicates: figures.duplicates,
    duplicatesPrevented: figures.prevented,
    removed: figures.removed,
    late: figures.late,
    missed: figures.missed,
    postedByHand: figures.byHand,
    questionsAsked: questions.asked,
    questionsAnswered: answered?.count ?? 0,
    questionsWithdrawn: questions.withdrawn,
    answerMeanMs: answered?.meanMs ?? null,
    answerMedianMs: answered?.medianMs ?? null,
    answerWorstMs: answered?.worstMs ?? null,
  }
}

function compared({ now, before, mean }: Compared) {
  return {
    ...flat(now),
    weekBefore: before && flat(before),
    meanOfWeeksBefore: mean && flat(mean),
  }
}

/** A report as plain data, ready for JSON: the figures that the card shows, and all its failures. */
export function exportJson(report: Report) {
  const { week, seenAt } = report
  return {
    ...heading(report),
    from: iso(week.startAt),
    until: iso(week.endAt),
    weeksInMean: report.weeksInMean,
    total: compared(report.total),
    accounts: report.accounts.map((account) => ({
      account: account.account,
      platform: account.platform,
      ...compared(account),
      successByWeek: Object.fromEntries(
        report.weeks.map(({ id }, index) => {
          const figures = account.weeks[index]
          return [id, figures ? (successRate(figures) ?? null) : null]
        }),
      ),
    })),
    failures: report.failures.map((failure) => ({
      postId: failure.postId,
      targetId: failure.targetId,
      account: failure.account,
      platform: failure.platform,
      reason: reasonOf(failure),
      startedAt: iso(failure.startedAt),
      endedAt: failure.end ? iso(failure.end.at) : null,
      end: failure.end?.how ?? null,
      lastedMs: (failure.end?.at ?? seenAt) - failure.startedAt,
    })),
    reasons: report.reasons,
    incidents: report.incidents.map(({ at, ...incident }) => ({ ...incident, at: iso(at) })),
  }
}

/**
 * Reports as CSV (RFC 4180): a line for each week and account, and one with the account empty for
 * all of them together. Rates from 0 to 1, times in milliseconds, empty where there is nothing.
 */
export function exportCsv(reports: readonly Report[]): string {
  const lines = reports.flatMap((report) => [
    { ...heading(report), account: '', platform: '', ...flat(report.total.now) },
    ...report.accounts.map(({ account, platform, now }) => {
      return { ...heading(report), account, platform, ...flat(now) }
    }),
  ])
  const [first] = lines
  if (!first) return ''
  const rows = [Object.keys(first), ...lines.map((line) => Object.values(line))]
  return rows.map((row) => `${row.map(field).join(',')}\r\n`).join('')
}

function heading({ week, seenAt, running }: Report) {
  return { week: week.id, timeZone: week.zone, asOf: iso(seenAt), running }
}

function field(value: string | number | boolean | null): string {
  if (value === null) return ''
  if (typeof value !== 'string') return String(value)
  // A leading sign of a formula would be carried out by spreadsheets.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
