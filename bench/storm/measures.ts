import type { Overrides } from '../../src/program.js'
import type { StormPlan } from '../../src/sandbox/platforms/index.js'

/** Every wait that much longer, for a machine that is busy with other work. */
export const SLOW = Number(process.env.STORM_SLOW || 1)

/**
 * The product's waits, cut down so that minutes hold what else takes hours. Their order stays as in
 * production: a request ends before its lease, and a late effect lands within the settle delays.
 */
export const WAITS = {
  requestTimeoutMs: 1_000 * SLOW,
  settleMs: 100 * SLOW,
  backoffMs: 50 * SLOW,
  leaseMs: 2_500 * SLOW,
  recheckMs: 30_000,
  /**
   * How late an accepted post may appear. The look-ups of a settle base of 100 ms end after 3.1 s;
   * later than that no product could know, and a person is asked.
   */
  lateMs: 300 * SLOW,
  /**
   * How long a platform takes to answer after it accepted, where it is slow: within the time that a
   * request has, and long enough that many a worker dies between the two.
   */
  slowMs: 600 * SLOW,
} as const

export const TELLING: NonNullable<Overrides['telling']> = {
  sweepEveryMs: 1_000,
  leaseMs: WAITS.leaseMs,
  settleMs: 300,
  editGapMs: 300,
  lingerMs: 200,
  companyMs: 600,
  lookAfterMs: 200,
  absentAfterMs: 1_000,
  backoffMs: 200,
  closedMs: 500,
}

/** On a machine that is busy with other work, starts take long. */
export const UP_WITHIN_MS = 180_000

/** What happens to the product's calls to the platforms: probabilities per call. */
export const FAULT_RATES: StormPlan['rates'] = {
  // The post is made, and the answer is lost or spoiled.
  'mutation:after:reset': 0.03,
  'mutation:after:stall': 0.01,
  'mutation:after:status': 0.03,
  'mutation:after:garbage': 0.01,
  'mutation:after:empty': 0.01,
  'mutation:after:no_id': 0.01,
  'mutation:after:html_error': 0.01,
  'mutation:after:slow': 0.12,
  // The answer is lost first, and the post is made a moment later.
  'mutation:late:reset': 0.01,
  'mutation:late:status': 0.01,
  // Nothing is made, and nobody can tell from outside.
  'mutation:before:reset': 0.01,
  'mutation:before:stall': 0.005,
  'mutation:before:status': 0.015,
  'mutation:before:html_error': 0.005,
  'mutation:before:rate_limit': 0.005,
  'prepare:before:status': 0.01,
  'prepare:after:reset': 0.02,
  'prepare:before:stall': 0.005,
  'prepare:after:garbage': 0.01,
  'read:before:status': 0.02,
  'read:before:reset': 0.01,
  'read:before:stall': 0.005,
  'read:after:garbage': 0.01,
}

/** Chat calls: how many of a hundred go wrong, in any of the ways of `chat.ts`. */
export const CHAT_FAULT_RATE = 0.04
/** Of a hundred commands, how many Slack delivers a second time. */
export const REDELIVERY_RATE = 0.08

/** Two of a platform's accounts share its posts. */
export const ACCOUNTS_PER_PLATFORM = 2
/** Posts under way for each of the people who ask: they ask for no more until some have ended. */
export const POSTS_EACH = 1.5
