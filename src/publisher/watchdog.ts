import { repeat } from '../repeat.js'
import { takeDue } from '../store/load-targets.js'
import { createAttendants } from './attendants.js'
import type { PublisherDeps } from './deps.js'
import { messageOf } from './record.js'

const LOOK_EVERY_MS = 5_000
/** A bell is answered well within this, unless there is very much in line. */
const OVERDUE_MS = 10_000
/** Attended to at the same time: the queue does the work, this only makes sure that nothing waits for it in vain. */
const AT_A_TIME = 20

/**
 * Attends to what is overdue without asking the queue: bells may have been lost, or stand in a queue
 * that takes them and hands none out. The claim in the store keeps two from doing the same.
 */
export function startWatchdog(
  deps: PublisherDeps,
  attendTo: (targetId: string) => Promise<void>,
  { everyMs = LOOK_EVERY_MS, overdueMs = OVERDUE_MS } = {},
): { stop(): Promise<void> } {
  const { database, log, now } = deps
  const attendants = createAttendants(attendTo, AT_A_TIME, (error, targetId) =>
    log.warn({ targetId, error: messageOf(error) }, 'an overdue target could not be attended to'),
  )
  const timer = repeat(
    async () => {
      // Twice as many, because those that are attended to already may be among them.
      const overdue = await takeDue(database.orm, now() - overdueMs, 2 * AT_A_TIME)
      if (overdue.length === 0) return
      log.warn({ targets: overdue.length, dueAt: overdue[0]?.dueAt }, 'overdue; the queue is slow')
      attendants.begin(overdue.map(({ id }) => id))
    },
    everyMs,
    (error) => log.warn({ error: messageOf(error) }, 'the watchdog could not look'),
  )
  return {
    async stop() {
      await timer.stop()
      await attendants.ended()
    },
  }
}
