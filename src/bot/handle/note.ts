import { createId } from '../../store/ids.js'
import { once } from '../../store/inbox.js'
import { lastFailureOf } from '../../store/last-failure.js'
import { addNote } from '../../store/notes.js'
import type { StoredTarget } from '../../store/stored-target.js'
import type { CommandBody } from '../command.js'
import { failureKindOf, kindInWords } from '../notes.js'
import { nothing, type Reply, say } from '../reply.js'
import { excerpt } from '../wording.js'
import type { Asked, Found } from './asked.js'
import type { HandleDeps } from './deps.js'

const LONGEST_NOTE = 2000

/** "Add note": the form, naming what it is about. */
export async function askForNote({ post, target }: Found, deps: HandleDeps): Promise<Reply> {
  const about = target ? target.account : excerpt(post.text, 60) || post.id
  const kind = target && (await kindOf(target, deps))
  const failure = target && kind ? { failure: kindInWords(target.platform, kind) } : {}
  return { kind: 'form', form: { kind: 'note', id: target?.id ?? post.id, about, ...failure } }
}

/**
 * Keeps the note; the next time the same account, or the same kind of failure, may come up it is
 * shown before publishing, until somebody resolves it.
 */
export async function noteSubmitted(
  { post, target }: Found,
  submitted: Pick<Extract<CommandBody, { kind: 'noteSubmitted' }>, 'text' | 'about'>,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  const text = submitted.text.trim()
  if (text === '' || text.length > LONGEST_NOTE) {
    const message =
      text === ''
        ? 'Write down what helps the next time.'
        : `A note has ${LONGEST_NOTE} characters at most; this has ${text.length}.`
    return { kind: 'problems', problems: [{ field: 'note', message }], written: submitted.text }
  }
  const at = deps.now()
  const kind = target && (await kindOf(target, deps))
  const isOfKind = submitted.about === 'kind' && kind !== undefined
  const { first } = await once(deps.database.orm, asked.key, at, async (tx) => {
    await addNote(tx, {
      id: createId('n', at, deps.random),
      postId: post.id,
      targetId: target?.id ?? null,
      account: isOfKind ? null : (target?.account ?? null),
      platform: target?.platform ?? null,
      reasonClass: kind ?? null,
      text,
      authorId: asked.actor.id,
      authorName: asked.actor.name ?? '',
      createdAt: new Date(at),
    })
    return null
  })
  if (!first) return nothing
  if (!target) return say('Noted. It stands in the thread and on the scorecard.')
  const where = isOfKind
    ? `where this could come up again (${kindInWords(target.platform, kind)})`
    : `to ${target.account}`
  return say(
    `Noted. It is shown before the next post ${where}, and on the scorecard, until somebody resolves it.`,
  )
}

/** What failed, also when it is over by now. */
async function kindOf(target: StoredTarget, deps: HandleDeps): Promise<string | undefined> {
  return failureKindOf(target) ?? (await lastFailureOf(deps.database.orm, target.id))
}
