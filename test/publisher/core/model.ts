import { type Context, decide, nextDueAt } from '../../../src/publisher/core/decide.js'
import type { Finding, Outcome, Sighting } from '../../../src/publisher/core/outcome.js'
import type {
  AccountGate,
  Actor,
  Decision,
  Target,
  TargetEvent,
  Task,
} from '../../../src/publisher/core/target.js'
import { NOON } from '../../support/clock.js'
import { leaseUntil, reason } from '../../support/targets.js'

export const LEASE_MS = 45_000
const who: Actor = { kind: 'person', id: 'U1' }
const rateLimit = { class: 'rate_limit', text: 'Too many requests.' } as const
const how = ''

/** A worker that was granted something to do, and what it knew then; it may wake up far too late. */
interface Turn {
  readonly task: Task
  target: Target
  /** What the platform made of this attempt's mutation, whatever answer it gives. */
  sent?: 'live' | 'pending' | 'refused'
}

/** One transition that happened, for invariants to look at. */
export interface Transition {
  readonly event: TargetEvent
  readonly before: Target
  readonly decision: Extract<Decision, { kind: 'moved' }>
}

/** Takes one of the possibilities; the choice comes from outside, so that runs can be repeated. */
export type Pick = <T>(possible: readonly T[]) => T

/**
 * One target, its platform and its workers. The platform may take a post or not, independently of
 * what it answers; it is only never made to lie in its own words. People tell the truth.
 */
export class World {
  now = NOON
  version = 0
  /** Live posts on the platform. */
  copies = 0
  /** A post that the platform has taken, and that may yet become live or not. */
  pending = 0
  sends = 0
  readonly turns: Turn[] = []
  readonly history: Transition[] = []

  constructor(
    readonly context: Context,
    public target: Target,
    private readonly pick: Pick,
  ) {}

  claim(gate: AccountGate = { kind: 'open' }): void {
    const lease = leaseUntil(this.now + LEASE_MS, `worker-${this.version}`)
    const task = this.apply({ type: 'claimed', at: this.now, lease, gate })?.task
    if (task) this.turns.push({ task, target: this.target })
  }

  /** Somebody who does not work on it looks whether its worker is still there. */
  watch(): void {
    this.apply({ type: 'leaseEnded', at: this.now })
  }

  /** The worker goes as far as its mutation: the mark first, then the platform. */
  mutate(turn: Turn): void {
    if (turn.task !== 'publish' || turn.sent || !this.isHeldBy(turn)) return
    const leaseExpiresAt = this.now + LEASE_MS
    const event = { type: 'mutationBegun', at: this.now, handles: {}, leaseExpiresAt } as const
    if (!this.apply(event)) return
    turn.target = this.target
    turn.sent = this.pick(['live', 'pending', 'refused'])
    this.sends += 1
    if (turn.sent === 'live') this.copies += 1
    if (turn.sent === 'pending') this.pending += 1
  }

  /** The worker records what it has learned, as evidence when the target has moved on. */
  answer(turn: Turn): void {
    this.turns.splice(this.turns.indexOf(turn), 1)
    const { now: at } = this
    const { attempt } = turn.target
    const jitter = this.pick([0, 0.5, 0.999])
    const stale = !this.isHeldBy(turn)
    if (turn.task === 'publish' || turn.task === 'poll') {
      const outcome = this.pick(turn.task === 'publish' ? this.outcomes(turn) : this.polled())
      this.apply(
        stale
          ? { type: 'lateAnswer', at, outcome, attempt, mutationAt: turn.target.dueSince }
          : { type: 'attempted', at, outcome, jitter },
      )
    } else if (!stale) {
      this.apply(
        turn.task === 'recheck'
          ? { type: 'sighted', at, sighting: this.pick(this.sightings()) }
          : { type: 'lookedUp', at, finding: this.pick(this.findings()), jitter },
      )
    }
  }

  private isHeldBy({ target: { lease } }: Turn): boolean {
    return lease !== undefined && lease.token === this.target.lease?.token
  }

  /** What the platform has taken becomes live, or does not. */
  settle(): void {
    if (this.pending === 0) return
    this.pending -= 1
    if (this.pick([true, false])) this.copies += 1
  }

  /** Somebody deletes the post on the platform. */
  remove(): void {
    this.copies = 0
  }

