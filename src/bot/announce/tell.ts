import { setTimeout as sleep } from 'node:timers/promises'
import { type ChatMessage, loadChatMessages } from '../../store/chat-messages.js'
import { claimToken } from '../../store/ids.js'
import { claimTelling, finishTelling, type StoredPost } from '../../store/posts.js'
import { pause } from '../../wait.js'
import type { PostView } from '../card.js'
import type { Chat } from '../chat.js'
import type { BotDeps } from '../deps.js'
import type { Operation, Want } from '../rate.js'
import type { Bell } from './bell.js'
import { type DeliverContext, type Delivery, deliver, isUrgent } from './deliver.js'
import type { Doors } from './doors.js'
import { keepLease, type Lease } from './lease.js'
import type { Line } from './line.js'
import { loadView } from './load-view.js'
import type { AnnounceSettings } from './settings.js'
import { nextStep, type Step, type UnshownFiles } from './steps.js'
import type { Turns } from './turns.js'

export interface TellContext {
  readonly deps: BotDeps
  readonly chats: ReadonlyMap<string, { readonly chat: Chat; readonly turns: Turns }>
  readonly settings: AnnounceSettings
  readonly doors: Doors
  readonly deliverContext: DeliverContext
  /** Failures in a row, by post. */
  readonly failures: Map<string, number>
  readonly unshownFiles: Map<string, UnshownFiles>
  /** Looking at many posts at once would keep the store from those who publish. */
  readonly loading: Line
  stopping(): boolean
}

/**
 * Brings the chat up to date with one post, if nobody else is at it, until nothing is left to show.
 * While a call waits for its turn the bell may ring: then what it would have shown is thought over.
 * @returns when it should be told again, after a failure
 */
export async function tell(
  postId: string,
  bell: Bell,
  context: TellContext,
): Promise<number | undefined> {
  const { deps, settings, chats } = context
  const { orm } = deps.database
  const now = deps.now()
  const token = claimToken(now, deps.random)
  const expiresAt = now + settings.leaseMs
  const post = await claimTelling(orm, { postId, chats: [...chats.keys()], token, now, expiresAt })
  const surface = post && chats.get(post.chat)
  if (!surface) return undefined
  const leased = { orm, postId, token, leaseMs: settings.leaseMs, expiresAt }
  const lease = keepLease(leased, deps.now, bell.ring)
  try {
    const end = await tellClaimed(post, surface, bell, lease, context)
    if (end.kind === 'lost') return undefined
    const { told, tellAt } = end
    await finishTelling(orm, { postId, token, told, ...(tellAt === undefined ? {} : { tellAt }) })
    return tellAt
  } catch (error) {
    const tellAt = deps.now() + backoffMs(postId, context)
    deps.log.error({ err: error, postId }, 'telling the chat about a post failed')
    await finishTelling(orm, { postId, token, told: 0, tellAt }).catch(() => {})
    return tellAt
  } finally {
    lease.end()
  }
}

type End = { kind: 'lost' } | { kind: 'ended'; told: number; tellAt?: number }

