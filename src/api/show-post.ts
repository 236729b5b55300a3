import { COUNTED_AS, countsOf } from '../bot/card.js'
import type { Outcome } from '../publisher/core/outcome.js'
import type { Actor } from '../publisher/core/target.js'
import type { StoredAttempt, StoredEvent } from '../store/load-attempts.js'
import type { PostWithTargets } from '../store/posts.js'
import type { StoredTarget } from '../store/stored-target.js'
import type { ShownPost, ShownTarget } from './shapes.js'
import { shownRemoteId } from './shown-remote-id.js'
import { wordsFor } from './state-words.js'

export interface History {
  readonly attempts: readonly StoredAttempt[]
  readonly events: readonly StoredEvent[]
}

/** A post as automations see it: everything people see, and nothing rosier. Pure. */
export function showPost({ post, targets }: PostWithTargets, history?: History): ShownPost {
  const counts = countsOf(targets)
  const { chat } = post
  return {
    id: post.id,
    text: post.text,
    createdAt: post.createdAt.toISOString(),
    publishAt: post.publishAt?.toISOString() ?? null,
    channel: chat === 'slack' || chat === 'discord' ? { chat, id: post.channelId } : null,
    author: { id: post.authorId, name: post.authorName },
    copyOf: post.copyOf,
    settled: counts.processing + counts.needsRetry + counts.needsPerson === 0,
    allLive: targets.length > 0 && counts.live === targets.length,
    counts,
    targets: targets.map((stored) => showTarget(stored, history)),
    ...(history ? { history: history.events.map(showEvent) } : {}),
  }
}

function showTarget(stored: StoredTarget, history?: History): ShownTarget {
  const { id, account, platform, target } = stored
  const { state, attempt } = target
  const attempts = history?.attempts.filter(({ targetId }) => targetId === id)
  return {
    id,
    account,
    platform,
    outcome: COUNTED_AS[state.status] ?? 'cancelled',
    state: state.status,
    words: wordsFor(state, platform),
    attempt,
    updatedAt: iso(stored.updatedAt),
    ...detailsOf(stored),
    ...(attempts ? { attempts: attempts.map(showAttempt) } : {}),
  }
}

/** The fields that only some states have. */
function detailsOf({ platform, target: { state } }: StoredTarget): Partial<ShownTarget> {
  switch (state.status) {
    case 'scheduled':
      return { publishAt: iso(state.publishAt) }
    case 'waiting':
      return { retryAt: iso(state.retryAt), reason: state.reason }
    case 'reconciling':
      return { evidence: showEvidence(state.evidence) }
    case 'unconfirmed':
      return {
        evidence: showEvidence(state.evidence),
        ...(state.where === undefined ? {} : { where: state.where }),
      }
    case 'held':
      return {
        reason: state.reason,
        ...(state.publishAt === undefined ? {} : { publishAt: iso(state.publishAt) }),
      }
    case 'failed':
      return { reason: state.reason }
    case 'published':
      return {
        publishedAt: iso(state.publishedAt),
        how: state.how,
        ...(state.remoteId === undefined
          ? {}
          : { remoteId: shownRemoteId(platform, state.remoteId) }),
        ...(state.permalink === undefined ? {} : { permalink: state.permalink }),
        ...(state.who ? { who: state.who } : {}),
      }
    case 'cancelled':
      return { who: state.who }
    default:
      return {}
  }
}

function showEvidence(evidence: readonly { at: number; text: string }[]) {
  return evidence.map(({ at, text }) => ({ at: iso(at), text }))
}

function showAttempt(attempt: StoredAttempt) {
  const outcome = attempt.outcome as Outcome | null
  return {
    number: attempt.number,
    startedAt: attempt.startedAt.toISOString(),
    mutationAt: attempt.mutationAt?.toISOString() ?? null,
    endedAt: attempt.endedAt?.toISOString() ?? null,
    outcome: outcome?.kind ?? null,
    ...(outcome && 'reason' in outcome ? { reason: outcome.reason } : {}),
  }
}

function showEvent(event: StoredEvent) {
  return {
    id: `e${event.id}`,
    at: event.at.toISOString(),
    targetId: event.targetId,
    account: event.account,
    type: event.type,
    from: event.fromStatus,
    to: event.toStatus,
    attempt: event.attempt,
    reason: event.reason,
    ...(event.actor ? { who: event.actor as Actor } : {}),
    note: event.note,
  }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