  person(): void {
    const at = this.now
    const truth = this.copies > 0 ? 'live' : 'absent'
    const events: TargetEvent[] = [
      { type: 'retryRequested', at, who },
      { type: 'edited', at, who },
      { type: 'publishNowRequested', at, who },
      { type: 'cancelRequested', at, who },
      { type: 'approved', at, who },
      { type: 'accountRestored', at },
      { type: 'rescheduled', at, who, publishAt: at + this.pick([-1, 60_000]) },
    ]
    if (this.pending === 0) events.push({ type: 'verdictGiven', at, who, verdict: truth })
    this.apply(this.pick(events))
  }

  apply(event: TargetEvent): Extract<Decision, { kind: 'moved' }> | undefined {
    const before = this.target
    const decision = decide(before, event, this.context)
    if (decision.kind === 'refused') return undefined
    this.target = decision.target
    this.version += 1
    this.history.push({ event, before, decision })
    return decision
  }

  get dueAt(): number | undefined {
    return nextDueAt(this.target)
  }

  private outcomes({ sent }: Turn): readonly Outcome[] {
    const doubt: Outcome = { kind: 'ambiguous', reason }
    const refusedInVain: Outcome = { ...doubt, refusal: reason }
    const limitedInVain: Outcome = { ...doubt, refusal: rateLimit }
    const finishing: Outcome = { kind: 'accepted', stage: 'finishing', note: '' }
    const no: readonly Outcome[] = [
      doubt,
      refusedInVain,
      limitedInVain,
      { kind: 'transient', reason },
      { kind: 'transient', reason, scope: 'account', retryAfterMs: this.pick([0, 90_000]) },
      { kind: 'permanent', reason },
      { kind: 'permanent', reason: { class: 'auth', text: '' } },
    ]
    if (!sent) return [...no, { kind: 'accepted', stage: 'preparing', note: '' }]
    switch (sent) {
      case 'refused':
        return no
      case 'pending':
        return [doubt, finishing]
      case 'live':
        return [
          doubt,
          finishing,
          { kind: 'published', remoteId: 'r1' },
          { kind: 'published' },
          limitedInVain,
          // Where nobody can look, a connector must not pass on a refusal that may be wrong.
          ...(this.context.can.canLookUp ? [refusedInVain] : []),
        ]
    }
  }

  private polled(): readonly Outcome[] {
    const always: readonly Outcome[] = [
      { kind: 'accepted', stage: 'finishing', note: '' },
      { kind: 'transient', reason, retryAfterMs: this.pick([0, 90_000]) },
      { kind: 'permanent', reason: { class: 'auth', text: '' } },
      { kind: 'ambiguous', reason },
    ]
    if (this.copies > 0) return [...always, { kind: 'published', remoteId: 'r1' }]
    return this.pending > 0 ? always : [...always, { kind: 'permanent', reason }]
  }

  private findings(): readonly Finding[] {
    const { state } = this.target
    const error: Finding = { kind: 'error', reason }
    const unclear: Finding = { kind: 'unclear', how }
    const notSeen: Finding = { kind: 'absent', proof: 'settled', how }
    if (this.copies === 0 && this.pending === 0) {
      return [error, unclear, notSeen, { kind: 'absent', proof: 'conclusive', how }]
    }
    const found: readonly Finding[] =
      this.copies > 0 ? [{ kind: 'found', remoteId: 'r1', how }] : []
    if (state.status !== 'reconciling') return [error, unclear, notSeen, ...found]
    // A listing may lag, but not through every look; that is what the number of looks is for.
    const { maxLookUps, refusalLookUps, refusalListLookUps } = this.context.policy
    const looks = state.lookUps + 1
    const final = state.refusal !== undefined && state.refusal.class !== 'rate_limit'
    const lastOfList = looks >= (final ? refusalListLookUps : maxLookUps)
    const lastAbsence = looks >= (final ? refusalLookUps : maxLookUps)
    return [
      error,
      ...(lastOfList && state.refusal ? [] : [unclear]),
      ...(lastAbsence ? [] : [notSeen]),
      ...found,
    ]
  }

  private sightings(): readonly Sighting[] {
    const { state } = this.target
    const unknown: Sighting = { kind: 'unknown', how }
    if (this.copies === 0) return [unknown, { kind: 'gone', how }]
    const glitch = state.status === 'published' && state.missing === 0
    const live: Sighting = { kind: 'live', remoteId: 'r1' }
    return glitch ? [unknown, live, { kind: 'gone', how }] : [unknown, live]
  }
}
