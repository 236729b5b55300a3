import { createHash } from 'node:crypto'
import type {
  Connector,
  Content,
  Media,
  PublishRequest,
  Reader,
  Steps,
} from '../../src/publisher/connectors/connector.js'
import { type Answer, type HttpRequest, send } from '../../src/publisher/connectors/http.js'
import type {
  AccountGate,
  Handles,
  Target,
  TargetEvent,
  Task,
} from '../../src/publisher/core/target.js'
import type { SteppedClock } from './clock.js'

/** What a worker in memory works on; the drive keeps the target. */
export interface WorkerWorld {
  readonly connector: Connector
  readonly content: Content
  readonly targetId: string
  readonly clock: SteppedClock
  readonly requestTimeoutMs: number
  readonly media:
    | { bytes(media: Media): Promise<Uint8Array>; publicUrl(media: Media): string }
    | undefined
  divert(url: URL): void
  readonly otherRemoteIds: ReadonlySet<string>
  readonly dieAt: number | undefined
  readonly freezeAt: number | undefined
  readonly createdAt: number
  current(): Target
  /** @returns false when the event was refused */
  apply(event: TargetEvent): boolean
  /** What was noted for a mutation that certainly did not go out. */
  takeBack(handles: Handles): void
}

const LEASE_MS = 60_000
/** Two different draws of the real generator would only make tests differ. */
const JITTER = 0.5

class LeaseLost extends Error {}

/**
 * A worker without a store: the same steps, fence and tasks as the real one. Around every step there
 * is a point at which it can die or freeze; the points are counted over the whole life of a target.
 */
export class InMemoryWorker {
  points = 0
  private leases = 0
  private frozen: { goOn(): void; done: Promise<void> } | undefined

  constructor(private readonly world: WorkerWorld) {}

  claim(gate: AccountGate): TargetEvent {
    this.leases += 1
    const at = this.world.clock.now()
    const lease = { token: `lease-${this.leases}`, worker: 'test', expiresAt: at + LEASE_MS }
    const where = this.world.connector.where(this.request())
    return { type: 'claimed', at, lease, gate, where }
  }

  /** Does one task; returns early, leaving the lease behind, when the worker dies or freezes. */
  async perform(task: Task): Promise<void> {
    const stop = deferred<void>()
    const goOn = deferred<void>()
    const point = async () => {
      this.points += 1
      if (this.points === this.world.dieAt) {
        stop.resolve()
        await new Promise(() => {})
      }
      if (this.points === this.world.freezeAt) {
        this.frozen = { goOn: goOn.resolve, done: work }
        stop.resolve()
        await goOn.promise
      }
    }
    const work: Promise<void> = Promise.resolve().then(() => this.work(task, point))
    await Promise.race([work, stop.promise])
  }

  /** Lets a frozen worker go on, long after its lease. @returns whether there was one */
  async wake(): Promise<boolean> {
    const { frozen } = this
    if (!frozen) return false
    this.frozen = undefined
    frozen.goOn()
    await frozen.done
    return true
  }

  private async work(task: Task, point: () => Promise<void>): Promise<void> {
    const { world } = this
    const { attempt, lease: { token } = {} } = world.current()
    const beganAt = world.clock.now()
    const holds = () => {
      const { lease } = world.current()
      return lease !== undefined && lease.token === token && world.clock.now() < lease.expiresAt
    }
    try {
      const event = await this.eventOf(task, this.steps(point, holds))
      await point()
      if (holds()) world.apply(event)
      else if (event.type === 'attempted') {
        const { at, outcome } = event
        world.apply({ type: 'lateAnswer', at, outcome, attempt, mutationAt: beganAt })
      }
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error
    }
  }

  private async eventOf(task: Task, steps: Steps): Promise<TargetEvent> {
    const { connector, clock, otherRemoteIds } = this.world
    const { state } = this.world.current()
    const request = this.request()
    const where = connector.where(request)
    const jitter = JITTER
    switch (task) {
      case 'publish': {
        const outcome = await connector.publish(request, steps)
        return { type: 'attempted', at: clock.now(), outcome, jitter, where }
      }
      case 'poll': {
        if (!connector.poll) throw new Error(`${connector.platform} has nothing to poll`)
        const outcome = await connector.poll(request, steps)
        return { type: 'attempted', at: clock.now(), outcome, jitter, where }
      }
      case 'lookUp':
      case 'relook': {
        if (state.status !== 'reconciling' && state.status !== 'unconfirmed') break
        const { evidence, mutationAt = this.world.createdAt } = state
        const doubt = { ...request, mutationAt, evidence, otherRemoteIds }
        const finding = await connector.lookUp?.(doubt, steps)
        if (!finding) break
        return { type: 'lookedUp', at: clock.now(), finding, jitter, where }
      }
      case 'recheck': {
        if (state.status !== 'published') break
        const { remoteId, publishedAt } = state
        const known = remoteId === undefined ? {} : { remoteId }
        const post = { ...request, ...known, publishedAt, otherRemoteIds }
        const sighting = await connector.verify?.(post, steps)
        if (!sighting) break
        return { type: 'sighted', at: clock.now(), sighting }
      }
    }
    throw new Error(`${task} does not fit ${state.status}`)
  }

  private request(): PublishRequest {
    const { content, targetId, createdAt, otherRemoteIds } = this.world
    const { handles, attempt, dueSince } = this.world.current()
    return {
      targetId,
      idempotencyKey: keyOf(targetId),
      content,
      // As stored and read back: plain JSON.
      handles: structuredClone(handles),
      attempt,
      frozenAt: createdAt,
      dueSince,
      otherRemoteIds,
    }
  }

  private steps(point: () => Promise<void>, holds: () => boolean): Steps & Reader {
    const { clock, media, requestTimeoutMs } = this.world
    const advance = (type: 'stepped' | 'mutationBegun', handles: Handles) => {
      const at = clock.now()
      const stored = JSON.parse(JSON.stringify(handles)) as Handles
      const event = { type, at, handles: stored, leaseExpiresAt: at + LEASE_MS } as const
      if (!holds() || !this.world.apply(event)) throw new LeaseLost()
    }
    const request = async (outgoing: HttpRequest): Promise<Answer> => {
      await point()
      const answer = await send(outgoing, { timeoutMs: requestTimeoutMs, maySend: holds })
      await point()
      return answer
    }
    return {
      now: clock.now,
      read: request,
      prepare: request,
      progress: async () => {},
      save: async (handles) => {
        await point()
        advance('stepped', handles)
      },
      mutate: async (outgoing, handles = this.world.current().handles) => {
        await point()
        const before = this.world.current().handles
        advance('mutationBegun', handles)
        const url = new URL(outgoing.url)
        this.world.divert(url)
        const answer = await request({ ...outgoing, url: url.href })
        if (answer.kind === 'notSent' && holds()) this.world.takeBack(before)
        return answer
      },
      bytes: async (medium) => media?.bytes(medium) ?? new Uint8Array(),
      publicUrl: (medium) => media?.publicUrl(medium) ?? `https://media.example/${medium.filename}`,
    }
  }
}

/** A UUID that is the same for every attempt at a target. */
function keyOf(targetId: string): string {
  const hex = createHash('sha256').update(targetId).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
