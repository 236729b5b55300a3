import { putOff } from '../store/heal-due-at.js'
import { isAway } from '../store/server-connections.js'
import { startComparisons } from './compare.js'
import { startCredentialChecks } from './credentials.js'
import type { PublisherDeps } from './deps.js'
import { startPreflight } from './preflight.js'
import type { Doorbell } from './queue/queue.js'
import { startRelay } from './relay.js'
import { startRemovals } from './removals.js'
import { createTraffic, type Traffic } from './traffic.js'
import { startWatchdog } from './watchdog.js'
import { attend } from './worker.js'

export interface Publisher {
  /** Takes no more work, and ends when what is under way has ended. */
  stop(): Promise<void>
}

/** Starts the workers of this process: they answer bells, ring what is due and check credentials. */
export async function startPublisher(
  deps: PublisherDeps,
  doorbell: Doorbell,
  options: {
    concurrency?: number
    sweepEveryMs?: number
    watchdog?: { everyMs?: number; overdueMs?: number }
  } = {},
): Promise<Publisher> {
  const traffic = createTraffic(deps)
  let stopping = false
  const attendTo = async (targetId: string) => {
    if (!stopping) await attendOrPutOff(targetId, deps, traffic)
  }
  const answering = await doorbell.answer({ concurrency: options.concurrency ?? 20 }, attendTo)
  const relay = await startRelay(deps, doorbell, attendTo, options)
  const watchdog = startWatchdog(deps, attendTo, options.watchdog)
  const preflight = startPreflight(deps)
  const checks = await startCredentialChecks(deps, relay.sweep)
  const comparisons = await startComparisons(deps)
  const removals = await startRemovals(deps)
  return {
    async stop() {
      // Nothing more is taken from here on, while what is under way and the rest come to their end.
      stopping = true
      const others = [removals, comparisons, checks, preflight, watchdog, relay]
      await Promise.all([answering, ...others].map((part) => part.stop()))
    },
  }
}

/**
 * Attends to a target. When that throws although the database is there, the target may be put off, so
 * that one which throws every time does not keep the others waiting.
 * @throws whatever attending to it threw
 */
export async function attendOrPutOff(
  targetId: string,
  deps: PublisherDeps,
  traffic: Traffic,
): Promise<void> {
  try {
    await attend(targetId, deps, traffic)
  } catch (error) {
    if (!isAway(error)) await putOff(deps.database.orm, targetId, deps.now()).catch(() => {})
    throw error
  }
}
