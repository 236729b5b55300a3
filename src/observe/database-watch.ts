import type { Log } from '../log.js'
import { answers } from './readiness.js'

/** One slow answer is no outage. */
const AWAY_AFTER_FAILURES = 2

/**
 * Says in the log when the database stops answering and when it answers again, once each; whatever
 * else fails meanwhile follows from that. Made to be called every few seconds; never rejects.
 */
export function createDatabaseWatch(
  ping: () => Promise<unknown>,
  log: Pick<Log, 'error' | 'warn'>,
  now: () => number,
): () => Promise<void> {
  const check = answers(ping, 'away')
  let failures = 0
  let failingSince = 0
  return async () => {
    if ((await check()) === undefined) {
      if (failures >= AWAY_AFTER_FAILURES) {
        log.warn({ awayMs: now() - failingSince }, 'the database answers again')
      }
      failures = 0
      return
    }
    if (failures === 0) failingSince = now()
    failures += 1
    if (failures === AWAY_AFTER_FAILURES) {
      log.error('the database does not answer: nothing is queued or sent until it does')
    }
  }
}
