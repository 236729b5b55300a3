/** The numbers behind every wait; see "Running it" in the README for the names people set. */
export interface Policy {
  readonly maxAttempts: number
  readonly backoffBaseMs: number
  readonly backoffMaxMs: number
  readonly settleBaseMs: number
  /** Look-ups before an unproven absence becomes a question to a person. */
  readonly maxLookUps: number
  /** Look-ups that must come back empty before a refusal is believed. */
  readonly refusalLookUps: number
  /** The same, where only a list speaks that may leave the post out or show it late. */
  readonly refusalListLookUps: number
  /** Look-ups that may fail to run before a person is asked. */
  readonly maxLookUpErrors: number
  /** Delays after which an unconfirmed or live target is looked at again. */
  readonly recheckMs: readonly number[]
  /** How long a platform may keep processing before we stop believing it. */
  readonly processingDeadlineMs: number
  /** Lateness up to which a due target is still sent without asking. */
  readonly graceMs: number
  /** Age after which a target that keeps failing is no longer retried by itself. */
  readonly staleAfterMs: number
}

const SETTLE_CAP_MS = 60_000
const SETTLE_CAP_FACTOR = 20

/**
 * Delay before the next automatic attempt: exponential backoff with full jitter.
 * @param attempts automatic attempts made so far in this round, from 1
 * @param jitter uniform in [0, 1), supplied by the caller
 * @returns milliseconds, below `policy.backoffMaxMs`
 * @throws RangeError if `attempts` is below 1
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffDelayMs(attempts: number, jitter: number, policy: Policy): number {
  if (attempts < 1) throw new RangeError(`attempts start at 1, got ${attempts}`)
  return Math.floor(jitter * wholeBackoffMs(attempts, policy))
}

/** The backoff without jitter, which could make it nothing: for a rate limit that names no time. */
export function wholeBackoffMs(attempts: number, policy: Policy): number {
  return Math.min(policy.backoffMaxMs, policy.backoffBaseMs * 2 ** Math.max(0, attempts - 1))
}

/**
 * Delay before look-up or poll number `done + 1`: the base, doubled each time,
 * at most 60 s or 20 times the base, whichever is less.
 * @returns milliseconds
 */
export function settleDelayMs(done: number, policy: Policy): number {
  const cap = Math.min(SETTLE_CAP_MS, SETTLE_CAP_FACTOR * policy.settleBaseMs)
  return Math.min(cap, policy.settleBaseMs * 2 ** done)
}

/** Defaults for everything that has no environment name of its own. */
export function createPolicy(
  settings: Partial<Policy> & Pick<Policy, 'settleBaseMs' | 'backoffBaseMs'>,
): Policy {
  const MINUTE = 60_000
  const HOUR = 60 * MINUTE
  return {
    maxAttempts: 6,
    backoffMaxMs: Math.max(15 * MINUTE, settings.backoffBaseMs),
    maxLookUps: 5,
    refusalLookUps: 2,
    refusalListLookUps: 3,
    maxLookUpErrors: 10,
    recheckMs: [5 * MINUTE, HOUR, 24 * HOUR],
    // Meta advises polling once a minute for at most five minutes; video may take far longer.
    processingDeadlineMs: Math.min(30 * MINUTE, 400 * settings.settleBaseMs),
    graceMs: 15 * MINUTE,
    staleAfterMs: 24 * HOUR,
    ...settings,
  }
}
