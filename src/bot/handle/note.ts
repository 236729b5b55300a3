import { createId } from '../../store/ids.js'
import { once } from '../../store/inbox.js'
import { addNote } from '../../store/notes.js'
import { nothing, type Reply, say } from '../reply.js'
import { excerpt } from '../wording.js'
import type { Asked, Found } from './asked.js'
import type { HandleDeps } from './deps.js'

const LONGEST_NOTE = 2000

/** "Add note": the form, naming what it is about. */
export function askForNote({ post, target }: Found): Reply {
  const about = target ? target.account : excerpt(post.text, 60) || post.id
  return { kind: 'form', form: { kind: 'note', id: target?.id ?? post.id, about } }
}

/** Keeps the note; the next time the same account comes up it is shown before publishing. */
export async function noteSubmitted(
  { post, target }: Found,
  written: string,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  const text = written.trim()
  if (text === '' || text.length > LONGEST_NOTE) {
    const message =
      text === ''
        ? 'Write down what helps the next time.'
        : `A note has ${LONGEST_NOTE} characters at most; this has ${text.length}.`
    return { kind: 'problems', problems: [{ field: 'note', message }], written }
  }
  const at = deps.now()
  const state = target?.target.state
  const { first } = await once(deps.database.orm, asked.key, at, async (tx) => {
    await addNote(tx, {
      id: createId('n', at, deps.random),
      postId: post.id,
      targetId: target?.id ?? null,
      account: target?.account ?? null,
      platform: target?.platform ?? null,
      reasonClass: state && 'reason' in state ? state.reason.class : null,
      text,
      authorId: asked.actor.id,
      authorName: asked.actor.name ?? '',
      createdAt: new Date(at),
    })
    return null
  })
  if (!first) return nothing
  return say(
    target
      ? `Noted. It is shown before the next post to ${target.account}, and on the scorecard.`
      : 'Noted. It stands in the thread and on the scorecard.',
  )
}
