import { ask, type Context, live, moved, refused, retryLater, withRecheck } from './moves.js'
import { type Finding, isRateLimit, type Reason } from './outcome.js'
import { type Policy, settleDelayMs, wholeBackoffMs } from './retry.js'
import type { Decision, Effect, Evidence, StateOf, Target, TargetEvent } from './target.js'

type LookedUp = Extract<TargetEvent, { type: 'lookedUp' }>

/** What a look-up of a doubtful target leads to. */
export function decideLookUp(target: Target, event: LookedUp, context: Context): Decision {
  const { state } = target
  if (state.status !== 'reconciling' && state.status !== 'unconfirmed') {
    return refused(`nothing is in doubt in ${state.status}`)
  }
  const { finding, at } = event
  if (finding.kind === 'found') return found(target, at, finding, context)
  return state.status === 'reconciling'
    ? lookOn(target, state, event, finding, context)
    : relookLater(target, state, event, finding, context)
}

function found(
  target: Target,
  at: number,
  finding: Extract<Finding, { kind: 'found' }>,
  context: Context,
): Decision {
  const effects: readonly Effect[] =
    finding.copies && finding.copies.length > 1
      ? [{ kind: 'incident', incident: { type: 'duplicate', copies: finding.copies } }]
      : []
  const { remoteId, permalink } = finding
  return live(target, at, { how: 'found', remoteId, permalink }, context, {
    effects,
    note: finding.how,
  })
}

function lookOn(
  target: Target,
  state: StateOf<'reconciling'>,
  event: LookedUp,
  finding: Exclude<Finding, { kind: 'found' }>,
  context: Context,
): Decision {
  const { policy } = context
  const { at, jitter } = event
  const errors = state.lookUpErrors + (finding.kind === 'error' ? 1 : 0)
  const lookUps = state.lookUps + (finding.kind === 'error' ? 0 : 1)
  const absences =
    finding.kind === 'absent' ? state.absences + 1 : finding.kind === 'error' ? state.absences : 0
  const enough = looksNeeded(state, finding, policy)
  const proven = finding.kind === 'absent' && (finding.proof === 'conclusive' || absences >= enough)
  if (proven) return absent(target, state, at, jitter, finding, context)
  const evidence = remember(state.evidence, at, describe(finding))
  if (lookUps >= enough || errors >= policy.maxLookUpErrors) {
    // The platform said no in its own words, and looking found nothing: that is an answer.
    if (state.refusal && finding.kind !== 'error') {
      return refusalStands(target, at, state.refusal, jitter, context)
    }
    return ask(target, at, { evidence, mutationAt: state.mutationAt, where: event.where }, context)
  }
  const askedMs = finding.kind === 'error' ? waitAsked(finding, errors, policy) : 0
  const lookUpAt = at + Math.max(settleDelayMs(lookUps + errors, policy), askedMs)
  return moved(
    target,
    { ...state, evidence, lookUps, lookUpErrors: errors, absences, lookUpAt },
    { note: describe(finding) },
  )
}

/** Looks that must come back empty: a refusal needs fewer, unless it leads to a second send. */
function looksNeeded(
  { refusal }: StateOf<'reconciling'>,
  finding: Finding,
  policy: Policy,
): number {
  if (!refusal || isRateLimit(refusal)) return policy.maxLookUps
  return finding.kind === 'absent' ? policy.refusalLookUps : policy.refusalListLookUps
}

/** A rate limit that names no time is waited out longer and longer: each call may prolong it. */
function waitAsked(
  { reason, retryAfterMs }: Extract<Finding, { kind: 'error' }>,
  errors: number,
  policy: Policy,
): number {
  return retryAfterMs ?? (isRateLimit(reason) ? wholeBackoffMs(errors, policy) : 0)
}

