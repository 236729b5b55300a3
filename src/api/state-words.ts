import { stateLine } from '../bot/wording.js'
import type { TargetState } from '../publisher/core/target.js'

/** The state in plain words, as a thread says it; times in UTC. */
export function wordsFor(state: TargetState, platform: string): string {
  return stateLine(state, platform)
    .map((piece) => {
      if (typeof piece === 'string') return piece
      if ('strong' in piece) return piece.strong
      if ('at' in piece) return new Date(piece.at).toISOString()
      if ('who' in piece) return piece.who.name ?? piece.who.id
      return piece.link
    })
    .join('')
    .trim()
}

/** Why a target is not live, in a sentence; undefined when it is. */
export function notLiveWords(state: TargetState, platform: string): string | undefined {
  if (state.status === 'published') return undefined
  if ('reason' in state) return state.reason.text
  return wordsFor(state, platform)
}
