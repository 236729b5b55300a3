import { randomUUID } from 'node:crypto'
import { requestCheck } from '../store/accounts.js'
import { isUniqueViolation } from '../store/database.js'
import { sameOnTheirWay, settleDuplicates } from '../store/duplicates.js'
import { healDueAt } from '../store/heal-due-at.js'
import { loadTarget, otherRemoteIds } from '../store/load-targets.js'
import { recordTransition, StaleVersionError } from '../store/record-transition.js'
import type { StoredTarget } from '../store/stored-target.js'
import { absentAccount, NO_ACCOUNT } from './absent-account.js'
import {
  type Connector,
  capabilitiesOf,
  type PublishRequest,
  type Reader,
} from './connectors/connector.js'
import { type Context, decide } from './core/decide.js'
import type { Finding, Outcome, Reason, RemotePost, Sighting } from './core/outcome.js'
import type { AccountGate, TargetEvent, Task } from './core/target.js'
import type { PublisherDeps } from './deps.js'
import { withoutMedia } from './kept-media.js'
import { messageOf, Recorder } from './record.js'
import {
  type ClaimedReader,
  createClaimedReader,
  createReader,
  createSteps,
  LeaseLostError,
} from './steps.js'
import { createTraffic, type Traffic } from './traffic.js'

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

/** Looks at a live target out of its turn, as in its turn. Whoever is at it already sees for us. */
export async function lookAgain(targetId: string, deps: PublisherDeps): Promise<void> {
  const loaded = await loadTarget(deps.database.orm, targetId)
  const connector = loaded && deps.connector(loaded.stored.account)
  if (!loaded || !connector || loaded.stored.target.lease) return
  const context: Context = { policy: deps.policy, can: capabilitiesOf(connector) }
  const turn = new Turn(deps, context, connector, loaded.gate, createTraffic(deps))
  await turn.recheck(loaded.stored)
}

/** What the platform shows of a live target; copies that may be meant are none. */
export async function see(
  stored: StoredTarget,
  connector: Connector,
  deps: PublisherDeps,
  reader: Reader = createReader(deps),
): Promise<Sighting> {
  const { state } = stored.target
  if (state.status !== 'published' || !connector.verify) {
    return { kind: 'unknown', how: 'It is not live, or this platform cannot be read.' }
  }
  const post = {
    ...requestFor(stored),
    ...(state.remoteId === undefined ? {} : { remoteId: state.remoteId }),
    publishedAt: state.publishedAt,
    otherRemoteIds: await otherRemoteIds(deps.database.orm, stored, state.publishedAt - DAY_MS),
  }
  const sighting = await connector
    .verify(post, reader)
    .catch((error) => ({ kind: 'unknown' as const, how: brokeOff(stored, error, deps).text }))
  if (sighting.kind !== 'duplicated') return sighting
  const meant = await sameOnTheirWay(deps.database.orm, stored)
  return sighting.copies.length - 1 > meant ? sighting : { kind: 'live', ...known(sighting, state) }
}

/** The post itself, among its copies. */
function known(
  { copies }: Extract<Sighting, { kind: 'duplicated' }>,
  { remoteId }: { readonly remoteId?: string },
): Partial<RemotePost> {
  return copies.find((copy) => copy.remoteId === remoteId) ?? {}
}

/** A deliberate copy that is on its way at the same time is no duplicate. */
async function withoutMeant(
  finding: Extract<Finding, { kind: 'found' }>,
  stored: StoredTarget,
  deps: PublisherDeps,
): Promise<Finding> {
  const { copies, ...single } = finding
  if (!copies || copies.length < 2) return finding
  const meant = await sameOnTheirWay(deps.database.orm, stored)
  return copies.length - 1 > meant ? finding : single
}

/**
 * A bug or a broken dependency: the log gets the story, people a sentence.
 * @throws LeaseLostError if it is that: whoever holds the target now goes on
 */
function brokeOff({ id, postId }: StoredTarget, error: unknown, { log }: PublisherDeps): Reason {
  if (error instanceof LeaseLostError) throw error
  log.error({ postId, targetId: id, error: messageOf(error) }, 'work on a target broke off')
  return { class: 'unknown', text: 'Pressroom stumbled over an error of its own; see its log.' }
}

/** One claimed target in the hands of this worker. */
class Turn {
  private readonly recorder: Recorder

  constructor(
    private readonly deps: PublisherDeps,
    private readonly context: Context,
    private readonly connector: Connector,
    gate: AccountGate,
    private readonly traffic: Traffic,
  ) {
    this.recorder = new Recorder(deps, context, gate)
  }

  async perform(task: Task, claimed: StoredTarget): Promise<void> {
    try {
      await this.work(task, claimed)
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error
      const { postId, id: targetId } = claimed
      this.deps.log.warn({ postId, targetId, task }, 'the claim ended; nothing more is done')
    }
  }

  private async work(task: Task, claimed: StoredTarget): Promise<void> {
    switch (task) {
      case 'publish':
        return this.publish(claimed)
      case 'poll':
        return this.poll(claimed)
      case 'lookUp':
      case 'relook':
        return this.lookUp(claimed)
      case 'recheck':
        return this.recheck(claimed)
    }
  }

