import type { Outcome, Reason } from './outcome.js'
import type { Policy } from './retry.js'
import type { Instant } from './target.js'

/** How an attempt on a platform ended, as far as it tells whether the platform works. */
export interface Ending {
  readonly account: string
  readonly at: Instant
  /** It answered, or it did not. */
  readonly answered: boolean
}

/**
 * What the outcome of an attempt tells of its platform, whatever it means for the target: an answer,
 * be it a refusal; silence, where nothing sensible came back; or nothing, where it is not about the
 * platform at all. Pure.
 */
export function heardIn(outcome: Outcome): 'answer' | 'silence' | 'nothing' {
  if (outcome.kind !== 'ambiguous' && outcome.kind !== 'transient') return 'answer'
  if (outcome.kind === 'ambiguous' && (outcome.refusal ?? outcome.remoteId) !== undefined) {
    return 'answer'
  }
  if (isSilent(outcome.reason)) return 'silence'
  return outcome.reason.class === 'unknown' ? 'nothing' : 'answer'
}

/** Whether a reason means that the platform did not answer, or not sensibly. */
export function isSilent(reason: Reason): boolean {
  return reason.class === 'platform' || reason.class === 'network'
}

export const OUTAGE_WITHIN_MS = 5 * 60_000
/** Failures alike, on so many accounts … */
const ACCOUNTS = 3
/** … or, where there are fewer, so many on all of them. */
const FAILURES = 6

/**
 * Whether a platform, or the host that accounts of it share, seems to be down: nothing was answered
 * lately, and attempts failed on several accounts, or many times on each of them. One success says
 * that it is not; one account that fails among others is in trouble of its own. Pure.
 * @param recent endings there, in any order
 * @param accounts how many accounts send there
 */
export function isOutage(recent: readonly Ending[], accounts: number, now: Instant): boolean {
  const lately = recent.filter(({ at }) => now - at <= OUTAGE_WITHIN_MS)
  const answeredAt = Math.max(
    Number.NEGATIVE_INFINITY,
    ...lately.filter(({ answered }) => answered).map(({ at }) => at),
  )
  const failed = lately.filter(({ answered, at }) => !answered && at > answeredAt)
  const failing = new Set(failed.map(({ account }) => account)).size
  return failing >= ACCOUNTS || (failing >= accounts && failed.length >= FAILURES)
}

/**
 * How long after so many probes the next one is made, milliseconds: the retry backoff, a little
 * slower, because one speaks for all.
 */
export function nextProbeMs(
  probes: number,
  { backoffBaseMs }: Pick<Policy, 'backoffBaseMs'>,
): number {
  return backoffBaseMs * Math.min(60, 3 * 2 ** probes)
}