function absent(
  target: Target,
  state: StateOf<'reconciling'>,
  at: number,
  jitter: number,
  finding: Extract<Finding, { kind: 'absent' }>,
  context: Context,
): Decision {
  const change = finding.discardHandles ? { handles: {} } : {}
  if (state.refusal) return refusalStands(target, at, state.refusal, jitter, context, change)
  const reason: Reason = {
    class: 'platform',
    text: `${state.evidence[0]?.text ?? 'The answer was lost.'} ${finding.how}`,
  }
  return retryLater(target, at, { reason, jitter }, context, change)
}

/** @param change for the next attempt, where there is one by itself */
function refusalStands(
  target: Target,
  at: number,
  reason: Reason,
  jitter: number,
  context: Context,
  change: Partial<Pick<Target, 'handles'>> = {},
): Decision {
  // How long the account has to wait was told to the account.
  if (isRateLimit(reason)) return retryLater(target, at, { reason, jitter }, context, change)
  return moved(target, { status: 'failed', reason, failedAt: at }, { note: reason.text })
}

function relookLater(
  target: Target,
  state: StateOf<'unconfirmed'>,
  event: LookedUp,
  finding: Exclude<Finding, { kind: 'found' }>,
  context: Context,
): Decision {
  const { at, jitter } = event
  if (finding.kind === 'absent' && finding.proof === 'conclusive') {
    const reason: Reason = { class: 'platform', text: finding.how }
    const change = finding.discardHandles ? { handles: {} } : {}
    return retryLater(target, at, { reason, jitter }, context, change)
  }
  const { relookAt: _done, ...rest } = state
  const next = context.policy.recheckMs.map((ms) => state.askedAt + ms).find((due) => due > at)
  return moved(
    target,
    { ...rest, relooks: state.relooks + 1, ...(next === undefined ? {} : { relookAt: next }) },
    { note: describe(finding) },
  )
}

function describe(finding: Exclude<Finding, { kind: 'found' }>): string {
  return finding.kind === 'error' ? `The look-up did not work: ${finding.reason.text}` : finding.how
}

/** The same line again says nothing new. */
function remember(evidence: readonly Evidence[], at: number, text: string): readonly Evidence[] {
  return evidence.at(-1)?.text === text ? evidence : [...evidence, { at, text }]
}

/** Looks that must miss a live post before it counts as gone; reads are known to glitch. */
const MISSES = 2

/** What looking again at a live target leads to. */
export function decideSighting(
  target: Target,
  { at, sighting }: Extract<TargetEvent, { type: 'sighted' }>,
  context: Context,
): Decision {
  const { state } = target
  if (state.status !== 'published') return refused(`${state.status} is not live`)
  const seen = { ...state, rechecks: state.rechecks + 1, missing: 0 }
  switch (sighting.kind) {
    case 'live': {
      const remoteId = state.remoteId ?? sighting.remoteId
      const permalink = state.permalink ?? sighting.permalink
      const known = {
        ...seen,
        ...(remoteId === undefined ? {} : { remoteId }),
        ...(permalink === undefined ? {} : { permalink }),
      }
      return moved(target, withRecheck(known, at, context))
    }
    case 'duplicated':
      return moved(target, withRecheck(seen, at, context), {
        effects: [{ kind: 'incident', incident: { type: 'duplicate', copies: sighting.copies } }],
        note: `${sighting.copies.length} copies are live.`,
      })
    case 'unknown':
      return moved(target, withRecheck({ ...seen, missing: state.missing }, at, context), {
        note: sighting.how,
      })
    case 'gone': {
      const missing = state.missing + 1
      if (missing < MISSES) {
        const recheckAt = at + settleDelayMs(1, context.policy)
        return moved(target, { ...seen, missing, recheckAt }, { note: sighting.how })
      }
      return moved(
        target,
        {
          status: 'failed',
          failedAt: at,
          reason: {
            class: 'removed',
            text: 'It was live, and is gone from the platform.',
            next: 'If nobody deleted it on purpose, look at the account; retrying publishes it again.',
          },
        },
        {
          effects: [{ kind: 'incident', incident: { type: 'removed', how: sighting.how } }],
          note: sighting.how,
          change: sighting.handles ? { handles: sighting.handles } : {},
        },
      )
    }
  }
}
