import { setPublishAt } from '../../store/posts.js'
import type { StoredTarget } from '../../store/stored-target.js'
import { cancellable } from '../card.js'
import type { WhenAsked } from '../command.js'
import { nothing, type Reply, say } from '../reply.js'
import { inWords } from '../when.js'
import { excerpt } from '../wording.js'
import { act, refusalWords } from './act.js'
import type { Asked, Found } from './asked.js'
import type { HandleDeps } from './deps.js'
import { timeOf } from './examine.js'
import { listOf } from './words.js'

/** "Reschedule": the form with the present time, if something can still be moved. */
export function askForTime({ post, target, targets }: Found, deps: HandleDeps): Reply {
  const about = target ? [target] : targets.filter(movesWithPost)
  const movable = about.filter(cancellable)
  if (movable.length === 0) {
    return say('Nothing of it can be moved any more: what is under way or sent has its time.')
  }
  const ahead = movable.flatMap(({ target: { state } }) => {
    const at = 'publishAt' in state ? state.publishAt : undefined
    return at !== undefined && at > deps.now() ? [at] : []
  })
  return {
    kind: 'form',
    form: {
      kind: 'reschedule',
      id: target?.id ?? post.id,
      about: target?.account ?? (excerpt(post.text, 60) || post.id),
      ...(ahead.length > 0 ? { at: Math.min(...ahead) } : {}),
      zone: deps.timeZone,
    },
  }
}

/** Moves what has not been sent to another time, and says what was understood. */
export async function rescheduleSubmitted(
  found: Found,
  asked: WhenAsked,
  by: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  const when = timeOf(asked, deps)
  if (when.kind === 'problem' || when.at === undefined) {
    const problem =
      when.kind === 'problem'
        ? { message: when.message, ...(when.next ? { next: when.next } : {}) }
        : { message: 'For right now there is the button Publish now.' }
    return { kind: 'problems', problems: [{ field: 'at', ...problem }] }
  }
  const publishAt = when.at
  const acted = await act(found, by, deps, {
    event: (at) => ({ type: 'rescheduled', at, who: by.actor, publishAt }),
    spares: (stored) => !movesWithPost(stored),
    also: async (tx, done) => {
      // The post's own time is that of all its targets; what is live already keeps its own.
      const others = found.targets.filter(
        ({ account, target: { state } }) => state.status !== 'cancelled' && !done.includes(account),
      )
      if (others.length === 0) await setPublishAt(tx, found.post.id, publishAt)
    },
  })
  if (!acted) return nothing
  if (acted.done.length === 0) {
    const message =
      (await refusalWords(found, acted.refused, by, deps)) || 'Nothing of it can be moved any more.'
    return { kind: 'problems', problems: [{ field: 'at', message }] }
  }
  const lines = [
    `Moved to ${inWords(publishAt, deps.timeZone)}: ${listOf(acted.done)}.`,
    ...(when.note ? [when.note] : []),
    ...(acted.refused.length > 0 ? [await refusalWords(found, acted.refused, by, deps)] : []),
  ]
  return say(lines.join('\n'))
}

/** What the post's own button moves: not what waits for its next try, nor what is queued for now. */
function movesWithPost({ target: { state } }: StoredTarget): boolean {
  return state.status === 'scheduled' || state.status === 'held'
}
