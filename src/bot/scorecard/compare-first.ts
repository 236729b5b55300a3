import { requestComparisons } from '../../store/comparisons.js'
import type { BotDeps } from '../deps.js'
import { hear } from '../hear.js'

/** What was compared so shortly before is not compared again. */
const FRESH_MS = 10 * 60_000

/**
 * Lets the workers compare what is live with what was sent, so that a scorecard tells of every
 * duplicate. What is not done within `waitMs`, or when the program stops, is told by the next
 * scorecard. Never throws.
 */
export async function compareFirst(deps: BotDeps, waitMs: number): Promise<void> {
  const { database, now, log, stopping } = deps
  try {
    const heard = await hear('pressroom_compared', database)
    try {
      const at = now()
      const names = await requestComparisons(database.orm, { now: at, notSince: at - FRESH_MS })
      await heard.until(names, waitMs, stopping)
    } finally {
      await heard.end()
    }
  } catch (error) {
    log.warn({ err: error }, 'what is live could not be compared before a scorecard')
  }
}
