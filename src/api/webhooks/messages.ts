import { COUNTED_AS } from '../../bot/card.js'
import type { Actor } from '../../publisher/core/target.js'
import type { StoredEvent } from '../../store/load-attempts.js'
import type { PostWithTargets } from '../../store/posts.js'
import type { StoredTarget } from '../../store/stored-target.js'
import { shownRemoteId } from '../shown-remote-id.js'

export interface Message {
  readonly id: string
  readonly type: 'target.changed' | 'post.settled'
  readonly at: string
  readonly [field: string]: unknown
}

/**
 * What a webhook is told about an event: the change itself and, when with it everything in the post
 * is live, failed or cancelled, that the post is settled. Told of the moment of the event, so that
 * the same event always reads the same, however late it arrives. Pure.
 * @param events everything that happened to the post's targets, the oldest first
 */
export function messagesFor(
  eventId: number,
  { post, targets }: PostWithTargets,
  events: readonly StoredEvent[],
): Message[] {
  const event = events.find(({ id }) => id === eventId)
  if (!event) return []
  const states = targets.map((target) => ({ target, status: statusAsOf(eventId, target, events) }))
  const counts = { live: 0, failed: 0, processing: 0, needsRetry: 0, needsPerson: 0 }
  for (const { status } of states) {
    const counted = countedAs(status)
    if (counted !== 'cancelled') counts[counted] += 1
  }
  const settled = counts.processing + counts.needsRetry + counts.needsPerson === 0
  const about = {
    id: post.id,
    url: `/api/posts/${post.id}`,
    settled,
    allLive: counts.live === targets.length,
    counts,
  }
  const target = targets.find(({ id }) => id === event.targetId)
  const at = event.at.toISOString()
  const changed: Message = {
    id: `e${event.id}`,
    type: 'target.changed',
    at,
    post: about,
    target: {
      id: event.targetId,
      account: event.account,
      platform: event.platform,
      from: event.fromStatus,
      to: event.toStatus,
      outcome: countedAs(event.toStatus),
      attempt: event.attempt,
      ...(event.toStatus === 'published' ? whereLive(event, target) : {}),
    },
    ...(event.reason ? { reason: event.reason } : {}),
    ...(event.note ? { note: event.note } : {}),
    ...(event.actor ? { who: event.actor as Actor } : {}),
  }
  if (!settled) return [changed]
  const settledMessage: Message = {
    id: `e${event.id}-settled`,
    type: 'post.settled',
    at,
    post: {
      ...about,
      targets: states.map(({ target: one, status }) => ({
        id: one.id,
        account: one.account,
        platform: one.platform,
        outcome: countedAs(status),
        ...(status === 'published' ? whereLive(undefined, one) : {}),
      })),
    },
  }
  return [changed, settledMessage]
}

function statusAsOf(
  eventId: number,
  { id, target }: StoredTarget,
  events: readonly StoredEvent[],
): string {
  const own = events.filter(({ targetId }) => targetId === id)
  const last = own.findLast((event) => event.id <= eventId)
  const next = own.find((event) => event.id > eventId)
  return last?.toStatus ?? next?.fromStatus ?? target.state.status
}

function countedAs(status: string) {
  return (
    (COUNTED_AS as Readonly<Record<string, (typeof COUNTED_AS)[keyof typeof COUNTED_AS]>>)[
      status
    ] ?? 'cancelled'
  )
}

/** Where it is live, as the event itself says or as is known by now. */
function whereLive(event: StoredEvent | undefined, stored: StoredTarget | undefined) {
  const said = (event?.evidence ?? {}) as { remoteId?: string; permalink?: string }
  const state = stored?.target.state
  const known = state?.status === 'published' ? state : undefined
  const remoteId = said.remoteId ?? known?.remoteId
  const permalink = said.permalink ?? known?.permalink
  const platform = stored?.platform ?? event?.platform ?? ''
  return {
    ...(remoteId ? { remoteId: shownRemoteId(platform, remoteId) } : {}),
    ...(permalink ? { permalink } : {}),
  }
}
