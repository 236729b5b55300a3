import { once } from '../../store/inbox.js'
import { findNote, resolveNote as resolve } from '../../store/notes.js'
import { nothing, type Reply, say } from '../reply.js'
import { excerpt } from '../wording.js'
import type { Asked } from './asked.js'
import type { HandleDeps } from './deps.js'
import { nameOf } from './words.js'

/** "Resolve note": what it warned of cannot come back, so it is shown no more. */
export async function resolveNote(id: string, asked: Asked, deps: HandleDeps): Promise<Reply> {
  const { orm } = deps.database
  const { chat, teamId } = asked.conversation
  const found = await findNote(orm, id)
  // A note is read, and resolved, in the whole workspace it was written in.
  const isHere = found && [null, `${chat}:${teamId}`].includes(found.workspaceId)
  if (!found || !isHere) return say('There is no such note here.')
  const at = deps.now()
  const by = nameOf(asked.actor)
  const { result: resolved, first } = await once(orm, asked.key, at, (tx) =>
    resolve(tx, { id, by, at }),
  )
  if (!first) return nothing
  if (resolved) return say(`Resolved: “${excerpt(found.note.text, 200)}”. It is shown no more.`)
  const now = await findNote(orm, id)
  return say(`${now?.note.resolvedBy ?? 'Somebody'} has resolved it already.`)
}
