import type { StoredTarget } from '../../store/stored-target.js'
import { nothing, type Reply, say } from '../reply.js'
import { act, refusalWords } from './act.js'
import type { Asked, Found } from './asked.js'
import { askForCopy } from './copy.js'
import type { HandleDeps } from './deps.js'
import { listOf } from './words.js'

/**
 * Sends again exactly what has failed. For a post as a whole that leaves out what was removed from
 * its platform; when everything is live it leads to the question about a new copy.
 */
export async function retry(found: Found, asked: Asked, deps: HandleDeps): Promise<Reply> {
  const acted = await act(found, asked, deps, {
    event: (at) => ({ type: 'retryRequested', at, who: asked.actor }),
    spares: isRemoved,
  })
  if (!acted) return nothing
  if (acted.done.length === 0 && !found.target && isAllLive(found)) {
    return askForCopy(found, asked, deps)
  }
  const { done, refused } = acted
  // Next to a retry that took place, what is live or under way needs no word.
  const told = done.length > 0 ? refused.filter(({ status }) => status === 'unconfirmed') : refused
  const removed = found.target ? [] : found.targets.filter(isRemoved)
  const parts = [
    ...(done.length > 0 ? [`Sending again: ${listOf(done)}.`] : []),
    ...(told.length > 0 ? [await refusalWords(found, told, asked, deps)] : []),
    ...removed.map(
      ({ account }) =>
        `${account}: It was live and is gone from the platform. Its own Retry failed publishes it again.`,
    ),
  ]
  return say(parts.join('\n') || 'There is nothing to send again.')
}

function isRemoved({ target: { state } }: StoredTarget): boolean {
  return state.status === 'failed' && state.reason.class === 'removed'
}

function isAllLive({ targets }: Found): boolean {
  const going = targets.filter(({ target }) => target.state.status !== 'cancelled')
  return going.length > 0 && going.every(({ target }) => target.state.status === 'published')
}
