import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Gauges } from '../store/load-gauges.js'

/** What is counted and measured while the program works; for Prometheus. */
export interface Metrics {
  /** One try at a target ended. */
  attempted(platform: string, outcome: string, tookMs: number): void
  /** What an attempt or a later poll of it taught. */
  learned(platform: string, outcome: string): void
  /** A look-up ended: `found`, `absent`, `unclear` or `error`. */
  lookedUp(platform: string, finding: string): void
  chatCall(chat: string, operation: string, result: string, tookMs: number): void
  /** How long a chat call waited for its turn inside what the chat allows. */
  chatWaited(chat: string, operation: string, waitedMs: number): void
  /** In Prometheus' text format. Figures that could not be had are left out. */
  text(read: Readings): Promise<{ body: string; contentType: string }>
}

/** What is read at the moment of asking; undefined where it could not be had in time. */
export interface Readings {
  readonly gauges: Gauges | undefined
  /** Bells in the queue; null where this process has no queue. */
  readonly queueDepth: number | null | undefined
  readonly now: number
}

const PLATFORM_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]
const WAIT_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 300]

/** Every state that the store is asked about, so that none disappears when it is empty. */
const STATES = [
  'scheduled',
  'queued',
  'publishing',
  'processing',
  'waiting',
  'reconciling',
  'unconfirmed',
  'held',
  'failed',
]

/** @param version shown in `pressroom_build_info` */
export function createMetrics(version: string): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  const histogram = (name: string, help: string, labelNames: string[], buckets: number[]) =>
    new Histogram({ name, help, labelNames, buckets, registers })
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers })
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers })

  const attempts = histogram(
    'pressroom_attempt_duration_seconds',
    'How long attempts took, by platform and outcome.',
    ['platform', 'outcome'],
    PLATFORM_SECONDS,
  )
  const outcomes = counter(
    'pressroom_outcomes_total',
    'What attempts and polls taught, by platform.',
    ['platform', 'outcome'],
  )
  const lookUps = counter('pressroom_lookups_total', 'What look-ups found, by platform.', [
    'platform',
    'finding',
  ])
  const calls = histogram(
    'pressroom_chat_call_duration_seconds',
    'How long chat calls took, by result.',
    ['chat', 'operation', 'result'],
    PLATFORM_SECONDS,
  )
  const waits = histogram(
    'pressroom_chat_wait_seconds',
    'How long chat calls waited for their turn inside the rate limits.',
    ['chat', 'operation'],
    WAIT_SECONDS,
  )
  const targets = gauge(
    'pressroom_targets',
    'Targets that are not live or cancelled, by state. The same in every process.',
    ['state'],
  )
  const overdue = gauge(
    'pressroom_oldest_overdue_seconds',
    'For how long the longest overdue target has been waiting. The same in every process.',
  )
  const untold = gauge(
    'pressroom_posts_untold',
    'Posts whose thread does not show yet how they stand. The same in every process.',
  )
  const accounts = gauge(
    'pressroom_accounts',
    'Accounts by platform; held ones have a refused credential. The same in every process.',
    ['platform', 'status'],
  )
  const depth = gauge('pressroom_queue_depth', 'Bells that wait or are being answered.')
  const up = gauge('pressroom_database_up', 'Whether the database answered while this was read.')
  gauge('pressroom_build_info', 'Always 1.', ['version']).set({ version }, 1)

  function show({ gauges, queueDepth, now }: Readings): void {
    for (const one of [targets, overdue, untold, accounts, depth]) one.reset()
    up.set(gauges ? 1 : 0)
    // A gauge without labels is 0 after a reset, which would be a claim.
    if (typeof queueDepth === 'number') depth.set(queueDepth)
    else depth.remove()
    if (!gauges) {
      overdue.remove()
      untold.remove()
      return
    }
    for (const state of STATES) targets.set({ state }, 0)
    for (const { state, count } of gauges.targets) targets.set({ state }, count)
    for (const { platform, status, count } of gauges.accounts)
      accounts.set({ platform, status }, count)
    untold.set(gauges.untold)
    const { oldestDueAt } = gauges
    overdue.set(oldestDueAt === null ? 0 : Math.max(0, now - oldestDueAt) / 1000)
  }

  return {
    attempted: (platform, outcome, tookMs) =>
      attempts.observe({ platform, outcome }, tookMs / 1000),
    learned: (platform, outcome) => outcomes.inc({ platform, outcome }),
    lookedUp: (platform, finding) => lookUps.inc({ platform, finding }),
    chatCall: (chat, operation, result, tookMs) =>
      calls.observe({ chat, operation, result }, tookMs / 1000),
    chatWaited: (chat, operation, waitedMs) => waits.observe({ chat, operation }, waitedMs / 1000),
    async text(readings) {
      show(readings)
      return { body: await registry.metrics(), contentType: registry.contentType }
    },
  }
}
