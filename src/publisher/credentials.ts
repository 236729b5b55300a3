import { recordCheck, takeDueChecks } from '../store/accounts.js'
import type { CredentialCheck } from './connectors/connector.js'
import type { PublisherDeps } from './deps.js'
import { repeat } from './relay.js'
import { createReader } from './steps.js'

const HOUR_MS = 3_600_000
const NEXT_CHECK_MS = { ok: 6 * HOUR_MS, refused: 5 * 60_000, unknown: 60_000 } as const
const SWEEP_EVERY_MS = 10_000

/**
 * Checks the accounts whose check is due, when asked and by itself. A refused credential holds the
 * account; one that works releases it, and the relay lets its held targets go on.
 */
export async function startCredentialChecks(
  deps: PublisherDeps,
  afterCheck: () => Promise<void>,
): Promise<{ stop(): Promise<void> }> {
  const { database, log } = deps
  const run = async () => {
    const names = await takeDueChecks(database.orm, deps.now(), deps.leaseMs)
    await Promise.all(names.map((name) => checkAccount(name, deps)))
    if (names.length > 0) await afterCheck()
  }
  const failed = (error: unknown) =>
    log.warn({ error: (error as Error).message }, 'credential checks did not work; tried again')
  const timer = repeat(run, SWEEP_EVERY_MS, failed)
  const unlisten = await database.listen('pressroom_check', () => void run().catch(failed))
  return {
    async stop() {
      await unlisten()
      await timer.stop()
    },
  }
}

async function checkAccount(name: string, deps: PublisherDeps): Promise<void> {
  const connector = deps.connector(name)
  if (!connector) return
  const checked: CredentialCheck = await connector
    .checkCredentials(createReader(deps))
    .catch((error: Error) => {
      deps.log.error({ account: name, error: error.message }, 'a credential check broke off')
      const text = 'Pressroom stumbled over an error of its own; see its log.'
      return { kind: 'unknown', reason: { class: 'unknown', text } }
    })
  const now = deps.now()
  await recordCheck(deps.database.orm, {
    name,
    checked,
    now,
    nextCheckAt: now + NEXT_CHECK_MS[checked.kind],
  })
  if (checked.kind !== 'ok')
    deps.log.warn({ account: name, reason: checked.reason.text }, 'credential check')
}
