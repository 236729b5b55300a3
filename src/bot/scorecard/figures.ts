import type { Fact, FactKind } from './facts.js'

/** How long things took, milliseconds. */
export interface Durations {
  readonly count: number
  readonly meanMs: number
  readonly medianMs: number
  readonly worstMs: number
}

/** The figures of a week, of one account or of all; docs/scorecard.md defines each. */
export interface Figures {
  /** Targets that came to a result. */
  readonly settled: number
  /** Of those, live. */
  readonly live: number
  /** Of those, live without anything having gone wrong. */
  readonly atFirst: number
  /** Cancelled by a person after a failure; not among the settled. */
  readonly givenUp: number
  readonly manualRetries: number
  /** Failed publishes that became live; null when there were none. */
  readonly resolved: Durations | null
  readonly duplicates: number
  readonly removed: number
  readonly prevented: number
  readonly late: number
  readonly missed: number
  /** Posted by a person, on platforms without an API; in no other figure. */
  readonly byHand: number
  readonly questions: {
    readonly asked: number
    readonly withdrawn: number
    /** Null when no question was answered. */
    readonly answered: Durations | null
  }
}

/**
 * Sums facts up.
 * @param weeks divides what is counted, for the mean week of several; rates and durations are
 * those of all the weeks taken together
 */
export function figuresOf(facts: readonly Fact[], weeks = 1): Figures {
  const sums: Partial<Record<FactKind, number>> = {}
  const times: Partial<Record<FactKind, number[]>> = {}
  for (const { kind, count, ms } of facts) {
    sums[kind] = (sums[kind] ?? 0) + count
    if (ms === undefined) continue
    const known = times[kind] ?? []
    known.push(ms)
    times[kind] = known
  }
  const sum = (kind: FactKind) => (sums[kind] ?? 0) / weeks
  return {
    settled: sum('settled'),
    live: sum('live'),
    atFirst: sum('atFirst'),
    givenUp: sum('givenUp'),
    manualRetries: sum('retried'),
    resolved: durationsOf(times.resolved ?? [], weeks),
    duplicates: sum('duplicate'),
    removed: sum('removed'),
    prevented: sum('prevented'),
    late: sum('late'),
    missed: sum('missed'),
    byHand: sum('byHand'),
    questions: {
      asked: sum('asked'),
      withdrawn: sum('withdrawn'),
      answered: durationsOf(times.answered ?? [], weeks),
    },
  }
}

/** Share of settled targets that are live, 0 to 1; undefined when nothing came to a result. */
export function successRate({
  live,
  settled,
}: Pick<Figures, 'live' | 'settled'>): number | undefined {
  return settled === 0 ? undefined : live / settled
}

/** Share of settled targets that went live without anything having gone wrong, 0 to 1. */
export function firstAttemptRate({ atFirst, settled }: Figures): number | undefined {
  return settled === 0 ? undefined : atFirst / settled
}

function durationsOf(times: readonly number[], weeks: number): Durations | null {
  if (times.length === 0) return null
  const sorted = [...times].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const lower = sorted[Math.ceil(middle) - 1] ?? 0
  const upper = sorted[Math.floor(middle)] ?? 0
  return {
    count: times.length / weeks,
    meanMs: times.reduce((sum, ms) => sum + ms, 0) / times.length,
    medianMs: (lower + upper) / 2,
    worstMs: sorted.at(-1) ?? 0,
  }
}
