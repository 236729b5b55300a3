import type { Reason } from './outcome.js'
import { backoffDelayMs, type Policy, settleDelayMs } from './retry.js'
import type {
  Capabilities,
  Decision,
  Effect,
  Evidence,
  Instant,
  StateOf,
  Target,
  TargetState,
} from './target.js'

/** What every decision may look at besides the target and the event. */
export interface Context {
  readonly policy: Policy
  readonly can: Capabilities
}

/** The lease ends with every move; moves that grant work put a new one on. */
export function moved(
  target: Target,
  state: TargetState,
  extra: {
    readonly effects?: readonly Effect[]
    readonly note?: string
    readonly change?: Partial<Omit<Target, 'state' | 'lease'>>
  } = {},
): Decision {
  const { lease: _ended, ...kept } = target
  return {
    kind: 'moved',
    target: { ...kept, ...extra.change, state },
    effects: extra.effects ?? [],
    ...(extra.note === undefined ? {} : { note: extra.note }),
  }
}

export function refused(why: string): Decision {
  return { kind: 'refused', why }
}

/** Not sent, or proven not live: try again later, or give up when the budget or the day is over. */
export function retryLater(
  target: Target,
  at: Instant,
  failure: { reason: Reason; retryAfterMs?: number | undefined; jitter: number },
  { policy }: Context,
  change: Partial<Omit<Target, 'state' | 'lease'>> = {},
): Decision {
  const { reason } = failure
  const give = (given: Reason) =>
    moved(target, { status: 'failed', reason: given, failedAt: at }, { change, note: reason.text })
  if (target.automatic >= policy.maxAttempts) {
    return give({ ...reason, next: reason.next ?? 'Press Retry failed when the cause is gone.' })
  }
  const backoffMs = backoffDelayMs(Math.max(1, target.automatic), failure.jitter, policy)
  const retryAt = at + Math.max(backoffMs, failure.retryAfterMs ?? 0)
  if (retryAt - target.dueSince > policy.staleAfterMs) {
    return give({
      ...reason,
      class: 'stale',
      text: `${reason.text} It would be too late to be worth sending.`,
      next: 'Press Retry failed if it should still go out.',
    })
  }
  return moved(target, { status: 'waiting', retryAt, reason }, { change, note: reason.text })
}

/** In doubt: look before anything is sent again. */
export function reconcile(
  target: Target,
  at: Instant,
  doubt: {
    evidence: readonly Evidence[]
    mutationAt?: Instant | undefined
    refusal?: Reason | undefined
  },
  { policy }: Context,
  change: Partial<Omit<Target, 'state' | 'lease'>> = {},
): Decision {
  const state: TargetState = {
    status: 'reconciling',
    evidence: doubt.evidence,
    ...(doubt.mutationAt === undefined ? {} : { mutationAt: doubt.mutationAt }),
    ...(doubt.refusal === undefined ? {} : { refusal: doubt.refusal }),
    lookUps: 0,
    lookUpErrors: 0,
    absences: 0,
    lookUpAt: at + settleDelayMs(0, policy),
  }
  return moved(target, state, { change, ...note(doubt.evidence) })
}

/** Nobody can tell but a person. */
export function ask(
  target: Target,
  at: Instant,
  doubt: {
    evidence: readonly Evidence[]
    mutationAt?: Instant | undefined
    where?: string | undefined
  },
  { policy, can }: Context,
): Decision {
  const relookMs = can.canLookUp ? policy.recheckMs[0] : undefined
  const state: TargetState = {
    status: 'unconfirmed',
    evidence: doubt.evidence,
    askedAt: at,
    ...(doubt.mutationAt === undefined ? {} : { mutationAt: doubt.mutationAt }),
    ...(doubt.where === undefined ? {} : { where: doubt.where }),
    relooks: 0,
    ...(relookMs === undefined ? {} : { relookAt: at + relookMs }),
  }
  return moved(target, state, note(doubt.evidence))
}

/** Live, by whatever way we know. */
export function live(
  target: Target,
  at: Instant,
  known: Pick<StateOf<'published'>, 'how'> &
    Partial<{ [K in 'who' | 'remoteId' | 'permalink']: StateOf<'published'>[K] | undefined }>,
  context: Context,
  extra: { effects?: readonly Effect[]; note?: string } = {},
): Decision {
  const lateMs = (wentOutAt(target, at) ?? target.dueSince) - target.dueSince
  const state: StateOf<'published'> = {
    status: 'published',
    publishedAt: at,
    how: known.how,
    ...(known.who === undefined ? {} : { who: known.who }),
    ...(known.remoteId === undefined ? {} : { remoteId: known.remoteId }),
    ...(known.permalink === undefined ? {} : { permalink: known.permalink }),
    ...(lateMs > LATE_MS ? { lateMs } : {}),
    rechecks: 0,
    missing: 0,
  }
  const next = withRecheck(state, at, context)
  // After a doubt or a second try there may be a copy: that is looked at soon, not only in its turn.
  const inQuestion = known.how === 'found' || target.attempt > 1
  const soonAt = at + settleDelayMs(2, context.policy)
  const early = inQuestion && context.can.canVerify && soonAt < (next.recheckAt ?? Infinity)
  return moved(target, early ? { ...next, recheckAt: soonAt } : next, extra)
}

/**
 * What was found, or confirmed by a person, went out when it was sent, not when that became known.
 * Undefined where nobody can tell when that was.
 */
function wentOutAt({ state }: Target, at: Instant): Instant | undefined {
  const wasInDoubt = state.status === 'reconciling' || state.status === 'unconfirmed'
  return wasInDoubt ? state.mutationAt : at
}

/** Beyond this after its time, a post that went live is late. Milliseconds. */
export const LATE_MS = 60_000

/** Puts the time of the next look on a live target; none when every look is done. */
export function withRecheck(
  state: StateOf<'published'>,
  at: Instant,
  { policy, can }: Context,
): StateOf<'published'> {
  const { recheckAt: _old, ...rest } = state
  if (!can.canVerify) return rest
  // Without an id the post is looked for soon, at the settle delays, before the ordinary looks.
  if (state.remoteId === undefined && state.rechecks < policy.maxLookUps) {
    return { ...rest, recheckAt: at + settleDelayMs(state.rechecks, policy) }
  }
  const next = policy.recheckMs.map((ms) => state.publishedAt + ms).find((due) => due > at)
  return next === undefined ? rest : { ...rest, recheckAt: next }
}

function note(evidence: readonly Evidence[]): { note?: string } {
  const last = evidence.at(-1)
  return last ? { note: last.text } : {}
}
