import { recordComparison, takeDueComparisons } from '../store/comparisons.js'
import { liveSince } from '../store/duplicates.js'
import { isAway } from '../store/server-connections.js'
import type { PublisherDeps } from './deps.js'
import { messageOf } from './record.js'
import { startRounds } from './rounds.js'
import { lookAgain } from './turn.js'

const SWEEP_EVERY_MS = 10_000
const LEASE_MS = 5 * 60_000
/** A week, and some time for a scorecard that comes late. */
const SINCE_MS = 8 * 86_400_000
/** Every post is looked at three times anyway, and reading costs money and quota on some platforms. */
const NEWEST = 100

/**
 * Compares what is live on an account with what was sent there, when asked: each of the newest
 * posts is looked at as in its ordinary turn, so two copies, or none, become an incident.
 */
export async function startComparisons(deps: PublisherDeps): Promise<{ stop(): Promise<void> }> {
  const { database, log } = deps
  const round = async (stopping: AbortSignal) => {
    const names = await takeDueComparisons(database.orm, deps.now(), LEASE_MS)
    await Promise.all(names.map((name) => compareAccount(name, deps, stopping)))
  }
  const failed = (error: unknown) =>
    log.warn({ error: (error as Error).message }, 'comparisons did not work; tried again')
  const channel = 'pressroom_compare'
  return startRounds(round, { database, channel, everyMs: SWEEP_EVERY_MS, failed })
}

/**
 * One post after the other, so that no platform is hurried. What is `stopping` in the middle is done
 * again when its lease has ended.
 */
export async function compareAccount(
  name: string,
  deps: PublisherDeps,
  stopping?: AbortSignal,
): Promise<void> {
  const { orm } = deps.database
  if (deps.connector(name)?.verify) {
    const ids = await liveSince(orm, name, deps.now() - SINCE_MS, NEWEST)
    for (const id of ids) {
      if (stopping?.aborted) return
      try {
        await lookAgain(id, deps)
      } catch (error) {
        if (isAway(error)) throw error
        deps.log.error({ targetId: id, error: messageOf(error) }, 'a live post was not looked at')
      }
    }
  }
  await recordComparison(orm, name, deps.now())
}
