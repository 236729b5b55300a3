import type { Evidence, StateOf, TargetState } from '../publisher/core/target.js'
import type { Note } from '../store/notes.js'
import type { StoredContent, StoredTarget } from '../store/stored-target.js'
import { approvalLine, type ToApprove, toApproveOf } from './approval.js'
import type { AccountFacts, PostView, StoredIncident } from './card.js'
import { type Button, targetButtons } from './card-buttons.js'
import { duplicateButtons, duplicateLines, settledLines } from './duplicates.js'
import { noteLine, resolveButtons } from './notes.js'
import { failedSince, reachLine, surroundingsOf } from './playbook.js'
import { preflightOf, problemWords } from './preflight-words.js'
import { accountLine, duration, type Line, linkOr, stateLine } from './wording.js'

/** Which of six ways a target stands, for the one symbol in front of it. */
export type Tone = 'live' | 'failed' | 'person' | 'retry' | 'working' | 'off'

export const SYMBOLS: Readonly<Record<Tone, string>> = {
  live: '🟢',
  failed: '🔴',
  person: '🟠',
  retry: '🟡',
  working: '⚪',
  off: '⚫',
}

/** A target in the post's thread, before any chat has given it a shape. */
export interface TargetCard {
  readonly kind: 'target'
  readonly postId: string
  readonly targetId: string
  readonly account: string
  readonly platform: string
  readonly status: TargetState['status']
  readonly attempt: number
  readonly permalink?: string
  readonly tone: Tone
  /** Account and state in words. */
  readonly title: Line
  /** Why, what to do next, what is known: most important first. */
  readonly lines: readonly Line[]
  /** Who did what, the attempt, notes. */
  readonly asides: readonly Line[]
  /** What a person has to post, on a platform without an API. */
  readonly byHand?: ByHand
  /** What is shown below the lines, for somebody to approve. */
  readonly toApprove?: ToApprove
  readonly buttons: readonly Button[]
}

export interface ByHand {
  readonly instructions?: string
  readonly text: string
  readonly media: readonly StoredContent['media'][number][]
}

const TONES: Readonly<Record<TargetState['status'], Tone>> = {
  scheduled: 'working',
  queued: 'working',
  publishing: 'working',
  processing: 'working',
  reconciling: 'working',
  waiting: 'retry',
  unconfirmed: 'person',
  held: 'person',
  failed: 'failed',
  published: 'live',
  cancelled: 'off',
}

/** The one message of a target: where it stands, why, and what can be done about it. */
export function targetCard(view: PostView, stored: StoredTarget): TargetCard {
  const { state, attempt } = stored.target
  const permalink = state.status === 'published' ? state.permalink : undefined
  const byHand = byHandOf(stored)
  const toApprove = toApproveOf(stored)
  return {
    kind: 'target',
    postId: stored.postId,
    targetId: stored.id,
    account: stored.account,
    platform: stored.platform,
    status: state.status,
    attempt,
    ...(permalink === undefined ? {} : { permalink }),
    tone: TONES[state.status],
    title: titleLine(stored, permalink),
    lines: [
      ...duplicateLines(duplicatesOf(view, stored)),
      ...stateLines(view, stored),
      ...playbookLines(view, stored),
      ...(toApprove ? [approvalLine(toApprove)] : []),
    ],
    asides: asidesOf(view, stored),
    ...(byHand ? { byHand } : {}),
    ...(toApprove ? { toApprove } : {}),
    buttons: [
      ...duplicateButtons(
        stored,
        duplicatesOf(view, stored),
        view.canRemove?.(stored.account) ?? false,
      ),
      ...targetButtons(stored),
      ...resolveButtons(notesOf(view, stored)).slice(0, NOTES),
    ],
  }
}

/** What a person has to post by hand now, if anything. */
export function byHandOf({ platform, target, content }: StoredTarget): ByHand | undefined {
  if (platform !== 'manual' || target.state.status !== 'unconfirmed') return undefined
  const { where } = target.state
  return { ...(where ? { instructions: where } : {}), text: content.text, media: content.media }
}

function titleLine(stored: StoredTarget, permalink: string | undefined): Line {
  const link: Line = permalink ? [' · ', linkOr(permalink, 'open')] : []
  return [...accountLine(stored), ': ', ...stateLine(stored.target.state, stored.platform), ...link]
}

function stateLines(view: PostView, stored: StoredTarget): Line[] {
  const { state } = stored.target
  switch (state.status) {
    case 'scheduled': {
      const found = preflightOf(view, stored)
      return found ? [[`As things stand it would fail: ${problemWords(found)}`]] : []
    }
    case 'queued': {
      const { pausedUntil, isDown } = view.accounts.get(stored.account) ?? {}
      if (isDown) return [['The platform seems to be down; it goes on by itself when it answers.']]
      if (!pausedUntil || pausedUntil > state.dueAt) return []
      return [['The account is paused by a rate limit until ', { at: pausedUntil }, '.']]
    }
    case 'publishing':
    case 'processing':
      return state.note ? [[state.note]] : []
    case 'reconciling':
      return lastEvidence(state.evidence, 1)
    case 'unconfirmed':
      return stored.platform === 'manual' ? byHandLines(state) : doubtLines(view, stored, state)
    case 'waiting':
    case 'held':
      return reasonLines(state.reason)
    case 'failed':
      return [
        ...reasonLines(state.reason),
        ...(DOUBTFUL.has(state.reason.class) ? safetyLine(view, stored) : []),
      ]
    case 'published':
      return state.lateMs === undefined ? [] : [[`It went out ${duration(state.lateMs)} late.`]]
    default:
      return []
  }
}

