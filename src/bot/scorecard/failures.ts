import type { Instant } from '../../publisher/core/target.js'
import type { LoggedEvent, TargetHistory } from '../../store/scorecard-history.js'

/** A time in which a post was not live although it should have been. */
export interface Failure {
  readonly targetId: string
  readonly postId: string
  readonly account: string
  readonly platform: string
  /** The first unsuccessful outcome. */
  readonly startedAt: Instant
  /** The event that told of it. */
  readonly startedBy: LoggedEvent
  /** Undefined while it lasts. */
  readonly end?: { readonly at: Instant; readonly how: 'live' | 'cancelled' }
  /** What happened to the target up to the end of what was looked at. */
  readonly last: LoggedEvent
}

/**
 * Whether an event is an unsuccessful outcome: an attempt that did not end with a live post (also
 * one whose answer was lost), a worker that stopped in mid-attempt, or a post that was held
 * instead of being sent.
 */
function isUnsuccessful({ type, to }: LoggedEvent): boolean {
  if (type === 'attempted') {
    return ['waiting', 'reconciling', 'failed', 'held', 'unconfirmed'].includes(to)
  }
  if (type === 'leaseEnded') return true
  return type === 'claimed' && (to === 'reconciling' || to === 'held')
}

/**
 * The failures of a target, each from the first unsuccessful outcome until it was live, or until a
 * person gave up on it. Posting by hand cannot fail: the question is how it is done there.
 */
export function failuresOf(history: TargetHistory): Failure[] {
  const { targetId, postId, account, platform, events } = history
  if (platform === 'manual') return []
  const failures: Failure[] = []
  let startedBy: LoggedEvent | undefined
  const close = (begun: LoggedEvent, last: LoggedEvent, end?: Failure['end']) => {
    const failure = { targetId, postId, account, platform, startedAt: begun.at, startedBy: begun }
    failures.push({ ...failure, last, ...(end ? { end } : {}) })
    startedBy = undefined
  }
  for (const event of events) {
    if (!startedBy && isUnsuccessful(event)) startedBy = event
    if (!startedBy) continue
    if (event.to === 'published') close(startedBy, event, { at: event.at, how: 'live' })
    else if (event.to === 'cancelled') close(startedBy, event, { at: event.at, how: 'cancelled' })
  }
  const last = events.at(-1)
  if (startedBy && last) close(startedBy, last)
  return failures
}
