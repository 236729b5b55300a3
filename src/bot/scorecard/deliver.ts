import type { Log } from '../../log.js'
import type { Instant } from '../../publisher/core/target.js'
import type { Clock } from '../../store/clock.js'
import type { Orm } from '../../store/database.js'
import { beginPart, partNotPosted, partPosted } from '../../store/scorecard-claims.js'
import type { FindResult, PostResult } from '../chat.js'
import type { ScorecardCard } from './card.js'
import type { ThreadMessage } from './card-thread.js'

/** A message of a scorecard: the card with its picture, or one of the thread under it. */
export type ScorecardMessage = {
  readonly channelId: string
  /** With `part`, goes into the message, so that it can be found again. */
  readonly key: string
} & (
  | { readonly part: 'card'; readonly card: ScorecardCard }
  | { readonly part: string; readonly rootId: string; readonly message: ThreadMessage }
)

export interface SoughtScorecard {
  readonly channelId: string
  readonly rootId?: string
  readonly key: string
  readonly part: string
  /** When it was written down: not posted before this, nor after its request has timed out. */
  readonly begunAt: Instant
}

/** What posting scorecards needs from a chat: each call is one attempt, and never throws. */
export interface ScorecardChat {
  readonly name: 'slack' | 'discord'
  post(message: ScorecardMessage): Promise<PostResult>
  /** Looks for an own message by the key and the part that were put into it. */
  find(sought: SoughtScorecard): Promise<FindResult>
  /** Removes an own message that stands there twice; best effort. */
  remove(message: { channelId: string; rootId?: string; messageId: string }): Promise<void>
}

/** A scorecard that this process, and nobody else, is to post. */
export interface ClaimedScorecard {
  readonly key: string
  readonly token: string
  readonly channelId: string
}

export type Delivered =
  | { readonly kind: 'done' }
  /** Somebody else has it now. */
  | { readonly kind: 'lost' }
  | { readonly kind: 'later'; readonly afterMs: number; readonly why: string }

export interface DeliverDeps {
  readonly orm: Orm
  readonly now: Clock
  readonly log: Log
  /** How long the claim is kept without a sign of life, milliseconds. */
  readonly leaseMs: number
}

/** A message that is not seen this long after it was begun was not posted. */
const ABSENT_AFTER_MS = 5_000
const TRY_AGAIN_MS = 10_000
/** Nothing will change soon: the bot is not in the channel, or may not write there. */
const REFUSED_MS = 3_600_000

/**
 * Brings a claimed scorecard into its channel, message by message. Each is written down before it
 * is posted; one whose answer was lost is looked for before it is posted again.
 */
export async function deliverScorecard(
  claimed: ClaimedScorecard,
  card: ScorecardCard,
  chat: ScorecardChat,
  deps: DeliverDeps,
): Promise<Delivered> {
  const { key, channelId } = claimed
  const root = await deliverPart({ channelId, key, part: 'card', card }, claimed, chat, deps)
  if (root.kind !== 'stands') return root
  for (const message of card.thread) {
    const { part } = message
    const reply = { channelId, key, part, rootId: root.messageId, message }
    const delivered = await deliverPart(reply, claimed, chat, deps)
    if (delivered.kind !== 'stands') return delivered
  }
  return { kind: 'done' }
}

type PartDelivered =
  | { readonly kind: 'stands'; readonly messageId: string }
  | Exclude<Delivered, { kind: 'done' }>

async function deliverPart(
  message: ScorecardMessage,
  claimed: ClaimedScorecard,
  chat: ScorecardChat,
  deps: DeliverDeps,
): Promise<PartDelivered> {
  const { orm, now, leaseMs } = deps
  const { key, token } = claimed
  const { part } = message
  const at = now()
  const standing = await beginPart(orm, { key, token, part, at, expiresAt: at + leaseMs })
  switch (standing.kind) {
    case 'lost':
      return { kind: 'lost' }
    case 'posted':
      return { kind: 'stands', messageId: standing.messageId }
    case 'doubtful':
      return findPart(message, standing.begunAt, claimed, chat, deps)
    case 'begun':
      return postPart(message, claimed, chat, deps)
  }
}

async function postPart(
  message: ScorecardMessage,
  { key, token }: ClaimedScorecard,
  chat: ScorecardChat,
  { orm }: DeliverDeps,
): Promise<PartDelivered> {
  const { part } = message
  const result = await chat.post(message)
  if (result.kind === 'posted') {
    const { messageId } = result
    const stands = await partPosted(orm, { key, part, messageId })
    // Another process found or posted it while this one stood still in the middle of the call.
    if (stands !== messageId) await chat.remove({ ...placeOf(message), messageId })
    return { kind: 'stands', messageId: stands }
  }
  if (result.kind === 'unknown') return { kind: 'later', afterMs: TRY_AGAIN_MS, why: result.why }
  await partNotPosted(orm, { key, token, part })
  return notNow(result)
}

async function findPart(
  message: ScorecardMessage,
  begunAt: Instant,
  claimed: ClaimedScorecard,
  chat: ScorecardChat,
  deps: DeliverDeps,
): Promise<PartDelivered> {
  const { orm, now, log } = deps
  const { key, token } = claimed
  const { part } = message
  const result = await chat.find({ ...placeOf(message), key, part, begunAt })
  switch (result.kind) {
    case 'found': {
      const stands = await partPosted(orm, { key, part, messageId: result.messageId })
      const twice = [result.messageId, ...result.others].filter((id) => id !== stands)
      for (const messageId of twice) await chat.remove({ ...placeOf(message), messageId })
      log.info({ key, part, doubled: twice.length }, 'found a scorecard whose answer was lost')
      return { kind: 'stands', messageId: stands }
    }
    case 'absent': {
      const waitMs = begunAt + ABSENT_AFTER_MS - now()
      if (waitMs > 0) return { kind: 'later', afterMs: waitMs, why: 'it may still turn up' }
      await partNotPosted(orm, { key, token, part })
      return deliverPart(message, claimed, chat, deps)
    }
    case 'unknown':
      return { kind: 'later', afterMs: TRY_AGAIN_MS, why: result.why }
    default:
      return notNow(result)
  }
}

function notNow(
  result: Extract<PostResult | FindResult, { kind: 'limited' | 'refused' }>,
): PartDelivered {
  if (result.kind === 'limited') {
    return { kind: 'later', afterMs: result.retryAfterMs, why: 'the chat asked to wait' }
  }
  return { kind: 'later', afterMs: result.final ? REFUSED_MS : TRY_AGAIN_MS, why: result.why }
}

function placeOf(message: ScorecardMessage): { channelId: string; rootId?: string } {
  const { channelId } = message
  return 'rootId' in message ? { channelId, rootId: message.rootId } : { channelId }
}
