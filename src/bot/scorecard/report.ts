import type { Instant } from '../../publisher/core/target.js'
import type { AccountSpan, FoundIncident } from '../../store/scorecard-asides.js'
import type { SmoothCount, TargetHistory } from '../../store/scorecard-history.js'
import { type Fact, factsOf, type Span, weekIndex } from './facts.js'
import { type Failure, failuresOf } from './failures.js'
import { type Figures, figuresOf } from './figures.js'
import { groupBy } from './group-by.js'
import { type ReasonCost, reasonCosts } from './reasons.js'
import { seenAt, type Week } from './week.js'

/** Weeks that a report looks back over, with its own: those of the picture. */
export const WEEKS_SHOWN = 8
const WEEKS_IN_MEAN = 4

/** A week's figures next to what they are measured against. */
export interface Compared {
  readonly now: Figures
  /** The week before; null when nothing was published by this bot then yet. */
  readonly before: Figures | null
  /** The mean of up to four weeks before this one. */
  readonly mean: Figures | null
}

export interface AccountReport extends Compared {
  readonly account: string
  readonly platform: string
  /** Set when that happened in the week. */
  readonly addedAt?: Instant
  readonly removedAt?: Instant
  /** Each of the weeks shown, the oldest first. */
  readonly weeks: readonly Figures[]
}

/** Everything a scorecard says in numbers. The same log and the same instant give the same report. */
export interface Report {
  readonly week: Week
  /** The figures stand for this instant. */
  readonly seenAt: Instant
  /** The week is not over yet. */
  readonly running: boolean
  /** The weeks shown, the oldest first; the last is the week of the report. */
  readonly weeks: readonly Week[]
  /** How many weeks before it the means are of, up to four. */
  readonly weeksInMean: number
  readonly total: Compared
  readonly accounts: readonly AccountReport[]
  /** That lasted at some time in this week: the unresolved first, the newest of them first, then by how long they lasted. */
  readonly failures: readonly Failure[]
  readonly reasons: readonly ReasonCost[]
  readonly incidents: readonly FoundIncident[]
}

/** What the store knows of the time before the report's instant, as far as a report depends on it. */
export interface Material {
  readonly smooth: readonly SmoothCount[]
  readonly rough: readonly TargetHistory[]
  readonly incidents: readonly FoundIncident[]
  readonly accounts: readonly AccountSpan[]
  /** When publishing began; weeks that were over by then are not compared with. */
  readonly firstUseAt: Instant | undefined
}

/** Makes the report of the last of these weeks. Pure. */
export function makeReport(weeks: readonly Week[], now: Instant, material: Material): Report {
  const week = weeks.at(-1)
  const first = weeks[0]
  if (!week || !first) throw new RangeError('a report needs a week')
  const spans = weeks.map((each) => ({ startAt: each.startAt, seenAt: seenAt(each, now) }))
  const asOf = seenAt(week, now)
  const facts = allFacts(material, spans)
  const inUse = weeks.map(({ endAt }) => endAt > (material.firstUseAt ?? Number.POSITIVE_INFINITY))
  const failures = material.rough
    .flatMap(failuresOf)
    .filter(({ startedAt, end }) => (end ? end.at >= week.startAt : startedAt >= first.startAt))
    .sort(byWeight)
  const isOfWeek = ({ startedAt, end }: Failure) => startedAt >= week.startAt || end !== undefined
  return {
    week,
    seenAt: asOf,
    running: asOf < week.endAt,
    weeks,
    weeksInMean: meantWeeks(inUse).length,
    total: compare(facts, inUse),
    accounts: accountReports(facts, inUse, week, material.accounts),
    failures,
    // What merely goes on from earlier weeks cost those; it is listed, and not what to learn from now.
    reasons: reasonCosts(failures.filter(isOfWeek), { startAt: week.startAt, seenAt: asOf }),
    incidents: material.incidents.filter(({ at }) => at >= week.startAt),
  }
}

function byWeight(a: Failure, b: Failure): number {
  if (!a.end || !b.end) return Number(!b.end) - Number(!a.end) || b.startedAt - a.startedAt
  return b.end.at - b.startedAt - (a.end.at - a.startedAt)
}

function allFacts({ smooth, rough, incidents }: Material, spans: readonly Span[]): Fact[] {
  return [
    ...smooth.flatMap((counted): Fact[] =>
      (['settled', 'live', 'atFirst'] as const).map((kind) => ({ ...counted, kind })),
    ),
    ...rough.flatMap((history) => factsOf(history, spans)),
    ...incidents.map(({ account, platform, type, at }): Fact => {
      return { account, platform, week: weekIndex(at, spans), kind: type, count: 1 }
    }),
  ]
}

function compare(facts: readonly Fact[], inUse: readonly boolean[]): Compared {
  const last = inUse.length - 1
  const meant = meantWeeks(inUse)
  const of = (weeks: readonly number[]) => facts.filter(({ week }) => weeks.includes(week))
  return {
    now: figuresOf(of([last])),
    before: inUse[last - 1] ? figuresOf(of([last - 1])) : null,
    mean: meant.length > 0 ? figuresOf(of(meant), meant.length) : null,
  }
}

/** Indices of the weeks that the mean is of. */
function meantWeeks(inUse: readonly boolean[]): number[] {
  const last = inUse.length - 1
  return inUse.flatMap((used, week) => {
    return used && week < last && week >= last - WEEKS_IN_MEAN ? [week] : []
  })
}

function accountReports(
  facts: readonly Fact[],
  inUse: readonly boolean[],
  week: Week,
  spans: readonly AccountSpan[],
): AccountReport[] {
  const known = new Map(spans.map((span) => [span.name, span]))
  const within = (at: Instant | null | undefined): at is Instant =>
    typeof at === 'number' && at >= week.startAt && at < week.endAt
  return [...groupBy(facts, ({ account }) => account)]
    .map(([account, own]) => {
      const span = known.get(account)
      return {
        account,
        platform: own.at(-1)?.platform ?? '',
        ...compare(own, inUse),
        ...(within(span?.createdAt) ? { addedAt: span.createdAt } : {}),
        ...(within(span?.removedAt) ? { removedAt: span.removedAt } : {}),
        weeks: inUse.map((_, index) => figuresOf(own.filter((fact) => fact.week === index))),
      }
    })
    .sort((a, b) => place(a.account) - place(b.account) || a.account.localeCompare(b.account, 'en'))
  // In the order of the accounts file; what it no longer names comes last.
  function place(account: string): number {
    const span = known.get(account)
    return span && span.removedAt === null ? span.position : Number.MAX_SAFE_INTEGER
  }
}
