import { randomUUID } from 'node:crypto'
import { isUniqueViolation } from '../store/database.js'
import { healDueAt } from '../store/heal-due-at.js'
import { loadTarget } from '../store/load-targets.js'
import { recordTransition, StaleVersionError } from '../store/record-transition.js'
import type { StoredTarget } from '../store/stored-target.js'
import { absentAccount, NO_ACCOUNT } from './absent-account.js'
import { type Connector, capabilitiesOf } from './connectors/connector.js'
import { type Context, decide } from './core/decide.js'
import type { AccountGate, TargetEvent } from './core/target.js'
import type { PublisherDeps } from './deps.js'
import { requestFor } from './request-for.js'
import { createTraffic, type Traffic } from './traffic.js'
import { Turn } from './turn.js'

/**
 * Answers one bell: claims the target if it is due and free, does the one thing that is to be done
 * for it, and records what came of it. Leaves quietly when somebody else holds it.
 */
export async function attend(
  targetId: string,
  deps: PublisherDeps,
  traffic: Traffic = createTraffic(deps),
): Promise<void> {
  const { orm } = deps.database
  const loaded = await loadTarget(orm, targetId)
  if (!loaded) return
  await deps.renewals?.follow(loaded.stored.account, loaded.renewedAt)
  const token = randomUUID()
  try {
    await claimAndWork(loaded, token, deps, traffic)
  } finally {
    await traffic.left(loaded.stored, token)
  }
}

async function claimAndWork(
  loaded: { readonly stored: StoredTarget; readonly gate: AccountGate },
  token: string,
  deps: PublisherDeps,
  traffic: Traffic,
): Promise<void> {
  const { orm } = deps.database
  const { account, platform, id: targetId } = loaded.stored
  const named = deps.connector(account)
  const gate: AccountGate = named
    ? await traffic.pass(loaded.stored, loaded.gate, token)
    : { kind: 'held', reason: NO_ACCOUNT }
  const connector = named ?? absentAccount(platform as Connector['platform'])
  const can = capabilitiesOf(connector)
  const context: Context = { policy: deps.policy, can }
  const at = deps.now()
  const lease = { token, worker: deps.worker, expiresAt: at + deps.leaseMs }
  const where = connector.where(requestFor(loaded.stored))
  const event = { type: 'claimed', at, lease, gate, where } as const
  const decision = decide(loaded.stored.target, event, context)
  if (decision.kind === 'refused') return healDueAt(orm, loaded.stored, at)
  let claimed: StoredTarget
  try {
    claimed = await recordTransition(orm, loaded.stored, event, decision)
  } catch (error) {
    if (error instanceof StaleVersionError) return // another worker was faster
    if (isUniqueViolation(error)) return recordForeign(loaded.stored, event, context, deps)
    throw error
  }
  if (!decision.task) return
  const { postId, target } = claimed
  const about = { postId, targetId, account, attempt: target.attempt }
  deps.log.info({ ...about, task: decision.task }, 'working on a target')
  await new Turn(deps, context, connector, gate, traffic).perform(decision.task, claimed)
}

/** The post that a late answer named is another target's, so that a person has to look. */
async function recordForeign(
  stored: StoredTarget,
  event: Extract<TargetEvent, { type: 'claimed' }>,
  context: Context,
  { database: { orm } }: PublisherDeps,
): Promise<void> {
  const instead: TargetEvent = { ...event, foreign: true }
  const decision = decide(stored.target, instead, context)
  if (decision.kind === 'refused') return
  await recordTransition(orm, stored, instead, decision).catch((error) => {
    if (!(error instanceof StaleVersionError)) throw error
  })
}
