import { listAccounts } from '../../store/accounts.js'
import { createPost, insertTargets } from '../../store/create-post.js'
import { createId } from '../../store/ids.js'
import { once } from '../../store/inbox.js'
import { loadPost, settleDraft } from '../../store/posts.js'
import { keptMedia } from '../../store/preflights.js'
import { nothing, type Reply, type ReplyButton, say } from '../reply.js'
import { inWords } from '../when.js'
import type { Asked, Found } from './asked.js'
import type { HandleDeps } from './deps.js'
import { approvalWords, newTargets, type Request, requestSchema } from './draft.js'
import { listOf } from './words.js'

/**
 * The question before a second copy, to the one who asked alone. Where the content is live already
 * the button asks once more: a deliberate copy takes two confirmations that differ.
 */
export function copyQuestion(
  text: string,
  draftId: string,
  accounts: readonly string[],
  isLive: boolean,
): Reply {
  const again: ReplyButton = {
    action: 'publish_anyway',
    value: draftId,
    label: isLive ? 'Publish a new copy' : 'Publish anyway',
    style: 'danger',
    ...(isLive
      ? {
          confirm: {
            title: 'Publish it a second time?',
            text: `Everybody who follows ${listOf(accounts)} will see this twice.`,
            yes: 'Publish a second copy',
          },
        }
      : {}),
  }
  const drop: ReplyButton = { action: 'cancel', value: draftId, label: 'Cancel' }
  return { kind: 'question', text, buttons: [again, drop] }
}

/** All of it is live: a retry has nothing to do, and publishing it again is a copy. */
export async function askForCopy(
  { post, targets }: Found,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  const live = targets.filter(({ target }) => target.state.status === 'published')
  const request: Request = {
    text: post.text,
    targets: live.map(({ account, platform, content, contentHash }) => ({
      account,
      platform,
      content,
      contentHash,
    })),
  }
  const lost = await lostFiles(request, deps)
  if (lost) return say(`It is all live. It cannot be published once more as it was: ${lost}`)
  const at = deps.now()
  const { id } = await createPost(
    deps.database.orm,
    {
      id: createId('p', at, deps.random),
      conversation: asked.conversation,
      author: { id: asked.actor.id, name: asked.actor.name ?? asked.actor.id },
      text: post.text,
      request,
      sourceKey: asked.key,
      copyOf: post.id,
      createdAt: at,
      targets: [],
    },
    'draft',
  )
  const accounts = live.map(({ account }) => account)
  const count = accounts.length === 1 ? 'It is' : `All ${accounts.length} are`
  const text = `${count} live: ${listOf(accounts)}. A retry sends only what has failed. Publish everything once more, as a new copy?`
  return copyQuestion(text, id, accounts, true)
}

/** Files are not kept for ever after a post has ended. */
async function lostFiles(
  { targets }: Request,
  { database }: HandleDeps,
): Promise<string | undefined> {
  const files = targets.flatMap(({ content: { media, card } }) => [
    ...media,
    ...(card?.thumb ? [card.thumb] : []),
  ])
  const kept = await keptMedia(
    database.orm,
    files.map(({ id }) => id),
  )
  const lost = new Set(files.filter(({ id }) => !kept.has(id)).map(({ filename }) => filename))
  if (lost.size === 0) return undefined
  return `${listOf([...lost])} ${lost.size === 1 ? 'is' : 'are'} no longer kept. Publish it anew, with the files.`
}

/** "Publish anyway": turns the draft into a post, once. */
export async function publishAnyway(
  { post }: Found,
  asked: Asked,
  deps: HandleDeps,
): Promise<Reply> {
  const { orm } = deps.database
  const request = requestSchema.parse(post.request)
  const at = deps.now()
  if (post.status === 'draft') {
    if (request.publishAt !== undefined && request.publishAt <= at) {
      return say(
        `${inWords(request.publishAt, deps.timeZone)} has passed meanwhile, so nothing was queued. Publish it again with a new time.`,
      )
    }
    const known = new Set((await listAccounts(orm)).map(({ name }) => name))
    const gone = request.targets.map(({ account }) => account).filter((name) => !known.has(name))
    if (gone.length > 0) {
      return say(`${listOf(gone)} is not an account here any more, so nothing was queued.`)
    }
    const lost = await lostFiles(request, deps)
    if (lost) return say(`Nothing was queued: ${lost}`)
  }
  const { result: settled, first } = await once(orm, asked.key, at, async (tx) => {
    const isMine = await settleDraft(tx, post.id, 'open')
    if (isMine) await insertTargets(tx, post.id, newTargets(request, at, asked.actor, deps), at)
    return isMine
  })
  if (!first) return nothing
  if (!settled) {
    const now = await loadPost(orm, post.id)
    return say(
      now?.post.status === 'discarded'
        ? 'You cancelled this; nothing was published.'
        : 'You have said so already; it is published once.',
    )
  }
  const accounts = listOf(request.targets.map(({ account }) => account))
  const approval = approvalWords(deps)
  if (request.publishAt !== undefined) {
    const when = inWords(request.publishAt, deps.timeZone)
    return say(`A new copy is scheduled for ${when}: ${accounts}.${approval}`)
  }
  return say(
    approval ? `A new copy: ${accounts}.${approval}` : `Publishing a new copy: ${accounts}.`,
  )
}

/** "Cancel" under the question: nothing is published. */
export async function dropDraft({ post }: Found, asked: Asked, deps: HandleDeps): Promise<Reply> {
  const { result: dropped, first } = await once(deps.database.orm, asked.key, deps.now(), (tx) =>
    settleDraft(tx, post.id, 'discarded'),
  )
  if (!first) return nothing
  if (dropped || post.status === 'discarded') return say('Cancelled; nothing was published.')
  return say('It has been published already; its thread has a Cancel button.')
}
