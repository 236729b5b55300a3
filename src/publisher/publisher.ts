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
  const parts: { stop(): Promise<void> }[] = []
  const withStop = <T extends { stop(): Promise<void> }>(part: T): T => {
    parts.push(part)
    return part
  }
  const stop = async () => {
    // Nothing more is taken from here on, while what is under way and the rest come to their end.
    stopping = true
    await Promise.all(parts.map((part) => part.stop()))
  }
  try {
    withStop(await doorbell.answer({ concurrency: options.concurrency ?? 20 }, attendTo))
    const relay = withStop(await startRelay(deps, doorbell, attendTo, options))
    withStop(startWatchdog(deps, attendTo, options.watchdog))
    withStop(startPreflight(deps))
    withStop(await startCredentialChecks(deps, relay.sweep))
    withStop(await startComparisons(deps))
    withStop(await startRemovals(deps))
  } catch (error) {
    // Nobody else could stop what has been started.
    await stop().catch(() => {})
    throw error
  }
  return { stop }
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
