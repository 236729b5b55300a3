import { type Context, moved, reconcile, refused } from './moves.js'
import type { Outcome, Reason } from './outcome.js'
import type { Decision, Evidence, Instant, StateOf, Target, TargetEvent } from './target.js'

type LateAnswer = Extract<TargetEvent, { type: 'lateAnswer' }>
type Doubtful = StateOf<'reconciling' | 'unconfirmed'>

/**
 * An answer that came after its lease had ended. It is evidence: it never makes a target live
 * or failed by itself, but it stops a send that was about to happen and calls for a look. Beside a
 * post that is live, it may name a second one.
 */
export function decideLateAnswer(target: Target, event: LateAnswer, context: Context): Decision {
  const { state } = target
  switch (state.status) {
    case 'reconciling':
    case 'unconfirmed':
      return moreEvidence(target, state, event)
    case 'queued':
    case 'waiting':
      return mayBeOut(event.outcome) ? look(target, event, context) : nothingNew()
    case 'failed':
      return mayBeOut(event.outcome) ? look(target, event, context, state.reason) : nothingNew()
    case 'publishing':
    case 'processing':
      if (!isOut(event.outcome)) return nothingNew()
      // Before this attempt has sent, its next step finds itself stale.
      return hasSent(state) ? keepForTheEnd(target, state, event) : look(target, event, context)
    case 'held':
      return isOut(event.outcome) ? look(target, event, context, state.reason) : nothingNew()
    case 'scheduled':
    case 'cancelled':
      return isOut(event.outcome) ? look(target, event, context, STOPPED) : nothingNew()
    case 'published':
      return compare(target, state, event, context)
  }
}

/**
 * What was reported while an attempt was sending, decided on now that the attempt has ended.
 * @param before the target while it was sending
 * @param ended what the end of the attempt by itself leads to
 */
export function withLateReports(
  before: Target,
  ended: Decision,
  at: Instant,
  context: Context,
): Decision {
  const reports = ('late' in before.state && before.state.late) || []
  return reports.reduce((decided, report) => {
    if (decided.kind === 'refused') return decided
    const next = decideLateAnswer(decided.target, { type: 'lateAnswer', at, ...report }, context)
    if (next.kind === 'refused') return decided
    return { ...next, effects: [...decided.effects, ...next.effects] }
  }, ended)
}

/** Its own answer tells what became of the attempt; whoever holds it goes on. */
function keepForTheEnd(
  target: Target,
  state: StateOf<'publishing' | 'processing'>,
  event: LateAnswer,
): Decision {
  const { type: _type, at: _at, ...report } = event
  const late = [...(state.late ?? []), report]
  const kept = { ...target, state: { ...state, late } }
  return { kind: 'moved', target: kept, effects: [], note: evidenceOf(event).text }
}

/** The answer names the post that is live, or a second one. */
function compare(
  target: Target,
  state: StateOf<'published'>,
  { at, outcome, attempt }: LateAnswer,
  { can }: Context,
): Decision {
  if (outcome.kind !== 'published' || outcome.remoteId === undefined) return nothingNew()
  const { remoteId, permalink } = outcome
  const named = { remoteId, ...(permalink === undefined ? {} : { permalink }) }
  if (state.remoteId === undefined) {
    const link = state.permalink === undefined ? named : { remoteId }
    return { kind: 'moved', target: { ...target, state: { ...state, ...link } }, effects: [] }
  }
  // One attempt makes one post, whatever names it has.
  if (remoteId === state.remoteId || attempt === target.attempt) return nothingNew()
  const link = state.permalink === undefined ? {} : { permalink: state.permalink }
  const copies = [{ remoteId: state.remoteId, ...link }, named]
  return {
    kind: 'moved',
    // Looked at soon: whether the other one is still there.
    target: { ...target, state: { ...state, ...(can.canVerify ? { recheckAt: at } : {}) } },
    effects: [{ kind: 'incident', incident: { type: 'duplicate', copies } }],
    note: 'An attempt that was answered late made another post.',
  }
}

/** What stands when the look finds nothing: it must not be sent by itself then. */
const STOPPED: Reason = {
  class: 'unknown',
  text: 'An earlier attempt was answered late, but the post was not found.',
  next: 'Retry failed sends it again.',
}

function moreEvidence(target: Target, state: Doubtful, event: LateAnswer): Decision {
  const line = evidenceOf(event)
  const beganAt = Math.min(state.mutationAt ?? Number.POSITIVE_INFINITY, began(target, event))
  const doubt = mayBeOut(event.outcome) ? { mutationAt: beganAt } : {}
  const known = { ...state, ...doubt, evidence: [...state.evidence, line] }
  if (known.status === 'unconfirmed') {
    const named = line.remoteId === undefined ? {} : { relookAt: event.at }
    return moved(target, { ...known, ...named }, { note: line.text })
  }
  // A look that is under way goes on.
  return { kind: 'moved', target: { ...target, state: known }, effects: [], note: line.text }
}

/** @param refusal what stands when nothing is found; without it the target is sent again then */
function look(target: Target, event: LateAnswer, context: Context, refusal?: Reason): Decision {
  const doubt = { evidence: [evidenceOf(event)], mutationAt: began(target, event), refusal }
  return reconcile(target, event.at, doubt, context)
}

function nothingNew(): Decision {
  return refused('it changes nothing')
}

const REPORTS: Readonly<Record<Outcome['kind'], string>> = {
  published: 'the post is out',
  accepted: 'the platform took the post',
  transient: 'it did not work',
  permanent: 'the platform refused it',
  ambiguous: 'there was no clear answer',
}

function evidenceOf({ at, outcome, seen }: LateAnswer): Evidence {
  const text = seen
    ? 'A look-up that was under way meanwhile found the post.'
    : `A worker that had stood still reported late: ${REPORTS[outcome.kind]}.`
  if (outcome.kind !== 'published') return { at, text }
  const { remoteId, permalink } = outcome
  return {
    at,
    text,
    ...(seen ? {} : { answered: true as const }),
    ...(remoteId === undefined ? {} : { remoteId }),
    ...(permalink === undefined ? {} : { permalink }),
  }
}

/** A look must reach back to where the post may have been sent. */
function began(target: Target, event: LateAnswer): number {
  return event.mutationAt ?? target.dueSince
}

function isOut(outcome: Outcome): boolean {
  if (outcome.kind === 'accepted') return outcome.stage === 'finishing'
  return outcome.kind === 'published'
}

function mayBeOut(outcome: Outcome): boolean {
  return isOut(outcome) || outcome.kind === 'ambiguous'
}

function hasSent(state: StateOf<'publishing' | 'processing'>): boolean {
  return state.status === 'publishing'
    ? state.mutationAt !== undefined
    : state.stage === 'finishing'
}
