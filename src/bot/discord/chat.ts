import { MessageFlags, type RawFile, type REST, Routes } from 'discord.js'
import type { MediaCard } from '../card-replies.js'
import type { Card, Chat, EditResult, FindResult, Outgoing, PostResult } from '../chat.js'
import type { Pace } from '../rate.js'
import { CODES, classifyDiscordError, codeOf, type DiscordFailure } from './errors.js'
import { enclose, type LoadBytes, listInstead, textFile } from './files.js'
import { findMessage, messageSchema } from './find.js'
import { nonceOf, type Shown, textOf } from './marker.js'
import { type DiscordMessage, render } from './render.js'
import type { Right } from './rights.js'
import { startThread, startThreadAgain, unarchive } from './threads.js'

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

/** A message to be created, with the files in it. */
interface Draft extends Omit<DiscordMessage, 'textFile'> {
  readonly files?: readonly (RawFile & { readonly description?: string })[]
}

/**
 * Discord, as telling sees it. Everything is done with the bot's own token, so nothing depends on
 * the fifteen minutes that an interaction's token lives.
 * @param options.rest must not retry by itself, see `createRest`
 * @param options.lacking the rights missing in a channel; undefined when that is not known
 */
export function createDiscordChat(options: {
  rest: REST
  selfId: () => string
  bytes: LoadBytes
  lacking?: (channelId: string) => readonly Right[] | undefined
}): Chat {
  const { rest, selfId, bytes, lacking } = options

  async function create(place: string, key: string, draft: Draft): Promise<string> {
    const { files = [], ...message } = draft
    const attachments = files.map(({ description }, index) => ({ id: String(index), description }))
    const answer = await rest.post(Routes.channelMessages(place), {
      body: {
        ...message,
        nonce: nonceOf(key),
        enforce_nonce: true,
        ...(files.length > 0 ? { attachments } : {}),
      },
      files: files.map(({ description: _in, ...file }) => file),
    })
    const shown = messageSchema.parse(answer)
    // Discord answered with the message of an earlier attempt, which may say what held then.
    if (files.length === 0 && textOf(shown) !== textOf(message as Shown)) {
      await rest.patch(Routes.channelMessage(place, shown.id), { body: editOf(message) })
    }
    return shown.id
  }

  /** In its thread, which is made when it is not there yet. */
  async function createInThread(
    { channelId, rootId }: Outgoing & { readonly rootId: string },
    key: string,
    draft: Draft,
  ): Promise<PostResult> {
    try {
      return { kind: 'posted', messageId: await create(rootId, key, draft) }
    } catch (error) {
      if (codeOf(error) !== CODES.unknownChannel) throw error
    }
    try {
      await startThreadAgain(rest, { channelId, rootId })
    } catch (error) {
      return threadFailure(failureOf(error, channelId), codeOf(error))
    }
    return { kind: 'posted', messageId: await create(rootId, key, draft) }
  }

  async function postMessage(outgoing: Outgoing, key: string, draft: Draft): Promise<PostResult> {
    const { channelId, rootId, card } = outgoing
    if (card.kind === 'post') {
      const messageId = await create(channelId, key, draft)
      // Whatever goes wrong here is seen, and mended or told, with the first message of the thread.
      const thread = { channelId, rootId: messageId, name: card.excerpt }
      await startThread(rest, thread).catch(() => {})
      return { kind: 'posted', messageId }
    }
    if (rootId !== undefined) return createInThread({ ...outgoing, rootId }, key, draft)
    return { kind: 'posted', messageId: await create(channelId, key, draft) }
  }

  async function postMedia(outgoing: Outgoing, card: MediaCard): Promise<PostResult> {
    const { content, files } = await enclose(card, bytes)
    const plain = { flags: MessageFlags.SuppressEmbeds, allowed_mentions: { parse: [] } }
    try {
      return await postMessage(outgoing, card.key, { ...plain, content, files })
    } catch (error) {
      const mayNotAttach = codeOf(error) === CODES.missingPermissions
      if (files.length === 0 || (!mayNotAttach && codeOf(error) !== CODES.tooLarge)) throw error
      return postMessage(outgoing, card.key, { ...plain, content: listInstead(card) })
    }
  }

  async function edit(place: string, messageId: string, message: DiscordMessage): Promise<void> {
    const path = Routes.channelMessage(place, messageId)
    try {
      await rest.patch(path, { body: editOf(message) })
    } catch (error) {
      if (codeOf(error) !== CODES.threadArchived) throw error
      await unarchive(rest, place)
      await rest.patch(path, { body: editOf(message) })
    }
  }

  /** What an error means, with the names of the missing rights where the gateway has told them. */
  function failureOf(error: unknown, channelId: string): DiscordFailure {
    const failure = classifyDiscordError(error)
    const missing = lacking?.(channelId) ?? []
    if (codeOf(error) !== CODES.missingPermissions || missing.length === 0) return failure
    const why = `Missing Permissions (${CODES.missingPermissions}). Give the bot ${missing.join(', ')} in the channel; what was missed is shown then.`
    return { kind: 'refused', why, scope: 'channel', final: true }
  }

  /** Runs one call; whatever it throws becomes a result. */
  async function attempt<T>(
    channelId: string,
    call: () => Promise<T>,
    translate: (failure: DiscordFailure, code: number | undefined) => T | DiscordFailure = (
      failure,
    ) => failure,
  ): Promise<T | DiscordFailure> {
    try {
      return await call()
    } catch (error) {
      return translate(failureOf(error, channelId), codeOf(error))
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
        return postMessage(outgoing, keyOf(card), { ...message, ...files })
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
        (failure, code) => (isGone(code, card) ? { kind: 'gone' } : failure),
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
    async remove({ channelId, rootId, messageId }) {
      const path = Routes.channelMessage(rootId ?? channelId, messageId)
      await rest.delete(path).catch(() => {})
    },
  }
}

const MAY_NOT_LOOK: FindResult = {
  kind: 'refused',
  why: 'the bot lacks Read Message History',
  scope: 'message',
  final: true,
}

/** Without its thread a message was certainly not posted. */
function threadFailure(failure: DiscordFailure, code: number | undefined): DiscordFailure {
  if (failure.kind === 'limited') return failure
  const { why } = failure
  // The message that the thread would hang on is gone.
  if (code === CODES.unknownMessage) return { kind: 'refused', why, scope: 'thread', final: true }
  return failure.kind === 'refused'
    ? failure
    : { kind: 'refused', why, scope: 'message', final: false }
}

/** The message, or the thread it stands in, is gone; or it is not ours to edit. */
function isGone(code: number | undefined, card: Card): boolean {
  if (code === CODES.unknownMessage || code === CODES.notTheAuthor) return true
  return code === CODES.unknownChannel && card.kind !== 'post'
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

/** An edit rings for nobody, and keeps the kind of message it is. */
function editOf({ content, components }: DiscordMessage | Draft) {
  return {
    ...(content === undefined ? {} : { content }),
    ...(components === undefined ? {} : { components }),
    allowed_mentions: { parse: [] },
  }
}
