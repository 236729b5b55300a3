import { decideAttempt } from './decide-attempt.js'
import { decideClaim, decideLeaseEnd } from './decide-claim.js'
import { decideLateAnswer, withLateReports } from './decide-late.js'
import { decideLookUp, decideSighting } from './decide-look.js'
import { decidePerson } from './decide-person.js'
import { type Context, moved, refused } from './moves.js'
import type { Decision, Instant, Target, TargetEvent } from './target.js'

export type { Context } from './moves.js'

/**
 * The whole state machine: given a target and an event, the next state and what follows from it.
 * Pure: clock and randomness arrive inside the event.
 * An event that does not fit the state is refused with a sentence, never thrown.
 */
export function decide(target: Target, event: TargetEvent, context: Context): Decision {
  switch (event.type) {
    case 'claimed':
      return decideClaim(target, event, context)
    case 'stepped':
    case 'mutationBegun':
      return decideStep(target, event)
    case 'attempted':
      return withLateReports(target, decideAttempt(target, event, context), event.at, context)
    case 'lookedUp':
      return decideLookUp(target, event, context)
    case 'sighted':
      return decideSighting(target, event, context)
    case 'lateAnswer':
      return decideLateAnswer(target, event, context)
    case 'leaseEnded':
      return decideLeaseEnd(target, event.at, context)
    case 'accountRestored':
      return decideRestored(target, event.at, context)
    case 'verdictGiven':
    case 'retryRequested':
    case 'edited':
    case 'publishNowRequested':
    case 'rescheduled':
    case 'cancelRequested':
    case 'approved':
      return decidePerson(target, event, context)
    default:
      return event satisfies never
  }
}

/**
 * What a worker writes down while it is at work, each time under a fresh lease. `stepped`: the handles
 * that a preparing call left. `mutationBegun`: the write-ahead mark, that the post is about to be sent.
 */
function decideStep(
  target: Target,
  event: Extract<TargetEvent, { type: 'stepped' | 'mutationBegun' }>,
): Decision {
  const { state, lease } = target
  if (!lease || event.at >= lease.expiresAt) return refused('the lease has ended')
  const renewed = { ...lease, expiresAt: event.leaseExpiresAt }
  const kept = { ...target, handles: event.handles, lease: renewed }
  if (event.type === 'stepped') {
    const { note } = event
    const shown = note !== undefined && state.status === 'publishing'
    const target = shown ? { ...kept, state: { ...state, note } } : kept
    return { kind: 'moved', target, effects: [] }
  }
  if (state.status !== 'publishing') return refused(`nothing may be sent in ${state.status}`)
  const mutationAt = state.mutationAt ?? event.at
  const { note: _uploaded, ...sending } = state
  return { kind: 'moved', target: { ...kept, state: { ...sending, mutationAt } }, effects: [] }
}

function decideRestored(target: Target, at: Instant, { policy }: Context): Decision {
  const { state } = target
  if (state.status !== 'held' || state.hold !== 'account')
    return refused('it is not held by its account')
  if (state.publishAt !== undefined && state.publishAt > at) {
    const { publishAt } = state
    return moved(target, { status: 'scheduled', publishAt }, { change: { dueSince: publishAt } })
  }
  if (at - target.dueSince > policy.staleAfterMs) {
    return moved(target, {
      ...state,
      hold: 'late',
      reason: {
        class: 'stale',
        text: 'The credential works again, but the post is more than a day late.',
        next: 'Publish now, reschedule it, or cancel it.',
      },
    })
  }
  // The budget goes on: a refusal that no check can see must not be met again for ever.
  return moved(target, { status: 'queued', dueAt: at })
}

/** When something has to be done for this target next, if ever: what the doorbell is set to. */
export function nextDueAt({ state, lease }: Target): Instant | undefined {
  if (lease) return lease.expiresAt
  switch (state.status) {
    case 'scheduled':
      return state.publishAt
    case 'queued':
      return state.dueAt
    case 'waiting':
      return state.retryAt
    case 'processing':
      return state.pollAt
    case 'reconciling':
      return state.lookUpAt
    case 'unconfirmed':
      return state.relookAt
    case 'published':
      return state.recheckAt
    case 'publishing': // always leased; without one it must be looked at now
      return state.startedAt
    case 'held':
      return state.request?.expiresAt
    case 'failed':
    case 'cancelled':
      return undefined
  }
}
