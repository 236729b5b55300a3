import { startRounds } from '../publisher/rounds.js'
import { listAccounts } from '../store/accounts.js'
import type { Parts } from './parts.js'

const FOLLOW_EVERY_MS = 60_000

/**
 * Lets this process go by what checks have learned of the platforms, also one that makes no checks
 * itself, and one that has just been started.
 */
export async function followChecks({
  database,
  desk,
  log,
  stops,
}: Pick<Parts, 'database' | 'desk' | 'log' | 'stops'>): Promise<void> {
  if (!desk.learns) return
  const round = async () => {
    for (const { name, checked } of await listAccounts(database.orm)) desk.learn(name, checked)
  }
  const failed = (error: unknown) =>
    log.warn({ error: (error as Error).message }, 'could not read what checks have learned')
  await round().catch(failed)
  const channel = 'pressroom_checked'
  const following = await startRounds(round, {
    database,
    channel,
    everyMs: FOLLOW_EVERY_MS,
    failed,
  })
  stops.ends('following checks', following.stop)
}