  private async publish(claimed: StoredTarget): Promise<void> {
    const { deps, connector } = this
    const steps = createSteps(claimed, deps, this.context)
    let outcome: Outcome
    let wasAsked = true
    try {
      const lost = await withoutMedia(claimed.content, deps.media)
      wasAsked = lost === undefined
      outcome = lost ?? (await connector.publish(await this.publishRequest(claimed), steps))
    } catch (error) {
      outcome = broken(steps.stored(), this.brokeOff(claimed, error))
    }
    await this.attempted(steps.stored(), outcome, wasAsked)
  }

  /** A connector that reads before it sends again must know which posts are not this target's. */
  private async publishRequest(claimed: StoredTarget): Promise<PublishRequest> {
    const request = requestFor(claimed)
    if (claimed.target.attempt === 1) return request
    const since = claimed.createdAt - DAY_MS
    return {
      ...request,
      otherRemoteIds: await otherRemoteIds(this.deps.database.orm, claimed, since),
    }
  }

  private async poll(claimed: StoredTarget): Promise<void> {
    const { connector } = this
    const reader = this.reader(claimed)
    const outcome: Outcome = connector.poll
      ? await connector
          .poll(requestFor(claimed), reader)
          .catch((error) => ({ kind: 'transient' as const, reason: this.brokeOff(claimed, error) }))
      : {
          kind: 'ambiguous',
          reason: { class: 'platform', text: 'The platform still works on it.' },
        }
    await this.attempted(reader.stored(), outcome)
  }

  /** @param wasAsked whether this is the platform's doing, and so tells something about it */
  private async attempted(stored: StoredTarget, outcome: Outcome, wasAsked = true): Promise<void> {
    const { deps, connector } = this
    const { id: targetId, postId, account, target } = stored
    const reason = 'reason' in outcome ? { reason: outcome.reason.class } : {}
    const about = { postId, targetId, account, attempt: target.attempt }
    deps.log.info({ ...about, outcome: outcome.kind, ...reason }, 'an attempt ended')
    await this.recorder.record(stored, {
      type: 'attempted',
      at: deps.now(),
      outcome,
      jitter: deps.random(),
      where: connector.where(requestFor(stored)),
    })
    if (wasAsked) await this.traffic.heard(stored, outcome)
    // A token that has ended is renewed, and what it held goes on, without anybody's help.
    const refused = outcome.kind === 'permanent' && outcome.reason.class === 'auth'
    if (refused && connector.renewal) {
      await requestCheck(deps.database.orm, stored.account, deps.now()).catch(() => undefined)
    }
  }

  private async lookUp(claimed: StoredTarget): Promise<void> {
    const { deps, connector } = this
    const { state } = claimed.target
    if (state.status !== 'reconciling' && state.status !== 'unconfirmed') return
    const mutationAt = state.mutationAt ?? claimed.createdAt
    const request = requestFor(claimed)
    const others = await otherRemoteIds(deps.database.orm, claimed, mutationAt - DAY_MS)
    const doubt = { ...request, mutationAt, evidence: state.evidence, otherRemoteIds: others }
    const reader = this.reader(claimed)
    const finding: Finding = connector.lookUp
      ? await connector.lookUp(doubt, reader).catch((error) => ({
          kind: 'error' as const,
          reason: this.brokeOff(claimed, error),
        }))
      : { kind: 'unclear', how: 'This platform cannot be read.' }
    if (connector.lookUp) await this.traffic.looked(claimed, finding)
    await this.recorder.record(reader.stored(), {
      type: 'lookedUp',
      at: deps.now(),
      finding: finding.kind === 'found' ? await withoutMeant(finding, claimed, deps) : finding,
      jitter: deps.random(),
      where: connector.where(request),
    })
  }

  /** @param live claimed, or in nobody's hands */
  async recheck(live: StoredTarget): Promise<void> {
    const { deps, connector } = this
    if (live.target.state.status !== 'published' || !connector.verify) return
    const reader = live.target.lease ? this.reader(live) : undefined
    const sighting = await see(live, connector, deps, reader)
    const event: TargetEvent = { type: 'sighted', at: deps.now(), sighting }
    await this.recorder.record(reader?.stored() ?? live, event)
    // Somebody may have deleted the copy on the platform itself.
    if (sighting.kind === 'live' && sighting.alone) {
      await settleDuplicates(deps.database.orm, live, { resolution: 'gone', at: deps.now() })
    }
  }

  private reader(claimed: StoredTarget): ClaimedReader {
    return createClaimedReader(claimed, this.deps, this.context)
  }

  private brokeOff(stored: StoredTarget, error: unknown): Reason {
    return brokeOff(stored, error, this.deps)
  }
}

const DAY_MS = 86_400_000

function requestFor(stored: StoredTarget): PublishRequest {
  return {
    targetId: stored.id,
    idempotencyKey: stored.idempotencyKey,
    content: stored.content,
    handles: stored.target.handles,
    attempt: stored.target.attempt,
    frozenAt: stored.createdAt,
    dueSince: stored.target.dueSince,
  }
}

/** An attempt that broke off in the middle: after the mark it may be out, before it is not. */
function broken({ target: { state } }: StoredTarget, reason: Reason): Outcome {
  const begun = state.status === 'publishing' && state.mutationAt !== undefined
  return begun ? { kind: 'ambiguous', reason } : { kind: 'transient', reason }
}
