import type { Orm } from '../store/database.js'
import { findBySource } from '../store/find-by-source.js'
import { refuse } from '../store/inbox.js'
import { loadPost } from '../store/posts.js'
import type { Command } from './command.js'
import type { BotDeps } from './deps.js'
import { copyQuestion } from './handle/copy.js'
import { requestSchema } from './handle/draft.js'
import { mainText } from './handle/submit.js'
import type { Left } from './ledger.js'
import { type Reply, say } from './reply.js'
import { duration } from './wording.js'

/**
 * Carries out what was left by a process that is gone, or sees to it that nobody does any more; and
 * says what became of it in any case, because the chat may have told that it failed.
 */
export async function resume(
  command: Command,
  { mayDo, at }: Pick<Left, 'mayDo' | 'at'>,
  work: () => Promise<Reply>,
  deps: Pick<BotDeps, 'database' | 'now'>,
): Promise<Reply> {
  if (mayDo) {
    const reply = await work()
    if (reply.kind !== 'nothing') return late(reply)
  } else if (await refuse(deps.database.orm, command.key, deps.now())) {
    return notDone(command, Math.max(0, deps.now() - at))
  }
  return done(command, deps)
}

const INTERRUPTED = 'Pressroom was interrupted right after you asked for this'

function late(reply: Reply): Reply {
  return reply.kind === 'text' || reply.kind === 'question'
    ? { ...reply, text: `${INTERRUPTED}, and has seen to it now.\n${reply.text}` }
    : reply
}

function notDone(command: Command, agoMs: number): Reply {
  const isPost = command.kind === 'publish' || command.kind === 'malformed'
  const ago = `what you asked for ${duration(agoMs)} ago`
  const text = isPost
    ? `Pressroom was interrupted before it could queue ${ago}. Nothing was queued, and nothing will go out; publish it again if it is still wanted.`
    : `Pressroom was interrupted before it could do ${ago}, so it was not done. Do it again if it is still wanted.`
  return { kind: 'text', text, written: writtenIn(command) }
}

/** What a person wrote, which is nowhere else any more. */
function writtenIn(command: Command): string {
  if (command.kind === 'publish') return mainText(command)
  if (command.kind === 'malformed') return command.written
  return 'text' in command ? command.text : ''
}

/** It had its effect, now or before the interruption. */
async function done({ key }: Command, { database: { orm } }: Pick<BotDeps, 'database'>) {
  const post = await findBySource(orm, key)
  if (post?.status === 'draft') return askAgain(post.id, orm)
  return say(
    post?.status === 'open'
      ? `${INTERRUPTED}. It is queued, once; the channel shows the post.`
      : `${INTERRUPTED}. It is done.`,
  )
}

/** The question about the same content may never have been seen. */
async function askAgain(draftId: string, orm: Orm): Promise<Reply> {
  const draft = await loadPost(orm, draftId)
  const { targets } = requestSchema.parse(draft?.post.request)
  const names = targets.map(({ account }) => account)
  const text = `${INTERRUPTED}. The same content went to the same account before, so nothing was queued.\nPublish it again anyway?`
  return copyQuestion(text, draftId, names, true)
}
