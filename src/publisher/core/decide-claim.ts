import { expireApproval } from './approval.js'
import { withLateReports } from './decide-late.js'
import {
  ask,
  type Context,
  live,
  moved,
  reconcile,
  refused,
  retryLater,
  withRecheck,
} from './moves.js'
import type { Reason } from './outcome.js'
import type {
  AccountGate,
  Decision,
  Evidence,
  Instant,
  StateOf,
  Target,
  TargetEvent,
  TargetState,
  Task,
} from './target.js'

type Claimed = Extract<TargetEvent, { type: 'claimed' }>

/** What a worker that rang for this target may do now, if anything. */
export function decideClaim(target: Target, event: Claimed, context: Context): Decision {
  const { state, lease } = target
  const { at } = event
  if (lease && at < lease.expiresAt) return refused('another worker holds it')
  switch (state.status) {
    case 'scheduled':
      return start(target, state.publishAt, event, context)
    case 'queued':
      return start(target, state.dueAt, event, context)
    case 'waiting':
      return start(target, state.retryAt, event, context)
    case 'publishing':
      return decideLeaseEnd(target, at, context)
    case 'processing':
      if (at < state.pollAt) return refused('not due yet')
      return state.stage === 'preparing'
        ? resume(target, state, event, context)
        : grant(target, event, 'poll')
    case 'reconciling':
      if (at < state.lookUpAt) return refused('not due yet')
      if (event.gate.kind === 'paused' && event.gate.why !== undefined) {
        // The platform as a whole is down: looking would only count as looks that failed.
        const { untilAt, why } = event.gate
        return moved(target, { ...state, lookUpAt: Math.max(untilAt, at + 1) }, { note: why })
      }
      return look(target, state, event, context)
    case 'unconfirmed':
      if (state.relookAt === undefined || at < state.relookAt) return refused('not due yet')
      return relook(target, state, event, context)
    case 'published':
      if (state.recheckAt === undefined || at < state.recheckAt) return refused('not due yet')
      return context.can.canVerify
        ? grant(target, event, 'recheck')
        : leaveOut(target, state, event, context)
    case 'held': {
      const expiresAt = state.request?.expiresAt
      if (expiresAt === undefined || at < expiresAt) return refused('nothing to do before a person')
      return moved(target, expireApproval(state, at), { note: 'The request for approval expired.' })
    }
    case 'failed':
    case 'cancelled':
      return refused(`nothing to do for a ${state.status} target`)
  }
}

/** The worker that held it is gone or frozen: its post may be out. Never sent again unlooked. */
export function decideLeaseEnd(target: Target, at: Instant, context: Context): Decision {
  const { state, lease } = target
  if (state.status !== 'publishing') return refused('nobody was sending it')
  if (lease && at < lease.expiresAt) return refused('another worker holds it')
  return withLateReports(target, abandoned(target, state, at, context), at, context)
}

function abandoned(
  target: Target,
  { mutationAt }: StateOf<'publishing'>,
  at: Instant,
  context: Context,
): Decision {
  const text =
    mutationAt === undefined
      ? 'The worker stopped before anything was sent.'
      : 'The worker stopped after it had begun to send.'
  return reconcile(target, at, { evidence: [{ at, text }], mutationAt }, context)
}

function start(target: Target, dueAt: number, event: Claimed, { policy }: Context): Decision {
  const { at, gate, lease } = event
  const { state } = target
  const forced = state.status === 'queued' && state.force
  const early = at < dueAt
  // A refused credential holds what would be sent next at once; what is scheduled may still find it mended.
  const soon = state.status !== 'scheduled' || !early
  if (gate.kind === 'held' && !forced && soon) return hold(target, at, 'account', gate.reason)
  if (early) return refused('not due yet')
  if (at - dueAt > policy.graceMs) return hold(target, at, 'late', lateReason(at - dueAt))
  const goesOutAt = gate.kind === 'paused' ? Math.max(at, gate.untilAt) : at
  if (!forced && goesOutAt - target.dueSince > policy.staleAfterMs) {
    return hold(target, at, 'late', putOffReason(gate))
  }
  if (gate.kind === 'paused' && gate.untilAt > at) {
    // Without its promise it would ask by the rate again, and be put off again, for ever.
    const promised = gate.promised ? { promised: true as const } : {}
    const paused: TargetState =
      state.status === 'waiting'
        ? { status: 'waiting', retryAt: gate.untilAt, reason: state.reason, ...promised }
        : {
            status: 'queued',
            dueAt: gate.untilAt,
            ...(forced ? { force: true } : {}),
            ...promised,
          }
    return moved(target, paused, { note: gate.why ?? RATE_LIMITED })
  }
  const publishing: TargetState = { status: 'publishing', startedAt: at }
  return {
    kind: 'moved',
    target: {
      ...target,
      state: publishing,
      attempt: target.attempt + 1,
      automatic: target.automatic + 1,
      lease,
    },
    effects: [],
    task: 'publish',
  }
}

