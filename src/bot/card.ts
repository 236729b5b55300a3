import type { Actor, Instant } from '../publisher/core/target.js'
import type { StoredIncident } from '../store/duplicates.js'
import type { EndedOnAccount } from '../store/last-hour.js'
import type { Deed } from '../store/load-history.js'
import type { Note } from '../store/notes.js'
import type { PostWithTargets } from '../store/posts.js'
import type { StoredPreflight } from '../store/preflights.js'
import type { StoredTarget } from '../store/stored-target.js'
import { awaitsApproval, type Button, postButtons } from './card-buttons.js'
import { noteLine, resolveButtons } from './notes.js'
import { type Counts, excerpt, headline, type Line, plural } from './wording.js'

export { awaitsApproval, cancellable, retriedWithPost } from './card-buttons.js'

/** A post in its channel, before any chat has given it a shape. */
export interface PostCard {
  readonly kind: 'post'
  readonly postId: string
  readonly excerpt: string
  readonly by: Actor
  readonly askedAt: Instant
  readonly publishAt?: Instant
  readonly counts: Counts
  /** Names every count that is not zero. */
  readonly headline: string
  readonly asides: readonly Line[]
  readonly buttons: readonly Button[]
}

export type { StoredIncident } from '../store/duplicates.js'

/** What is known about an account, as far as a thread shows it. */
export interface AccountFacts {
  readonly pausedUntil?: Instant
  /** Its platform seems to be down; the channel knows. */
  readonly isDown?: boolean
  /** The newest look at its credential. */
  readonly checked?: {
    readonly at: Instant
    readonly kind: 'ok' | 'refused' | 'unknown'
    /** Whose it is, or what the platform said. */
    readonly words: string
  }
  /** When its credential ends, if nobody connects it again. */
  readonly endsAt?: Instant
}

/** Everything cards are made from. */
export interface PostView extends PostWithTargets {
  readonly incidents: readonly StoredIncident[]
  readonly notes: readonly Note[]
  readonly history: readonly Deed[]
  readonly accounts: ReadonlyMap<string, AccountFacts>
  /** What would fail of what is scheduled, as far as it was looked at. */
  readonly preflights?: readonly StoredPreflight[]
  /** When it was looked at; what stands still by then is told. */
  readonly now?: Instant
  /** What else was sent around the time of its failures; absent while there is nothing to compare. */
  readonly ended?: readonly EndedOnAccount[]
  /** By target: what was written down elsewhere, about its account or its kind of failure. */
  readonly earlierNotes: ReadonlyMap<string, readonly Note[]>
  canRemove?(account: string): boolean
  /** In a few words, by account: is sending again after a doubt safe there, and why. */
  retrySafety(account: string): string | undefined
}

/** Which of the five counts a state belongs to. */
export const COUNTED_AS = {
  scheduled: 'processing',
  queued: 'processing',
  publishing: 'processing',
  processing: 'processing',
  reconciling: 'processing',
  waiting: 'needsRetry',
  unconfirmed: 'needsPerson',
  held: 'needsPerson',
  failed: 'failed',
  published: 'live',
  cancelled: undefined,
} as const

/** The five counts; cancelled targets are not counted. */
export function countsOf(targets: readonly StoredTarget[]): Counts {
  const counts = { live: 0, failed: 0, processing: 0, needsRetry: 0, needsPerson: 0 }
  for (const { target } of targets) {
    const counted = COUNTED_AS[target.state.status]
    if (counted) counts[counted] += 1
  }
  return counts
}

const EXCERPT_LENGTH = 160

/** The one message of a post: what, who, when and how many. */
export function postCard(view: PostView): PostCard {
  const { post, targets } = view
  const counts = countsOf(targets)
  const notes = view.notes.filter(({ targetId }) => targetId === null)
  return {
    kind: 'post',
    postId: post.id,
    excerpt: excerpt(post.text, EXCERPT_LENGTH) || mediaWords(targets),
    by: authorOf(view),
    askedAt: post.createdAt.getTime(),
    ...publishTime(view),
    counts,
    headline: headline(counts),
    asides: [
      ...(targets.some(awaitsApproval) ? [[WHAT_IS_APPROVED]] : []),
      ...(post.copyOf ? [[`A deliberate new copy of ${post.copyOf}.`]] : []),
      ...notes.map(noteLine),
    ],
    buttons: [...postButtons(post.id, targets), ...resolveButtons(notes)],
  }
}

const WHAT_IS_APPROVED = 'Approve sends what stands under each account in the thread.'

/** When the first of what is still to come goes out, else what the post was asked for. */
export function publishTime({ post, targets }: PostWithTargets): { publishAt?: Instant } {
  const ahead = targets.flatMap(({ target: { state } }) =>
    state.status === 'scheduled' ? [state.publishAt] : [],
  )
  if (ahead.length > 0) return { publishAt: Math.min(...ahead) }
  return post.publishAt ? { publishAt: post.publishAt.getTime() } : {}
}

/** The person who published it. */
export function authorOf({ post }: Pick<PostWithTargets, 'post'>): Actor {
  return {
    kind: 'person',
    id: post.authorId,
    ...(post.authorName ? { name: post.authorName } : {}),
  }
}

function mediaWords(targets: readonly StoredTarget[]): string {
  const count = targets[0]?.content.media.length ?? 0
  return count > 0 ? `(no text, ${plural(count, 'attachment')})` : '(no text)'
}