async function tellClaimed(
  post: StoredPost,
  { chat, turns }: { chat: Chat; turns: Turns },
  bell: Bell,
  lease: Lease,
  context: TellContext,
): Promise<End> {
  const { deps, settings, doors, failures, unshownFiles } = context
  const { id: postId, channelId } = post
  const later = (tellAt?: number): End => ({
    kind: 'ended',
    told: 0,
    ...(tellAt === undefined ? {} : { tellAt }),
  })
  const closedUntil = doors.knock(chat.name, channelId)
  if (closedUntil !== undefined) return later(closedUntil)
  const since = deps.now()
  const stuck = new Set<string>()
  const lookAgainAt = new Map<string, number>()
  let threadless = false
  let signal = bell.listen()
  let view: PostView | undefined
  let loadedAt = 0
  // Whoever has the lease is the only one to write them.
  let rows: readonly ChatMessage[] | undefined
  for (;;) {
    if (context.stopping()) return later()
    if (!view || signal.aborted) {
      const earlyMs = loadedAt + settings.loadGapMs - deps.now()
      if (earlyMs > 0) await sleep(Math.min(settings.loadGapMs, earlyMs))
      loadedAt = deps.now()
      signal = bell.listen()
      stuck.clear() // what was refused may look different now
      view = await context.loading.take(bell.isUrgent, () => {
        bell.attend()
        return loadView(deps, postId)
      })
      if (!view) return later()
    }
    if (!(await lease.held())) return { kind: 'lost' }
    rows ??= await loadChatMessages(deps.database.orm, postId)
    const step = nextStep(view, rows, { stuck, lookAgainAt, unshownFiles }, deps.now(), settings)
    if (!step) {
      if (signal.aborted) continue
      if (stuck.size > 0) return later(deps.now() + STUCK_BACKOFFS * settings.backoffMs)
      failures.delete(postId)
      return { kind: 'ended', told: view.post.changed }
    }
    const waitMs = step.notBefore - deps.now()
    if (waitMs > 0) {
      // Nothing else is left to show meanwhile.
      if (unshownFiles.has(step.key)) return later(step.notBefore)
      await pause(waitMs, signal)
      continue
    }
    const want = wantOf(step, channelId)
    const askedAt = deps.now()
    if (!(await turns.take({ ...want, since }, signal))) continue
    deps.chatWaited?.(chat.name, want.operation, deps.now() - askedAt)
    const refusedUntil = doors.refusedSince(chat.name, channelId, since)
    if (context.stopping() || refusedUntil !== undefined) {
      turns.giveBack(want)
      return later(refusedUntil)
    }
    const begunAt = deps.now()
    const placed = threadless ? unthreaded(step) : step
    const delivery = await deliver(placed, post, chat, lease, context.deliverContext)
    rows = delivery.kind === 'done' ? withRow(rows, delivery.row) : undefined
    const inThread = placed.rootId !== undefined
    if (delivery.kind === 'done') doors.open({ chat, channelId, inThread, since: begunAt })
    const end = follow(delivery, step, inThread)
    if (end) return end
  }

  /** What a delivery means for the rest of this telling. */
  function follow(delivery: Delivery, step: Step, inThread: boolean): End | undefined {
    switch (delivery.kind) {
      case 'done':
        unshownFiles.delete(step.key)
        return undefined
      case 'learnt':
        return undefined
      case 'limited':
        turns.pause(wantOf(step, channelId), delivery.retryAfterMs)
        return undefined
      case 'lookAgain':
        lookAgainAt.set(step.key, delivery.at)
        return undefined
      case 'stuck':
        stuck.add(step.key)
        if (step.call !== 'find') {
          deps.log.error({ postId, key: step.key, why: delivery.why }, 'the chat refuses a message')
        }
        return undefined
      case 'threadless':
        threadless = true
        return undefined
      case 'later':
        deps.log.warn({ postId, key: step.key, why: delivery.why }, 'a chat call did not work')
        if (isFiles(step)) {
          const tries = (unshownFiles.get(step.key)?.tries ?? 0) + 1
          unshownFiles.set(step.key, { tries, notBefore: deps.now() + doubled(tries, settings) })
          return undefined // they may be too much for the line; the rest of the post is not
        }
        return later(deps.now() + backoffMs(postId, context))
      case 'closed': {
        const { scope, why } = delivery
        const until = doors.close({ chat, channelId, inThread, scope, why })
        // The others knock first: what they have to show may be taken.
        return later(until + settings.closedMs / 4)
      }
      case 'lost':
        return { kind: 'lost' }
    }
  }
}

/** A message the chat refuses is tried again after this many first waits. */
const STUCK_BACKOFFS = 300
const MOST_BACKOFFS = 60

function backoffMs(postId: string, { failures, settings }: TellContext): number {
  const times = (failures.get(postId) ?? 0) + 1
  failures.set(postId, times)
  return doubled(times, settings)
}

function doubled(times: number, { backoffMs }: Pick<AnnounceSettings, 'backoffMs'>): number {
  return backoffMs * Math.min(MOST_BACKOFFS, 2 ** (times - 1))
}

function withRow(rows: readonly ChatMessage[], row: ChatMessage): ChatMessage[] {
  return [...rows.filter(({ key }) => key !== row.key), row]
}

function isFiles(step: Step): boolean {
  return step.call === 'post' && step.card.kind === 'media'
}

function wantOf({ call, urgency }: Step, channelId: string): Want {
  const operation: Operation = call
  return { operation, channelId, urgency }
}

/** In the channel itself, because the thread is gone. */
function unthreaded(step: Step): Step {
  if (step.call !== 'post' || (step.card.kind === 'target' && !isUrgent(step))) return step
  const { rootId: _gone, ...rest } = step
  return rest
}
