import { MessageFlags, type REST, Routes } from 'discord.js'
import type { MediaCard } from '../card-replies.js'
import type { Card, Chat, EditResult, FindResult, Outgoing, PostResult } from '../chat.js'
import type { Pace } from '../rate.js'
import { CODES, codeOf } from './errors.js'
import { enclose, type LoadBytes, listInstead, textFile } from './files.js'
import { findMessage } from './find.js'
import { createPoster, type Draft, editOf, type Lacking, refusesFiles } from './post.js'
import { type DiscordMessage, render } from './render.js'
import { removeMessage, unarchive } from './threads.js'

/**
 * Discord names no numbers per route; five messages and five edits in five seconds per channel or
 * thread, and fifty requests a second in all, is what bots see. discord.js waits for the buckets;
 * this keeps the lines short, where what is urgent can go first.
 * @see https://docs.discord.com/developers/topics/rate-limits
 */
const PACE: Pace = {
  post: [
    { burst: 10, perSecond: 3, per: 'channel' },
    { burst: 20, perSecond: 20, per: 'chat' },
  ],
  edit: [
    { burst: 10, perSecond: 3, per: 'channel' },
    { burst: 15, perSecond: 15, per: 'chat' },
  ],
  find: [{ burst: 5, perSecond: 5, per: 'chat' }],
}

/**
 * Discord, as telling sees it.
 * @param options.rest must not retry by itself, see `createRest`
 */
export function createDiscordChat(options: {
  rest: REST
  selfId: () => string
  bytes: LoadBytes
  lacking?: Lacking
}): Chat {
  const { rest, selfId, bytes, lacking } = options
  const { create, createRoot, createInThread, attempt } = createPoster(options)

  async function postMessage(outgoing: Outgoing, key: string, draft: Draft): Promise<PostResult> {
    const { channelId, rootId, card } = outgoing
    if (card.kind === 'post') {
      return { kind: 'posted', messageId: await createRoot(channelId, key, draft, card.excerpt) }
    }
    if (rootId !== undefined) return createInThread({ channelId, rootId }, key, draft)
    return { kind: 'posted', messageId: await create(channelId, key, draft) }
  }

  async function postMedia(outgoing: Outgoing, card: MediaCard): Promise<PostResult> {
    const plain = { flags: MessageFlags.SuppressEmbeds, allowed_mentions: { parse: [] } }
    if (card.asLinks) {
      const files = card.text === undefined ? {} : { files: [textFile(card.text)] }
      const content = listInstead(card, 'They could not be shown here. They are:')
      return postMessage(outgoing, card.key, { ...plain, content, ...files })
    }
    const { content, files } = await enclose(card, bytes)
    try {
      return await postMessage(outgoing, card.key, { ...plain, content, files })
    } catch (error) {
      if (files.length === 0 || !refusesFiles(error)) throw error
      return postMessage(outgoing, card.key, {
        ...plain,
        content: listInstead(card, MAY_NOT_ATTACH),
      })
    }
  }

  async function edit(place: string, messageId: string, message: DiscordMessage): Promise<void> {
    const path = Routes.channelMessage(place, messageId)
    try {
      await rest.patch(path, { body: editOf(message) })
    } catch (error) {
      if (codeOf(error) !== CODES.threadArchived) throw error
      if (!(await unarchive(rest, place))) throw error
      await rest.patch(path, { body: editOf(message) })
    }
  }

  return {
    name: 'discord',
    pace: PACE,
    post: (outgoing) =>
      attempt(outgoing.channelId, (): Promise<PostResult> => {
        const { card } = outgoing
        if (card.kind === 'media') return postMedia(outgoing, card)
        const { textFile: tooLong, ...message } = render(card)
        const files = tooLong === undefined ? {} : { files: [textFile(tooLong)] }
        return postMessage(outgoing, nonceKey(card, outgoing.edition), { ...message, ...files })
      }),
    edit: ({ channelId, rootId, messageId, card }) =>
      attempt(
        channelId,
        async (): Promise<EditResult> => {
          if (card.kind === 'media') return { kind: 'edited' }
          const place = card.kind === 'post' ? channelId : (rootId ?? channelId)
          await edit(place, messageId, render(card))
          return { kind: 'edited' }
        },
        (failure, code) => (isGone(code, rootId) ? { kind: 'gone' } : failure),
      ),
    find: (sought) =>
      attempt(
        sought.channelId,
        async (): Promise<FindResult> => {
          const found = await findMessage(rest, sought, selfId())
          // Without this right Discord shows an empty channel instead of refusing.
          const mayLook = !lacking?.(sought.channelId)?.includes('Read Message History')
          return found.kind === 'absent' && !mayLook ? MAY_NOT_LOOK : found
        },
        // No thread, no message in it.
        (failure, code) =>
          code === CODES.unknownChannel && sought.rootId !== undefined
            ? { kind: 'absent' }
            : failure,
      ),
    async linkTo({ teamId, channelId, messageId }) {
      return `https://discord.com/channels/${teamId}/${channelId}/${messageId}`
    },
    remove: (message) => removeMessage(rest, message),
  }
}

const MAY_NOT_ATTACH = 'They cannot be shown here, because the bot may not attach files.'

const MAY_NOT_LOOK: FindResult = {
  kind: 'refused',
  why: 'the bot lacks Read Message History',
  scope: 'message',
  final: true,
}

/** The message, or the thread it stands in, is gone; or it is not ours to edit. */
function isGone(code: number | undefined, rootId: string | undefined): boolean {
  if (code === CODES.unknownMessage || code === CODES.notTheAuthor) return true
  return code === CODES.unknownChannel && rootId !== undefined
}

/** Another one for each edition: Discord would answer with the message that was lost. */
function nonceKey(card: Exclude<Card, MediaCard>, edition = 1): string {
  return edition === 1 ? keyOf(card) : `${keyOf(card)}#${edition}`
}

function keyOf(card: Exclude<Card, MediaCard>): string {
  switch (card.kind) {
    case 'post':
      return card.postId
    case 'target':
      return card.targetId
    case 'reply':
      return card.key
  }
}
