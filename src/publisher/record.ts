import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import { isUniqueViolation } from '../store/database.js'
import { loadTarget } from '../store/load-targets.js'
import { recordTransition, StaleVersionError } from '../store/record-transition.js'
import type { StoredTarget } from '../store/stored-target.js'
import { livePost } from './connectors/match.js'
import { type Context, decide } from './core/decide.js'
import type { Reason } from './core/outcome.js'
import type {
  AccountGate,
  Decision,
  Instant,
  LateReport,
  Target,
  TargetEvent,
} from './core/target.js'
import type { PublisherDeps } from './deps.js'
import { isSameClaim, LeaseLostError } from './steps.js'

type Moved = Extract<Decision, { kind: 'moved' }>

const RECORD_FOR_MS = 10 * 60_000

/** Records what came of a turn, whatever became of the target and the database meanwhile. */
export class Recorder {
  constructor(
    private readonly deps: PublisherDeps,
    private readonly context: Context,
    private readonly gate: AccountGate,
  ) {}

  /**
   * Writes down what an attempt or a look taught us, through outages of the database. When the
   * target has moved on meanwhile, an attempt's answer, or a post that was found, is kept as evidence.
   */
  async record(stored: StoredTarget, event: TargetEvent): Promise<void> {
    const { deps } = this
    const giveUpAt = deps.now() + RECORD_FOR_MS
    for (let pauseMs = 100; ; pauseMs = Math.min(5_000, pauseMs * 2)) {
      try {
        return await this.recordOnce(stored, event)
      } catch (error) {
        if (deps.now() > giveUpAt) throw error
        deps.log.warn(
          { postId: stored.postId, targetId: stored.id, error: messageOf(error) },
          'an outcome could not be recorded yet; trying again',
        )
        await sleep(pauseMs)
      }
    }
  }

  private async recordOnce(stored: StoredTarget, event: TargetEvent): Promise<void> {
    const { orm } = this.deps.database
    const decision = decide(stored.target, event, this.context)
    if (decision.kind === 'refused') return
    try {
      await recordTransition(orm, stored, event, this.withoutIdleRelease(decision))
    } catch (error) {
      if (error instanceof StaleVersionError) return this.recordMoved(stored, event, decision)
      if (isUniqueViolation(error)) return this.recordForeign(stored, event, error)
      throw error
    }
  }

  /** A success releases a held account; without a hold there is nothing to release. */
  private withoutIdleRelease(decision: Moved): Moved {
    if (this.gate.kind === 'held') return decision
    return {
      ...decision,
      effects: decision.effects.filter(({ kind }) => kind !== 'releaseAccount'),
    }
  }

  /** The target has moved on since it was read, with this worker's claim or without it. */
  private async recordMoved(
    stored: StoredTarget,
    event: TargetEvent,
    decided: Moved,
  ): Promise<void> {
    const current = (await loadTarget(this.deps.database.orm, stored.id))?.stored
    // Recorded before, and only the database's answer was lost.
    if (!current || isDeepStrictEqual(current.target, decided.target)) return
    if (isSameClaim(current, stored)) return this.recordOnce(current, event)
    const report = lateReport(event)
    if (report) await this.recordLate(stored, event.at, report, current)
  }

  private async recordLate(
    { target, createdAt }: StoredTarget,
    at: Instant,
    report: Pick<LateReport, 'outcome' | 'seen'>,
    current: StoredTarget,
  ): Promise<void> {
    const mutationAt = beganAt(target, createdAt)
    const { attempt } = target
    const late: TargetEvent = { type: 'lateAnswer', at, ...report, attempt, mutationAt }
    const decision = decide(current.target, late, this.context)
    if (decision.kind === 'refused') return
    try {
      await recordTransition(this.deps.database.orm, current, late, decision)
    } catch (error) {
      // The post that was named is another target's.
      if (!isUniqueViolation(error)) throw error
    }
  }

  /** The post that was named or found is another target's: it proves nothing about this one. */
  private async recordForeign(
    stored: StoredTarget,
    event: TargetEvent,
    error: unknown,
  ): Promise<void> {
    const instead = withoutForeign(event)
    if (!instead) return
    // Then it is not what this event says that belongs to another.
    if (isDeepStrictEqual(instead, event)) throw error
    await this.recordOnce(stored, instead)
  }
}

/** The event without the post that it names; undefined when nothing is left of it. */
function withoutForeign(event: TargetEvent): TargetEvent | undefined {
  const how = 'The post that was named belongs to another target.'
  switch (event.type) {
    case 'lookedUp':
      return { ...event, finding: { kind: 'unclear', how } }
    case 'attempted':
      return {
        ...event,
        outcome: { kind: 'ambiguous', reason: { class: 'duplicate', text: how } },
      }
    case 'sighted':
      return { ...event, sighting: { kind: 'unknown', how } }
    default:
      return undefined
  }
}

/** What is worth keeping of an event that came too late: an answer, or that the post was found. */
function lateReport(event: TargetEvent): Pick<LateReport, 'outcome' | 'seen'> | undefined {
  if (event.type === 'attempted') return { outcome: event.outcome }
  if (event.type !== 'lookedUp' || event.finding.kind !== 'found') return undefined
  return { outcome: livePost(event.finding), seen: true }
}

/** When what this attempt may have sent began, at the earliest. */
function beganAt({ state }: Target, createdAt: number): number {
  if (state.status === 'publishing') return state.mutationAt ?? state.startedAt
  return ('mutationAt' in state ? state.mutationAt : undefined) ?? createdAt
}

/**
 * A bug or a broken dependency: the log gets the story, people a sentence.
 * @throws LeaseLostError if it is that: whoever holds the target now goes on
 */
export function brokeOff(
  { id, postId }: StoredTarget,
  error: unknown,
  { log }: PublisherDeps,
): Reason {
  if (error instanceof LeaseLostError) throw error
  log.error({ postId, targetId: id, error: messageOf(error) }, 'work on a target broke off')
  return { class: 'unknown', text: 'Pressroom stumbled over an error of its own; see its log.' }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
