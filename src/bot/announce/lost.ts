import type { ChatMessage } from '../../store/chat-messages.js'
import type { StoredTarget } from '../../store/stored-target.js'
import { holdFact } from '../card-facts.js'
import type { TargetCard } from '../card-target.js'

/** So often a target's message is posted at most: whoever goes on deleting it wants to see none. */
export const MOST_EDITIONS = 6

/** Whether a person has to do something about the target, or can. */
export function matters({ tone }: TargetCard): boolean {
  return tone === 'person' || tone === 'failed'
}

/** Names how a target stands: the same for as long as there is nothing else to say to people. */
export function standingOf({ target: { state, attempt } }: StoredTarget): string {
  return `${state.status === 'held' ? holdFact(state) : state.status}:${attempt}`
}

/**
 * Whether a target's message is posted anew, because it was lost in the chat: somebody deleted it,
 * or it can be edited no more. Only what a person needs for an answer, and the end; nothing that the
 * lost one has shown, so that what is deleted on purpose stays deleted. Pure.
 */
export function isMissed(card: TargetCard, standing: string, row: ChatMessage): boolean {
  const isEnd = card.tone === 'live' || card.tone === 'off'
  return (
    row.status === 'gone' &&
    row.edition < MOST_EDITIONS &&
    row.shownState !== standing &&
    (matters(card) || isEnd)
  )
}
