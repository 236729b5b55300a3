import { loadTarget } from '../store/load-targets.js'
import { recordTransition, StaleVersionError } from '../store/record-transition.js'
import { keepSlot } from '../store/slots.js'
import type { StoredTarget } from '../store/stored-target.js'
import type { Reader, Steps } from './connectors/connector.js'
import { type Answer, type HttpRequest, send } from './connectors/http.js'
import { type Context, decide } from './core/decide.js'
import type { Handles } from './core/target.js'
import { type PublisherDeps, requestTimeoutWithin } from './deps.js'

/** How far an upload is, is told this often at most. */
const TELL_EVERY_MS = 4_000

/** This worker's claim has ended: it may send and record nothing more. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

/** What one may ask the platform under a claim, and the target as it stands after each step. */
export interface ClaimedReader extends Reader {
  stored(): StoredTarget
}

/** What a claimed attempt may do. */
export interface AttemptSteps extends Steps, ClaimedReader {}

/**
 * Steps of one attempt, fenced by its lease: every request is checked against the clock in the tick
 * in which its first byte is written, and the store is told before the mutation and after each
 * prepared handle. A worker that was frozen and wakes up too late finds its lease gone.
 */
export function createSteps(
  claimed: StoredTarget,
  deps: PublisherDeps,
  context: Context,
): AttemptSteps {
  const { stored, request, advance, takeBack, fence } = holdClaim(claimed, deps, context)
  let toldAtMs = Number.NEGATIVE_INFINITY
  return {
    stored,
    now: deps.now,
    read: request,
    prepare: request,
    save: (handles) => advance('stepped', handles),
    async progress(note) {
      if (performance.now() - toldAtMs < TELL_EVERY_MS) return
      toldAtMs = performance.now()
      await advance('stepped', stored().target.handles, note)
    },
    async mutate(outgoing, handles = stored().target.handles) {
      const before = stored().target.handles
      await advance('mutationBegun', handles)
      await deps.database.flush()
      const timeoutMs = requestTimeoutWithin(deps)
      // Writing the mark may have taken most of the lease.
      if (fence.holds() && !fence.covers(timeoutMs)) await advance('stepped', handles)
      const answer = await send(outgoing, {
        timeoutMs: fence.within(timeoutMs),
        maySend: fence.holds,
      })
      if (answer.kind === 'notSent') takeBack(before)
      return answer
    },
    bytes: deps.media.bytes,
    publicUrl: deps.media.publicUrl,
  }
}

/** A look under a claim, which it renews: a slow platform must not let others begin the same look. */
export function createClaimedReader(
  claimed: StoredTarget,
  deps: PublisherDeps,
  context: Context,
): ClaimedReader {
  const { stored, request } = holdClaim(claimed, deps, context)
  return { stored, now: deps.now, read: request }
}

/** Whether a target is still in the hands in which it was before. */
export function isSameClaim(now: StoredTarget, before: StoredTarget): boolean {
  const { lease } = before.target
  return lease !== undefined && lease.token === now.target.lease?.token
}

/** Keeps a claim for as long as requests are made under it. */
function holdClaim(claimed: StoredTarget, deps: PublisherDeps, context: Context) {
  let stored = claimed
  const fence = createFence(deps, () => stored.target.lease?.expiresAt ?? 0)

  /** Under this claim the target only moves on to take up what others report late. */
  async function stillClaimed(): Promise<StoredTarget | undefined> {
    const current = (await loadTarget(deps.database.orm, stored.id))?.stored
    return current && isSameClaim(current, stored) ? current : undefined
  }

  async function advance(
    type: 'stepped' | 'mutationBegun',
    handles: Handles,
    note?: string,
  ): Promise<void> {
    const at = deps.now()
    const renewedAtMs = performance.now()
    const more = note === undefined ? {} : { note }
    const event = { type, at, handles, leaseExpiresAt: at + deps.leaseMs, ...more } as const
    const decision = decide(stored.target, event, context)
    if (decision.kind === 'refused') throw new LeaseLostError(decision.why)
    try {
      stored = await recordTransition(deps.database.orm, stored, event, decision)
    } catch (error) {
      if (!(error instanceof StaleVersionError)) throw error
      const current = await stillClaimed()
      if (!current) throw new LeaseLostError(error.message)
      stored = current
      return advance(type, handles, note)
    }
    fence.renewed(renewedAtMs)
    await keepPlace(stored, deps)
  }

  const request = async (outgoing: HttpRequest): Promise<Answer> => {
    const timeoutMs = requestTimeoutWithin(deps)
    if (!fence.covers(timeoutMs)) await advance('stepped', stored.target.handles)
    return send(outgoing, { timeoutMs: fence.within(timeoutMs), maySend: fence.holds })
  }

  /** What was noted for a mutation that certainly did not go out; stored with the attempt's end. */
  function takeBack(handles: Handles): void {
    stored = { ...stored, target: { ...stored.target, handles } }
  }

  return { stored: () => stored, request, advance, takeBack, fence }
}

/** The place among what the account may do at once lasts as long as the claim. */
async function keepPlace({ account, target }: StoredTarget, deps: PublisherDeps): Promise<void> {
  if (!target.lease || !deps.limits?.(account)) return
  try {
    await keepSlot(deps.database.orm, account, target.lease)
  } catch (error) {
    // An attempt that is under way is worth more than a limit that is kept to the second.
    deps.log.warn({ account, error: (error as Error).message }, 'a place could not be kept')
  }
}

/** Requests outside a claim, which change nothing. */
export function createReader(
  deps: Pick<PublisherDeps, 'now' | 'leaseMs' | 'requestTimeoutMs'>,
): Reader {
  return {
    now: deps.now,
    read: (outgoing) => send(outgoing, { timeoutMs: requestTimeoutWithin(deps) }),
  }
}

/**
 * Two clocks, because each misses something: the monotonic one stands still while a machine sleeps,
 * the wall clock can be set back.
 */
function createFence(deps: PublisherDeps, expiresAt: () => number) {
  let renewedAtMs = performance.now()
  const leftMs = () =>
    Math.min(expiresAt() - deps.now(), deps.leaseMs - (performance.now() - renewedAtMs))
  return {
    holds: () => leftMs() > 0,
    covers: (ms: number) => leftMs() >= ms,
    /** A time-out that ends before the lease does, by a little: ending a request takes a moment. */
    within: (ms: number) => Math.max(1, Math.min(ms, Math.floor(leftMs() * 0.95))),
    /** @param atMs when the renewal began: how long recording it took counts against the lease */
    renewed: (atMs: number) => {
      renewedAtMs = atMs
    },
  }
}