/** The first questions about a failure, answered: is it only this one, and does the credential work? */
function playbookLines(view: PostView, stored: StoredTarget): Line[] {
  const since = failedSince(stored)
  if (since === undefined || stored.platform === 'manual') return []
  const around = view.ended && surroundingsOf(stored, view.ended)
  return [
    ...(around ? [reachLine(stored, around)] : []),
    ...checkedLines(view.accounts.get(stored.account)?.checked, stored, since),
  ]
}

function checkedLines(
  checked: AccountFacts['checked'],
  { target: { state } }: StoredTarget,
  since: number,
): Line[] {
  if (!checked || checked.at < since) return []
  const words = checked.words === '' ? '.' : `: ${checked.words}`
  // A held account is looked at again and again by itself; only the outcome is news.
  if (state.status === 'held') {
    return checked.kind === 'ok' ? [] : [[`Checked again since, without success${words}`]]
  }
  return [[{ strong: 'Credentials' }, ' ', { at: checked.at }, ` ${CHECKED[checked.kind]}${words}`]]
}

const CHECKED = {
  ok: 'work',
  refused: 'are refused',
  unknown: 'could not be checked',
} as const

/** Failures after which people ask whether sending again could make a second copy. */
const DOUBTFUL = new Set(['denied', 'platform', 'network', 'unknown'])

function byHandLines(state: StateOf<'unconfirmed'>): Line[] {
  return [
    ...(state.where ? [[linkOr(state.where)]] : []),
    ['The text and the media are in the thread. When it is out, say so here.'],
  ]
}

function doubtLines(view: PostView, stored: StoredTarget, state: StateOf<'unconfirmed'>): Line[] {
  return [
    ...lastEvidence(state.evidence, 3),
    ...(state.where ? [['Where to look: ', linkOr(state.where)]] : []),
    ...safetyLine(view, stored),
  ]
}

function lastEvidence(evidence: readonly Evidence[], count: number): Line[] {
  return evidence.slice(-count).map(({ at, text, permalink }) => {
    const seen: Line = permalink ? [' ', linkOr(permalink)] : []
    return [{ at }, `: ${text}`, ...seen]
  })
}

function reasonLines(reason: { text: string; next?: string; code?: string }): Line[] {
  const code = reason.code ? ` (${reason.code})` : ''
  return [[`${reason.text}${code}`], ...(reason.next ? [[reason.next]] : [])]
}

function safetyLine(view: PostView, stored: StoredTarget): Line[] {
  const safety = view.retrySafety(stored.account)
  return safety ? [[`Sending again: ${safety}`]] : []
}

function duplicatesOf(view: PostView, { id }: StoredTarget): StoredIncident[] {
  return view.incidents.filter(({ targetId, type }) => targetId === id && type === 'duplicate')
}

const DEEDS: Readonly<Record<string, string>> = {
  retryRequested: 'Retried',
  edited: 'Edited',
  publishNowRequested: 'Sent with Publish now',
  rescheduled: 'Rescheduled',
  approved: 'Approved',
}
const SHOWN_DEEDS = 3

function asidesOf(view: PostView, stored: StoredTarget): Line[] {
  const { attempt } = stored.target
  const deeds = view.history
    .filter(({ targetId }) => targetId === stored.id)
    .flatMap(({ type, toStatus, who, at }): Line[] => {
      // Who cancelled or confirmed stands in the title already.
      if (type === 'verdictGiven' && toStatus === 'published') return []
      const deed = type === 'verdictGiven' ? 'Not there, said' : DEEDS[type]
      return deed ? [[`${deed} by `, { who }, ' ', { at }]] : []
    })
  const notes = view.notes.filter(({ targetId }) => targetId === stored.id)
  const earlier = view.earlierNotes.get(stored.id) ?? []
  return [
    ...(attempt > 1 ? [[`Attempt ${attempt}`]] : []),
    ...deeds.slice(-SHOWN_DEEDS),
    ...settledLines(duplicatesOf(view, stored)),
    ...notes.map(noteLine),
    ...earlier.map((note): Line => ['From before: ', ...noteLine(note)]),
  ]
}

const NOTES = 3

/** Its own notes, and those from before that concern it now. */
function notesOf(view: PostView, { id }: StoredTarget): Note[] {
  const own = view.notes.filter(({ targetId }) => targetId === id)
  return [...own, ...(view.earlierNotes.get(id) ?? [])]
}
