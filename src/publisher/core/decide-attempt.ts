import { ask, type Context, live, moved, reconcile, refused, retryLater } from './moves.js'
import { isRateLimit, type Outcome, type Reason } from './outcome.js'
import { settleDelayMs, wholeBackoffMs } from './retry.js'
import type { Decision, Effect, Evidence, StateOf, Target, TargetEvent } from './target.js'

type Attempted = Extract<TargetEvent, { type: 'attempted' }>
type InFlight = StateOf<'publishing' | 'processing'>

/** What an attempt, or a poll of an accepted one, leads to. */
export function decideAttempt(target: Target, event: Attempted, context: Context): Decision {
  const { state } = target
  if (state.status !== 'publishing' && state.status !== 'processing') {
    return refused(`no attempt is under way in ${state.status}`)
  }
  const { at, outcome } = event
  switch (outcome.kind) {
    case 'published':
      return live(target, at, { how: 'answer', ...outcome }, context, releasing(state))
    case 'accepted':
      return keepProcessing(target, state, event, outcome, context)
    case 'transient':
      return state.status === 'processing'
        ? pollAgain(target, state, event, outcome, context)
        : failedForNow(target, event, outcome, context)
    case 'permanent':
      return state.status === 'processing' && isRefusedCredential(outcome.reason)
        ? pollAgain(target, state, event, outcome, context)
        : failedForGood(target, at, outcome, context)
    case 'ambiguous':
      return inDoubt(target, state, event, outcome, context)
  }
}

function releasing(state: InFlight): { effects: readonly Effect[] } {
  return { effects: state.status === 'publishing' ? [{ kind: 'releaseAccount' }] : [] }
}

function keepProcessing(
  target: Target,
  state: InFlight,
  event: Attempted,
  outcome: Extract<Outcome, { kind: 'accepted' }>,
  context: Context,
): Decision {
  const { policy } = context
  const { at } = event
  const before = state.status === 'processing' ? state : state.processing
  const polls = before ? before.polls + 1 : 0
  const deadlineAt = before?.deadlineAt ?? at + policy.processingDeadlineMs
  if (at >= deadlineAt) return tooSlow(target, state, event, outcome, context)
  const mutationAt = outcome.stage === 'finishing' ? mutationStart(state, at) : state.mutationAt
  return moved(
    target,
    {
      status: 'processing',
      stage: outcome.stage,
      note: outcome.note,
      polls,
      pollAt: at + (outcome.pollAfterMs ?? settleDelayMs(polls, policy)),
      deadlineAt,
      ...(mutationAt === undefined ? {} : { mutationAt }),
    },
    { note: outcome.note },
  )
}

/** The poll did not work. That says nothing about the post, which was accepted and may be live. */
function pollAgain(
  target: Target,
  state: StateOf<'processing'>,
  event: Attempted,
  outcome: Extract<Outcome, { kind: 'transient' | 'permanent' }>,
  context: Context,
): Decision {
  const { stage, note, polls } = state
  const waitMs = outcome.kind === 'transient' ? (outcome.retryAfterMs ?? 0) : 0
  const pollAfterMs = Math.max(waitMs, settleDelayMs(polls + 1, context.policy))
  const accepted = { kind: 'accepted', stage, note, pollAfterMs } as const
  const decision = keepProcessing(target, state, event, accepted, context)
  if (decision.kind === 'refused' || outcome.kind === 'transient') return decision
  return { ...decision, effects: [{ kind: 'holdAccount', reason: outcome.reason }] }
}

function isRefusedCredential(reason: Reason): boolean {
  return reason.class === 'auth' || reason.class === 'permission'
}

function tooSlow(
  target: Target,
  state: InFlight,
  { at, jitter }: Attempted,
  outcome: Extract<Outcome, { kind: 'accepted' }>,
  context: Context,
): Decision {
  const text = 'The platform has not finished processing in time.'
  if (outcome.stage === 'finishing') {
    return reconcile(
      target,
      at,
      { evidence: [{ at, text }], mutationAt: mutationStart(state, at) },
      context,
    )
  }
  const reason: Reason = { class: 'platform', text }
  return retryLater(target, at, { reason, jitter }, context, { handles: {} })
}

function failedForNow(
  target: Target,
  { at, jitter }: Attempted,
  outcome: Extract<Outcome, { kind: 'transient' }>,
  context: Context,
): Decision {
  const { reason } = outcome
  const limited = outcome.scope === 'account'
  const retryAfterMs =
    outcome.retryAfterMs ?? (limited ? wholeBackoffMs(target.automatic, context.policy) : undefined)
  const change = outcome.discardHandles ? { handles: {} } : {}
  const decision = retryLater(target, at, { reason, retryAfterMs, jitter }, context, change)
  return limited ? pausing(decision, reason, at + (retryAfterMs ?? 0)) : decision
}

function pausing(decision: Decision, reason: Reason, untilAt: number): Decision {
  if (decision.kind === 'refused') return decision
  return { ...decision, effects: [{ kind: 'pauseAccount', untilAt, reason }] }
}

function failedForGood(
  target: Target,
  at: number,
  outcome: Extract<Outcome, { kind: 'permanent' }>,
  { policy }: Context,
): Decision {
  const { reason } = outcome
  const change = outcome.discardHandles ? { handles: {} } : {}
  // Also the last automatic attempt is held. Only a target that went on from such a hold can be
  // beyond it: that ends a refusal which no check can see.
  if (isRefusedCredential(reason) && target.automatic <= policy.maxAttempts) {
    return moved(
      target,
      { status: 'held', hold: 'account', reason, heldAt: at },
      { effects: [{ kind: 'holdAccount', reason }], note: reason.text, change },
    )
  }
  return moved(target, { status: 'failed', reason, failedAt: at }, { note: reason.text, change })
}

/** When what may be out began, at the earliest. */
function mutationStart(state: InFlight, at: number): number {
  return state.mutationAt ?? (state.status === 'publishing' ? state.startedAt : at)
}

function inDoubt(
  target: Target,
  state: InFlight,
  event: Attempted,
  outcome: Extract<Outcome, { kind: 'ambiguous' }>,
  context: Context,
): Decision {
  const { at } = event
  const evidence: readonly Evidence[] = [
    {
      at,
      text: outcome.reason.text,
      ...(outcome.remoteId === undefined ? {} : { remoteId: outcome.remoteId }),
    },
  ]
  const mutationAt = mutationStart(state, at)
  const { refusal } = outcome
  const limit = isRateLimit(refusal) ? refusal : undefined
  // Where nobody can look, a limit that may be wrong must not lead to a second send.
  if (refusal && !limit && !context.can.canLookUp) {
    return failedForGood(target, at, { kind: 'permanent', reason: refusal }, context)
  }
  const decision = context.can.canLookUp
    ? reconcile(target, at, { evidence, mutationAt, refusal }, context)
    : ask(target, at, { evidence, mutationAt, where: event.where }, context)
  if (!limit) return decision
  const waitMs = outcome.retryAfterMs ?? wholeBackoffMs(target.automatic, context.policy)
  return pausing(decision, limit, at + waitMs)
}
