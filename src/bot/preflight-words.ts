import type { StoredPreflight } from '../store/preflights.js'
import type { StoredTarget } from '../store/stored-target.js'
import type { PostView } from './card.js'

/** What would fail of a scheduled target, by the newest look at it as it stands. */
export function preflightOf(
  { preflights = [] }: Pick<PostView, 'preflights'>,
  { id, contentHash, target: { state } }: StoredTarget,
): StoredPreflight | undefined {
  if (state.status !== 'scheduled') return undefined
  return preflights.find(
    (found) =>
      found.targetId === id &&
      found.contentHash === contentHash &&
      found.publishAt.getTime() === state.publishAt,
  )
}

/** The problem and what to do, in one line. */
export function problemWords({ problem }: StoredPreflight): string {
  return [problem?.text, problem?.next].filter(Boolean).join(' ')
}
