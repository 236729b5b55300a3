import {
  type Connector,
  type Content,
  capabilitiesOf,
} from '../../src/publisher/connectors/connector.js'
import { decide, nextDueAt } from '../../src/publisher/core/decide.js'
import { createPolicy, type Policy } from '../../src/publisher/core/retry.js'
import type {
  AccountGate,
  Decision,
  Effect,
  Target,
  TargetEvent,
  TargetState,
  Task,
} from '../../src/publisher/core/target.js'
import type { SteppedClock } from './clock.js'
import { InMemoryWorker, type WorkerWorld } from './in-memory-worker.js'

const HOUR = 3_600_000

export interface DriveOptions {
  readonly connector: Connector
  readonly content: Content
  /** Which target it is; its idempotency key follows from it. */
  readonly targetId?: string
  /** Shared with the platform's stand-in; it only moves when nothing is due before. */
  readonly clock: SteppedClock
  readonly policy?: Partial<Policy>
  readonly media?: WorkerWorld['media']
  /** One request, in real milliseconds: what a stalled platform costs the test. */
  readonly requestTimeoutMs?: number
  /** The worker is gone at this point, counted from 1; its lease has to run out. */
  readonly dieAt?: number
  /** The worker stands still at this point and wakes up when everything else is done. */
  readonly freezeAt?: number
  /** What people do when nothing goes on by itself; nothing more when it returns undefined. */
  readonly person?: (target: Target, at: number) => TargetEvent | undefined
  /** Runs before a worker begins: a place to wait for what happens in real time. */
  readonly beforeTask?: (task: Task, target: Target) => Promise<void>
  /** Changes the address that the mutation is sent to. */
  readonly divert?: (url: URL) => void
  readonly otherRemoteIds?: ReadonlySet<string>
  /** Goes on from here instead of from a new target. */
  readonly from?: Target
  readonly until?: (target: Target) => boolean
  /** How far the clock may be moved, milliseconds; default eight hours. */
  readonly horizonMs?: number
}

export interface Drive {
  readonly target: Target
  readonly state: TargetState
  readonly attempts: number
  readonly trace: readonly Transition[]
  readonly effects: readonly Effect[]
  /** How many points there were at which a worker could have died. */
  readonly points: number
}

export interface Transition {
  readonly event: TargetEvent
  readonly from: TargetState['status']
  readonly to: TargetState['status']
  readonly at: number
}

const MAX_TURNS = 500

/**
 * Drives one target through the real decisions and a real connector over real sockets, with the
 * store and the queue in memory and every wait on the given clock, until nothing is due any more.
 * @throws when an event that the worker itself made is refused, or when it never comes to rest
 */
export async function driveTarget(options: DriveOptions): Promise<Drive> {
  const drive = new TargetDrive(options)
  await drive.run()
  return drive.result()
}

class TargetDrive {
  private readonly policy: Policy
  private readonly worker: InMemoryWorker
  private readonly startedAt: number
  private readonly trace: Transition[] = []
  private readonly effects: Effect[] = []
  private target: Target
  private gate: AccountGate = { kind: 'open' }

  constructor(private readonly options: DriveOptions) {
    const { clock, policy, from } = options
    this.policy = createPolicy({ settleBaseMs: 1000, backoffBaseMs: 1000, ...policy })
    this.startedAt = clock.now()
    this.target = from ?? {
      state: { status: 'queued', dueAt: this.startedAt },
      attempt: 0,
      automatic: 0,
      dueSince: this.startedAt,
      handles: {},
    }
    this.worker = new InMemoryWorker({
      connector: options.connector,
      content: options.content,
      targetId: options.targetId ?? 'target-1',
      clock,
      requestTimeoutMs: options.requestTimeoutMs ?? 2000,
      media: options.media,
      divert: options.divert ?? (() => {}),
      otherRemoteIds: options.otherRemoteIds ?? new Set(),
      dieAt: options.dieAt,
      freezeAt: options.freezeAt,
      createdAt: this.startedAt,
      current: () => this.target,
      apply: (event) => this.apply(event).kind === 'moved',
      takeBack: (handles) => {
        this.target = { ...this.target, handles }
      },
    })
  }

  async run(): Promise<void> {
    const { until, person, clock } = this.options
    for (let turns = 0; !until?.(this.target); turns++) {
      if (turns === MAX_TURNS) throw new Error(`no rest after ${turns} turns: ${this.describe()}`)
      if (await this.turn()) continue
      if (await this.worker.wake()) continue
      const asked = person?.(this.target, clock.now())
      if (!asked) return
      if (asked.type === 'accountRestored') this.gate = { kind: 'open' }
      this.must(asked)
    }
  }

  result(): Drive {
    const { target, trace, effects } = this
    const { points } = this.worker
    return { target, state: target.state, attempts: target.attempt, trace, effects, points }
  }

  /** Moves the clock to what is due next and does it. @returns whether there was something */
  private async turn(): Promise<boolean> {
    const { clock, horizonMs = 8 * HOUR, beforeTask } = this.options
    const dueAt = nextDueAt(this.target)
    if (dueAt === undefined || dueAt > this.startedAt + horizonMs) return false
    clock.advance(Math.max(0, dueAt - clock.now()))
    const decision = this.must(this.worker.claim(this.gate))
    if (decision.task) {
      await beforeTask?.(decision.task, this.target)
      await this.worker.perform(decision.task)
    }
    return true
  }

  private must(event: TargetEvent): Extract<Decision, { kind: 'moved' }> {
    const decision = this.apply(event)
    if (decision.kind === 'moved') return decision
    throw new Error(`${event.type} was refused: ${decision.why}; ${this.describe()}`)
  }

  private apply(event: TargetEvent): Decision {
    const can = capabilitiesOf(this.options.connector)
    const decision = decide(this.target, event, { policy: this.policy, can })
    if (decision.kind === 'refused') return decision
    const from = this.target.state.status
    this.target = decision.target
    this.trace.push({ event, from, to: decision.target.state.status, at: event.at })
    for (const effect of decision.effects) this.feel(effect)
    return decision
  }

  private feel(effect: Effect): void {
    this.effects.push(effect)
    if (effect.kind === 'pauseAccount') this.gate = { kind: 'paused', untilAt: effect.untilAt }
    if (effect.kind === 'holdAccount') this.gate = { kind: 'held', reason: effect.reason }
    if (effect.kind === 'releaseAccount') this.gate = { kind: 'open' }
  }

  private describe(): string {
    const path = this.trace.map(({ event, to }) => `${event.type} → ${to}`).join(', ')
    return `${path}; ${JSON.stringify(this.target)}`
  }
}
