import type { Chart, ChartRow } from './chart.js'
import { type Figures, successRate } from './figures.js'
import type { AccountReport, Report } from './report.js'
import { percent } from './words.js'

/** Accounts with a line of their own; the others share one. */
const ACCOUNTS_SHOWN = 8

/** What the picture of a report shows: success by account over its weeks; undefined when there is nothing to show. */
export function chartOf(report: Report): Chart | undefined {
  const published = report.accounts.filter(({ weeks }) => weeks.some(({ settled }) => settled > 0))
  if (published.length === 0) return undefined
  const weeks = report.weeks.map((_, index) =>
    sum(published.map((account) => account.weeks[index])),
  )
  const { shown, others } = choose(published)
  return {
    title: 'Published and live, by account',
    subtitle: report.running
      ? 'Percent of each week’s publishes; this week so far'
      : 'Percent of each week’s publishes',
    weeks: report.weeks.map(({ id }) => String(Number(id.slice(-2)))),
    rows: [
      ...(published.length > 1 ? [rowOf('All accounts', weeks)] : []),
      ...shown.map((account) => rowOf(account.account, account.weeks, noteOf(account))),
      ...(others.length > 0
        ? [
            rowOf(
              `${others.length} others`,
              report.weeks.map((_, index) => sum(others.map((account) => account.weeks[index]))),
            ),
          ]
        : []),
    ],
  }
}

/** With too many, those with most failures this week keep their line, then the busiest; in the usual order. */
function choose(accounts: readonly AccountReport[]) {
  if (accounts.length <= ACCOUNTS_SHOWN) return { shown: accounts, others: [] }
  const ranked = accounts.toSorted((a, b) => {
    const failed = ({ now }: AccountReport) => now.settled - now.live
    return failed(b) - failed(a) || b.now.settled - a.now.settled
  })
  const chosen = new Set(ranked.slice(0, ACCOUNTS_SHOWN - 1))
  return {
    shown: accounts.filter((account) => chosen.has(account)),
    others: accounts.filter((account) => !chosen.has(account)),
  }
}

type Counted = Pick<Figures, 'live' | 'settled'>

function rowOf(label: string, weeks: readonly Counted[], note?: string): ChartRow {
  const now = weeks.at(-1)
  const counted = now && now.settled > 0 ? `${now.live} of ${now.settled}` : 'no publishes'
  const detail = note ? `${counted}, ${note}` : now && now.settled > 0 ? `${counted} live` : counted
  return { label, detail, rates: weeks.map(successRate) }
}

function noteOf({ addedAt, removedAt }: AccountReport): string | undefined {
  if (removedAt !== undefined) return 'removed'
  return addedAt === undefined ? undefined : 'new'
}

function sum(list: readonly (Counted | undefined)[]): Counted {
  return list.reduce<Counted>(
    (all, week) => ({
      live: all.live + (week?.live ?? 0),
      settled: all.settled + (week?.settled ?? 0),
    }),
    { live: 0, settled: 0 },
  )
}

/** The shortest limit on a picture's description among the chats: 1,024 characters (Discord attachments). */
const ALT_LENGTH = 1_000

/** The picture in words, for those who do not see it. */
export function altTextOf(chart: Chart): string {
  const [first, last] = [chart.weeks[0], chart.weeks.at(-1)]
  let words = `${chart.title}. ${chart.subtitle}, weeks ${first} to ${last}.`
  for (const [index, { label, detail, rates }] of chart.rows.entries()) {
    const known = rates.map((rate) => (rate === undefined ? 'none' : percent(rate)))
    const line = ` ${label}: ${known.join(', ')} (${detail}).`
    if (words.length + line.length > ALT_LENGTH - 20) {
      return `${words} And ${chart.rows.length - index} more.`
    }
    words += line
  }
  return words
}
