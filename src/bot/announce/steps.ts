import { createHash } from 'node:crypto'
import type { Instant } from '../../publisher/core/target.js'
import type { ChatMessage } from '../../store/chat-messages.js'
import type { StoredTarget } from '../../store/stored-target.js'
import { type PostView, postCard } from '../card.js'
import { type DueReply, repliesFor } from '../card-replies.js'
import { type TargetCard, targetCard } from '../card-target.js'
import type { Card } from '../chat.js'
import type { Urgency } from '../rate.js'
import { isMissed, matters, standingOf } from './lost.js'
import type { AnnounceSettings } from './settings.js'

/** One chat call that would bring the chat closer to the truth. */
export type Step = {
  readonly key: string
  /** Its place within the post: lower goes first. */
  readonly order: number
  /** How much it matters beside other posts. */
  readonly urgency: Urgency
  readonly notBefore: Instant
} & (
  | { readonly call: 'find'; readonly row: ChatMessage; readonly rootId?: string }
  | {
      readonly call: 'post'
      readonly kind: ChatMessage['kind']
      readonly card: Card
      readonly hash: string
      /** For a target's message: how it stands, see `standingOf`. */
      readonly standing?: string
      /** Above 1: in place of one that was lost in the chat. */
      readonly edition: number
      readonly rootId?: string
    }
  | {
      readonly call: 'edit'
      readonly messageId: string
      readonly card: Card
      readonly hash: string
      readonly standing?: string
      readonly rootId?: string
    }
)

/** What one telling has found out so far. */
export interface Pass {
  /** Messages that cannot be brought forward now. */
  readonly stuck: ReadonlySet<string>
  /** When a message that was not seen is looked for again. */
  readonly lookAgainAt: ReadonlyMap<string, Instant>
  /** By the key of their message. */
  readonly unshownFiles: ReadonlyMap<string, UnshownFiles>
}

/** Files that could not be shown so far: everything else about the post goes before them. */
export interface UnshownFiles {
  readonly tries: number
  readonly notBefore: Instant
}

/** So often files are tried; then their addresses stand for them. */
const FILE_TRIES = 3

type Waits = Pick<
  AnnounceSettings,
  'settleMs' | 'editGapMs' | 'lingerMs' | 'companyMs' | 'lookAfterMs'
>

/**
 * The next call, if the chat does not show everything yet: the post's message first, then what its
 * thread still calls under way although the worker is gone, then the targets that it does not show,
 * then edits and replies by how much they matter. Pure.
 */
export function nextStep(
  view: PostView,
  rows: readonly ChatMessage[],
  pass: Pass,
  now: Instant,
  waits: Waits,
): Step | undefined {
  const steps = stepsFor(view, rows, pass, now, waits).filter(({ key }) => !pass.stuck.has(key))
  const ready = steps.filter(({ notBefore }) => notBefore <= now)
  return ready.length > 0
    ? least(ready, ({ order }) => order)
    : least(steps, ({ notBefore }) => notBefore)
}

function least(steps: readonly Step[], by: (step: Step) => number): Step | undefined {
  return steps.reduce<Step | undefined>(
    (best, step) => (best === undefined || by(step) < by(best) ? step : best),
    undefined,
  )
}

const ORDER = {
  find: 0,
  rootPost: 1,
  abandonedEdit: 2,
  targetPost: 3,
  personEdit: 4,
  ask: 5,
  finalEdit: 6,
  end: 7,
  passingEdit: 8,
  unshownFiles: 9,
} as const

const FEW = 5

