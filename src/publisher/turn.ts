import { requestCheck } from '../store/accounts.js'
import { settleDuplicates } from '../store/duplicates.js'
import { loadTarget, otherRemoteIds } from '../store/load-targets.js'
import type { StoredTarget } from '../store/stored-target.js'
import { type Connector, capabilitiesOf, type PublishRequest } from './connectors/connector.js'
import type { Context } from './core/decide.js'
import type { Finding, Outcome, Reason } from './core/outcome.js'
import type { AccountGate, TargetEvent, Task } from './core/target.js'
import type { PublisherDeps } from './deps.js'
import { withoutMedia } from './kept-media.js'
import { brokeOff, Recorder } from './record.js'
import { requestFor } from './request-for.js'
import { see, withoutMeant } from './see.js'
import { type ClaimedReader, createClaimedReader, createSteps, LeaseLostError } from './steps.js'
import { createTraffic, type Traffic } from './traffic.js'

const DAY_MS = 86_400_000

/** Looks at a live target out of its turn, as in its turn. Whoever is at it already sees for us. */
export async function lookAgain(targetId: string, deps: PublisherDeps): Promise<void> {
  const loaded = await loadTarget(deps.database.orm, targetId)
  const connector = loaded && deps.connector(loaded.stored.account)
  if (!loaded || !connector || loaded.stored.target.lease) return
  const context: Context = { policy: deps.policy, can: capabilitiesOf(connector) }
  const turn = new Turn(deps, context, connector, loaded.gate, createTraffic(deps))
  await turn.recheck(loaded.stored)
}

/** One claimed target in the hands of this worker. */
export class Turn {
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

/** An attempt that broke off in the middle: after the mark it may be out, before it is not. */
function broken({ target: { state } }: StoredTarget, reason: Reason): Outcome {
  const begun = state.status === 'publishing' && state.mutationAt !== undefined
  return begun ? { kind: 'ambiguous', reason } : { kind: 'transient', reason }
}
