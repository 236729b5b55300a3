import pLimit from 'p-limit'
import { putOff } from '../store/heal-due-at.js'
import { loadTarget, takeAbandoned } from '../store/load-targets.js'
import { recordTransition, StaleVersionError } from '../store/record-transition.js'
import { isAway } from '../store/server-connections.js'
import { decide } from './core/decide.js'
import type { PublisherDeps } from './deps.js'
import { messageOf } from './record.js'

type WatchDeps = Pick<PublisherDeps, 'database' | 'now' | 'log' | 'policy'>

const MOST = 500
const AT_A_TIME = 8

/**
 * Writes down that what a worker had in hand is in doubt once its lease has ended, so that the thread
 * does not call it under way until a worker is there again, or has come to it in its line. It looks on
 * no platform and sends nothing: that is left to the workers. Made to be called again and again.
 */
export async function watchLeases(deps: WatchDeps): Promise<void> {
  const { database, now, log } = deps
  const limit = pLimit(AT_A_TIME)
  await limit.map(await takeAbandoned(database.orm, now(), MOST), async (targetId) => {
    try {
      await giveUp(targetId, deps)
    } catch (error) {
      if (isAway(error)) throw error
      await putOff(database.orm, targetId, now()).catch(() => {})
      log.error({ targetId, error: messageOf(error) }, 'an ended lease could not be recorded')
    }
  })
}

async function giveUp(targetId: string, { database, now, log, policy }: WatchDeps): Promise<void> {
  const loaded = await loadTarget(database.orm, targetId)
  if (!loaded) return
  const { stored } = loaded
  const event = { type: 'leaseEnded', at: now() } as const
  // What its platform can do matters to those who look there.
  const can = { canLookUp: false, canVerify: false }
  const decision = decide(stored.target, event, { policy, can })
  if (decision.kind === 'refused') return
  try {
    await recordTransition(database.orm, stored, event, decision)
  } catch (error) {
    if (error instanceof StaleVersionError) return // a worker was faster
    throw error
  }
  log.warn({ postId: stored.postId, targetId }, 'the worker that held a target is gone or frozen')
}