function stepsFor(
  view: PostView,
  rows: readonly ChatMessage[],
  pass: Pass,
  now: Instant,
  waits: Waits,
): Step[] {
  if (view.post.status !== 'open') return []
  const byKey = new Map(rows.map((row) => [row.key, row]))
  const root = byKey.get(view.post.id)
  const card = postCard(view)
  if (!root) {
    const common = { key: view.post.id, order: ORDER.rootPost, urgency: 1, notBefore: now } as const
    return [{ ...common, call: 'post', kind: 'post', card, hash: hashOf(card), edition: 1 }]
  }
  const inThread = root.messageId ? { rootId: root.messageId } : {}
  const placeOf = ({ kind, outside }: ChatMessage) => (kind === 'post' || outside ? {} : inThread)
  const finds = rows
    .filter(({ status }) => status === 'sending')
    .map((row): Step => {
      const lookAt = pass.lookAgainAt.get(row.key) ?? row.updatedAt.getTime() + waits.lookAfterMs
      return {
        key: row.key,
        order: ORDER.find,
        urgency: 0,
        notBefore: within(lookAt, now, waits.lookAfterMs),
        call: 'find',
        row,
        ...placeOf(row),
      }
    })
  // Without its first message nothing else has a thread to stand in.
  if (root.status === 'sending') return finds.filter(({ key }) => key === root.key)
  const edit = (row: ChatMessage, wanted: Card, at: EditPlace, standing?: string): Step[] => {
    const hash = hashOf(wanted)
    if (row.status !== 'sent' || !row.messageId || row.shownHash === hash) return []
    const { key, messageId } = row
    const said = standing === undefined ? {} : { standing }
    return [{ key, call: 'edit', messageId, card: wanted, hash, ...said, ...placeOf(row), ...at }]
  }
  const targets = view.targets.flatMap((stored): Step[] => {
    const wanted = targetCard(view, stored)
    const standing = standingOf(stored)
    const row = byKey.get(stored.id)
    if (row && !isMissed(wanted, standing, row)) {
      const place = isAbandoned(view, stored)
        ? atOnce(ORDER.abandonedEdit, now)
        : editPlace(wanted, row, stored.updatedAt, now, waits)
      return edit(row, wanted, place, standing)
    }
    return [
      {
        key: stored.id,
        order: ORDER.targetPost,
        urgency: matters(wanted) ? 1 : 2,
        notBefore: now,
        call: 'post',
        kind: 'target',
        card: wanted,
        hash: hashOf(wanted),
        standing,
        edition: row ? row.edition + 1 : 1,
        ...inThread,
      },
    ]
  })
  const trouble = card.counts.failed + card.counts.needsPerson > 0
  const ends = targets.filter(({ call, order }) => call === 'edit' && order <= ORDER.finalEdit)
  const gapAt = within(root.updatedAt.getTime() + waits.editGapMs, now, waits.editGapMs)
  // The sum comes after what it sums up, unless that is so much that it would be late.
  const isFew = ends.length <= FEW
  const rootPlace: EditPlace = {
    order: trouble && !isFew ? ORDER.personEdit : ORDER.finalEdit,
    urgency: trouble ? 1 : 2,
    notBefore: Math.max(gapAt, ...(isFew ? ends.map(({ notBefore }) => notBefore) : [])),
  }
  const edits = [...targets, ...edit(root, card, rootPlace)]
  // The end is told when the messages it is about show it.
  const shownAt = Math.max(now, ...[...finds, ...edits].map(({ notBefore }) => notBefore))
  const said = rows.filter(({ kind }) => kind === 'reply').map(({ key }) => key)
  const replies = repliesFor(view, said).map((due): Step => {
    const urgent = due.card.kind === 'media' || due.card.urgent
    const place = {
      order: urgent ? ORDER.ask : ORDER.end,
      urgency: urgent ? 0 : 2,
      notBefore: urgent
        ? within(due.since + companyMs(view, due, waits), now, waits.companyMs)
        : shownAt,
    } as const
    const { key } = due.card
    const unshown = pass.unshownFiles.get(key)
    const card = unshown ? afterFailure(due.card, unshown) : due.card
    const later = unshown ? { order: ORDER.unshownFiles, notBefore: unshown.notBefore } : {}
    const post = { call: 'post', kind: 'reply', card, hash: hashOf(card), edition: 1 } as const
    return { key, ...place, ...later, ...post, ...inThread }
  })
  return [...finds, ...edits, ...replies]
}

function afterFailure(card: DueReply['card'], { tries }: UnshownFiles): DueReply['card'] {
  return card.kind === 'media' && tries >= FILE_TRIES ? { ...card, asLinks: true } : card
}

/** Its worker is gone, and the thread may still call it under way. */
function isAbandoned({ post }: PostView, { target }: StoredTarget): boolean {
  return post.urgent > post.told && target.state.status === 'reconciling'
}

type EditPlace = Pick<Step, 'order' | 'urgency' | 'notBefore'>

function atOnce(order: number, now: Instant): EditPlace {
  return { order, urgency: 1, notBefore: now }
}

function editPlace(
  card: TargetCard,
  row: ChatMessage,
  changedAt: Instant,
  now: Instant,
  waits: Waits,
): EditPlace {
  if (matters(card)) return atOnce(ORDER.personEdit, now)
  const gapAt = within(row.updatedAt.getTime() + waits.editGapMs, now, waits.editGapMs)
  if (card.tone === 'live' || card.tone === 'off') {
    return { order: ORDER.finalEdit, urgency: 2, notBefore: gapAt }
  }
  const settledAt = within(changedAt + waits.settleMs, now, waits.settleMs)
  return { order: ORDER.passingEdit, urgency: 3, notBefore: Math.max(gapAt, settledAt) }
}

/** How long a reply waits for others that could be said with it. */
function companyMs(view: PostView, { card }: DueReply, waits: Waits): number {
  if (card.kind === 'media' || card.byHand) return 0
  const sending = view.targets.some(({ target: { state } }) =>
    ['queued', 'publishing'].includes(state.status),
  )
  return sending ? waits.companyMs : waits.lingerMs
}

/** Clocks may differ: no wait is longer than it was meant to be. */
function within(at: Instant, now: Instant, atMostMs: number): Instant {
  return Math.min(at, now + atMostMs)
}

/** Stands for what a message shows. */
export function hashOf(card: Card): string {
  return createHash('sha256').update(JSON.stringify(card)).digest('base64url').slice(0, 22)
}