/** The platform was preparing (a container): the same attempt goes on from its handles. */
function resume(
  target: Target,
  state: StateOf<'processing'>,
  event: Claimed,
  context: Context,
): Decision {
  const { at, gate } = event
  if (gate.kind === 'held') return hold(target, at, 'account', gate.reason)
  const lateMs = at - state.pollAt
  if (lateMs > context.policy.graceMs) return hold(target, at, 'late', lateReason(lateMs))
  // A rate limit is met when it sends; only a place that is not free yet is waited for here.
  if (gate.kind === 'paused' && gate.why !== undefined && gate.untilAt > at) {
    return moved(target, { ...state, pollAt: gate.untilAt }, { note: gate.why })
  }
  const publishing: TargetState = {
    status: 'publishing',
    startedAt: event.at,
    processing: { polls: state.polls, deadlineAt: state.deadlineAt },
  }
  return {
    kind: 'moved',
    target: { ...target, state: publishing, lease: event.lease },
    effects: [],
    task: 'publish',
  }
}

function look(
  target: Target,
  state: StateOf<'reconciling'>,
  event: Claimed,
  context: Context,
): Decision {
  // Our own ledger proves it: the mark is written before the mutation, and fenced by the lease.
  if (state.mutationAt === undefined) {
    const lateMs = event.at - state.lookUpAt
    if (lateMs > context.policy.graceMs) return hold(target, event.at, 'late', lateReason(lateMs))
    const reason: Reason = {
      class: 'platform',
      text: 'The worker stopped before anything was sent.',
    }
    return retryLater(target, event.at, { reason, jitter: 0 }, context)
  }
  if (context.can.canLookUp) return grant(target, event, 'lookUp')
  const { mutationAt } = state
  const doubt = { evidence: evidenceOf(state, event), mutationAt, where: event.where }
  return knownAnswer(target, state, event, context) ?? ask(target, event.at, doubt, context)
}

function relook(
  target: Target,
  state: StateOf<'unconfirmed'>,
  event: Claimed,
  context: Context,
): Decision {
  if (context.can.canLookUp) return grant(target, event, 'relook')
  const { relookAt: _done, ...rest } = state
  const asked = { ...rest, evidence: evidenceOf(state, event) }
  return knownAnswer(target, state, event, context) ?? moved(target, asked)
}

/** A look that cannot be made is left out. The later ones stay: the account may be back by then. */
function leaveOut(
  target: Target,
  state: StateOf<'published'>,
  { at }: Claimed,
  { policy }: Context,
): Decision {
  const readable = { policy, can: { canLookUp: true, canVerify: true } }
  return moved(target, withRecheck({ ...state, rechecks: state.rechecks + 1 }, at, readable))
}

/** A platform that cannot be read, but whose late answer named the post. */
function knownAnswer(
  target: Target,
  state: StateOf<'reconciling' | 'unconfirmed'>,
  event: Claimed,
  context: Context,
): Decision | undefined {
  // Other lines may name a post that only looks the same.
  const named = state.evidence.findLast((line) => line.answered && line.remoteId !== undefined)
  if (!named || event.foreign) return undefined
  const { remoteId, permalink } = named
  return live(target, event.at, { how: 'answer', remoteId, permalink }, context)
}

function evidenceOf(
  { evidence }: StateOf<'reconciling' | 'unconfirmed'>,
  { at, foreign }: Claimed,
): readonly Evidence[] {
  return foreign
    ? [...evidence, { at, text: 'The post that was named belongs to another target.' }]
    : evidence
}

function grant(target: Target, event: Claimed, task: Task): Decision {
  return { kind: 'moved', target: { ...target, lease: event.lease }, effects: [], task }
}

function hold(target: Target, at: number, why: 'late' | 'account', reason: Reason): Decision {
  return moved(target, { status: 'held', hold: why, reason, heldAt: at }, { note: reason.text })
}

const RATE_LIMITED = 'The account is paused by a rate limit.'
const LATE_NEXT = 'Publish now, reschedule it, or cancel it.'

function lateReason(lateMs: number): Reason {
  const minutes = Math.round(lateMs / 60_000)
  return {
    class: 'stale',
    text: `It was due ${minutes} minutes ago and was not sent, because nothing could send it then.`,
    next: LATE_NEXT,
  }
}

/** Each pause moves the time at which it is due, so that only its first one tells how late it is. */
function putOffReason(gate: AccountGate): Reason {
  const why =
    gate.kind === 'paused'
      ? (gate.why ?? RATE_LIMITED)
      : 'The account was paused, or the platform was down.'
  return {
    class: 'stale',
    text: `It cannot go out within a day of its time. ${why}`,
    next: LATE_NEXT,
  }
}
