import { LATE_MS } from '../../publisher/core/moves.js'
import type { Instant } from '../../publisher/core/target.js'
import type { LoggedEvent, TargetHistory } from '../../store/scorecard-history.js'
import { failuresOf } from './failures.js'

/** What a scorecard counts; docs/scorecard.md says what each means. */
export type FactKind =
  | 'settled'
  | 'live'
  | 'atFirst'
  | 'givenUp'
  | 'retried'
  | 'resolved'
  | 'duplicate'
  | 'removed'
  | 'prevented'
  | 'late'
  | 'missed'
  | 'asked'
  | 'answered'
  | 'withdrawn'
  | 'byHand'

/** Something that counts, in the week it counts for. */
export interface Fact {
  readonly account: string
  readonly platform: string
  /** Index into the weeks that were asked about. */
  readonly week: number
  readonly kind: FactKind
  readonly count: number
  /** How long it took, for what takes time. */
  readonly ms?: number
}

/** A week as far as it is over. */
export interface Span {
  readonly startAt: Instant
  /** Its end, or now while it runs. */
  readonly seenAt: Instant
}

/** The week of these that an instant belongs to, or -1. */
export function weekIndex(at: Instant, weeks: readonly Span[]): number {
  return weeks.findIndex(({ startAt, seenAt }) => at >= startAt && at < seenAt)
}

interface Dated {
  readonly kind: FactKind
  readonly at: Instant
  readonly ms?: number
}

/** What one target's story adds to the figures of these weeks. */
export function factsOf(history: TargetHistory, weeks: readonly Span[]): Fact[] {
  const { account, platform } = history
  const dated = [
    ...missed(history),
    ...(platform === 'manual'
      ? byHand(history)
      : [
          ...result(history, weeks),
          ...lateness(history),
          ...deeds(history),
          ...questions(history),
          ...resolutions(history),
        ]),
  ]
  return dated.flatMap(({ at, ...fact }) => {
    const week = weekIndex(at, weeks)
    return week < 0 ? [] : [{ account, platform, week, count: 1, ...fact }]
  })
}

const RESULTS = new Set(['published', 'failed', 'unconfirmed', 'held', 'cancelled'])

/**
 * A target belongs to the week in which it first came to a result, so that it is counted once,
 * whenever it was asked for. What that week says of it is how it stood when the week ended.
 */
function result(history: TargetHistory, weeks: readonly Span[]): Dated[] {
  const { events } = history
  const first = events.find(({ from, to }) => from !== to && RESULTS.has(to))
  const week = first && weeks[weekIndex(first.at, weeks)]
  if (!week) return []
  const { at } = first
  const known = events.filter((event) => event.at < week.seenAt)
  const live = known.find(({ to }) => to === 'published')
  const began = failuresOf(history)[0]?.startedBy
  if (!live && known.at(-1)?.to === 'cancelled') {
    return began && began.at < week.seenAt ? [{ kind: 'givenUp', at }] : []
  }
  return [
    { kind: 'settled', at },
    ...(live ? [{ kind: 'live', at } as const] : []),
    ...(live && !(began && began.id < live.id) ? [{ kind: 'atFirst', at } as const] : []),
  ]
}

/** A person said it is out; how well that went is not ours to measure. */
function byHand({ events }: TargetHistory): Dated[] {
  const live = events.find(({ to }) => to === 'published')
  return live ? [{ kind: 'byHand', at: live.at }] : []
}

/** It is told once, however often it is put off again. */
function missed({ events }: TargetHistory): Dated[] {
  const first = events.find(isMissed)
  return first ? [{ kind: 'missed', at: first.at }] : []
}

function isMissed({ type, to, reason }: LoggedEvent): boolean {
  return to === 'held' && reason === 'stale' && (type === 'claimed' || type === 'accountRestored')
}

/** A missed post is not late as well. */
function lateness({ events, dueAt }: TargetHistory): Dated[] {
  const live = events.find(({ to }) => to === 'published')
  if (!live) return []
  const before = events.slice(0, events.indexOf(live))
  if (before.some(isMissed) || live.at - dueOf(before, dueAt) <= LATE_MS) return []
  return [{ kind: 'late', at: live.at }]
}

/** People move the time: an approval makes it due, a new time replaces the old one. */
function dueOf(before: readonly LoggedEvent[], askedAt: Instant): Instant {
  let dueAt = askedAt
  for (const [index, { type, at }] of before.entries()) {
    if (type === 'approved') dueAt = Math.max(dueAt, at)
    // The log does not keep the new time; a target is taken up when it is due.
    if (type === 'rescheduled') {
      dueAt = before.slice(index).find((next) => next.type === 'claimed')?.at ?? at
    }
  }
  return dueAt
}

function deeds({ events }: TargetHistory): Dated[] {
  return events.flatMap((event): Dated[] => {
    const { at } = event
    if (isManualRetry(event)) return [{ kind: 'retried', at }]
    if (event.type === 'lookedUp' && event.to === 'published' && event.copies < 2) {
      return [{ kind: 'prevented', at }]
    }
    return []
  })
}

/** Somebody asked for one more attempt at what had been attempted before. */
function isManualRetry({ type, to, attempt }: LoggedEvent): boolean {
  return (
    to === 'queued' &&
    attempt > 0 &&
    ['retryRequested', 'edited', 'publishNowRequested'].includes(type)
  )
}

function questions({ events }: TargetHistory): Dated[] {
  const dated: Dated[] = []
  let askedAt: Instant | undefined
  for (const { type, from, to, at } of events) {
    if (to === 'unconfirmed' && from !== 'unconfirmed') {
      askedAt = at
      dated.push({ kind: 'asked', at })
    } else if (to !== 'unconfirmed' && askedAt !== undefined) {
      const answered = type === 'verdictGiven'
      dated.push(answered ? { kind: 'answered', at, ms: at - askedAt } : { kind: 'withdrawn', at })
      askedAt = undefined
    }
  }
  return dated
}

function resolutions(history: TargetHistory): Dated[] {
  return failuresOf(history).flatMap(({ startedAt, end }): Dated[] =>
    end?.how === 'live' ? [{ kind: 'resolved', at: end.at, ms: end.at - startedAt }] : [],
  )
}
