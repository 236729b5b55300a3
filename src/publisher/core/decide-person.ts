import { awaitApproval } from './approval.js'
import { type Context, live, moved, refused } from './moves.js'
import type { Decision, StateOf, Target, TargetEvent, TargetState } from './target.js'

type Asked = Extract<
  TargetEvent,
  {
    type:
      | 'verdictGiven'
      | 'retryRequested'
      | 'edited'
      | 'publishNowRequested'
      | 'rescheduled'
      | 'cancelRequested'
      | 'approved'
  }
>

/** What a person's click or command leads to; a refusal is the polite answer they get. */
export function decidePerson(target: Target, event: Asked, context: Context): Decision {
  switch (event.type) {
    case 'verdictGiven':
      return verdict(target, event, context)
    case 'retryRequested':
      return target.state.status === 'failed'
        ? again(target, event.at)
        : refused(notRetryable(target.state))
    case 'edited':
      return edit(target, event, context)
    case 'publishNowRequested':
      return publishNow(target, event.at)
    case 'rescheduled':
      return reschedule(target, event, context)
    case 'cancelRequested':
      return cancel(target, event)
    case 'approved':
      return approve(target, event)
  }
}

function verdict(
  target: Target,
  { at, verdict, who, permalink, attempt, askedAt }: Extract<Asked, { type: 'verdictGiven' }>,
  context: Context,
): Decision {
  const { state } = target
  if (state.status !== 'unconfirmed') return refused(alreadySettled(state))
  // Who looked before has not seen what is in question now.
  const isEarlier =
    (attempt !== undefined && attempt !== target.attempt) ||
    (askedAt !== undefined && askedAt !== state.askedAt)
  if (isEarlier) return refused(EARLIER_QUESTION)
  if (verdict === 'live') return live(target, at, { how: 'person', who, permalink }, context)
  return moved(target, {
    status: 'failed',
    failedAt: at,
    reason: {
      class: 'denied',
      text: `${who.name ?? who.id} looked and it is not there.`,
      next: 'Retry failed sends it again.',
    },
  })
}

const EARLIER_QUESTION =
  'This answers an earlier question, so nothing was changed: more has happened since. Please look again, then answer in its thread or from /publish status.'

function again(target: Target, at: number): Decision {
  return moved(target, { status: 'queued', dueAt: at }, { change: { automatic: 0, dueSince: at } })
}

function edit(
  target: Target,
  { at, who, approvalMs, unchanged }: Extract<Asked, { type: 'edited' }>,
  { policy }: Context,
): Decision {
  const { state } = target
  if (state.status !== 'failed' && state.status !== 'scheduled' && state.status !== 'held') {
    return refused(inFlight(state))
  }
  const fresh = {
    ...(state.status === 'failed' ? { automatic: 0, dueSince: at } : {}),
    // They belong to the old content; with the same one, they tell where an earlier copy may be.
    ...(unchanged ? {} : { handles: {} }),
  }
  if (approvalMs !== undefined) {
    const publishAt = 'publishAt' in state && state.publishAt > at ? state.publishAt : undefined
    const held = awaitApproval(at, { by: who, waitMs: approvalMs, publishAt }, policy)
    return moved(target, held, { change: fresh })
  }
  return state.status === 'failed'
    ? moved(target, { status: 'queued', dueAt: at }, { change: fresh })
    : moved(target, state, { change: fresh })
}

type Unsent = StateOf<'scheduled' | 'queued' | 'waiting' | 'held'>

/** Certainly not sent, and nobody is sending it. */
function isUnsent(state: TargetState): state is Unsent {
  return ['scheduled', 'queued', 'waiting', 'held'].includes(state.status)
}

function publishNow(target: Target, at: number): Decision {
  const { state } = target
  if (state.status !== 'held' && state.status !== 'scheduled' && state.status !== 'waiting') {
    return refused(inFlight(state))
  }
  if (state.status === 'held' && state.hold === 'approval') {
    return refused('It waits for an approval; Publish now does not replace that.')
  }
  return moved(
    target,
    { status: 'queued', dueAt: at, force: true },
    { change: { automatic: 0, dueSince: at } },
  )
}

function reschedule(
  target: Target,
  { at, publishAt }: Extract<Asked, { type: 'rescheduled' }>,
  { policy }: Context,
): Decision {
  const { state } = target
  if (!isUnsent(state)) return refused(inFlight(state))
  const change = { automatic: 0, dueSince: publishAt }
  if (state.status === 'held' && state.request) {
    const { by, waitMs } = state.request
    return moved(target, awaitApproval(at, { by, waitMs, publishAt }, policy), { change })
  }
  return state.status === 'held' && state.hold !== 'late'
    ? moved(target, { ...state, publishAt }, { change })
    : moved(target, { status: 'scheduled', publishAt }, { change })
}

function cancel(
  target: Target,
  { at, who }: Extract<Asked, { type: 'cancelRequested' }>,
): Decision {
  const { state } = target
  switch (state.status) {
    case 'scheduled':
    case 'queued':
    case 'waiting':
    case 'held':
      return moved(target, { status: 'cancelled', who, cancelledAt: at })
    case 'failed':
      return refused('It is not live and will not be sent by itself; there is nothing to cancel.')
    case 'unconfirmed':
      return refused('It may be live already. Say whether it is, then decide.')
    default:
      return refused(inFlight(state))
  }
}

function approve(target: Target, { at, who }: Extract<Asked, { type: 'approved' }>): Decision {
  const { state } = target
  if (state.status !== 'held' || state.hold !== 'approval')
    return refused('It waits for no approval.')
  const { publishAt, request } = state
  if (request && request.by.id === who.id) {
    return refused('Somebody else has to approve it: the words are yours.')
  }
  if (request && (request.expiresAt === undefined || request.expiresAt <= at)) {
    return refused('The request for approval has expired; Reschedule asks again.')
  }
  return publishAt !== undefined && publishAt > at
    ? moved(target, { status: 'scheduled', publishAt }, { change: { dueSince: publishAt } })
    : moved(target, { status: 'queued', dueAt: at }, { change: { dueSince: publishAt ?? at } })
}

function notRetryable(state: TargetState): string {
  return state.status === 'unconfirmed'
    ? 'It may be live already. Look first, then press "I confirmed it\'s live" or "It\'s not there".'
    : alreadySettled(state)
}

function alreadySettled(state: TargetState): string {
  switch (state.status) {
    case 'published':
      return state.who
        ? `${state.who.name ?? state.who.id} already confirmed it is live.`
        : 'It is already live.'
    case 'failed':
      return 'It is already marked as not live.'
    case 'cancelled':
      return `It was cancelled by ${state.who.name ?? state.who.id}.`
    default:
      return inFlight(state)
  }
}

function inFlight(state: TargetState): string {
  switch (state.status) {
    case 'published':
      return 'It is already live.'
    case 'cancelled':
      return `It was cancelled by ${state.who.name ?? state.who.id}.`
    case 'failed':
      return 'It has failed; use Retry failed.'
    case 'unconfirmed':
      return 'It may be live already; say first whether it is.'
    case 'held':
      return 'It is held and waits for a person.'
    case 'scheduled':
      return 'It is scheduled and not due yet.'
    case 'waiting':
      return 'It is waiting for its next automatic try.'
    case 'queued':
      return 'It is queued already.'
    default:
      return 'It is being published right now.'
  }
}
