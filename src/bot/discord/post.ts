import { type RawFile, type REST, Routes } from 'discord.js'
import type { PostResult } from '../chat.js'
import { CODES, classifyDiscordError, codeOf, type DiscordFailure } from './errors.js'
import { messageSchema } from './find.js'
import { nonceOf, type Shown, textOf } from './marker.js'
import type { DiscordMessage } from './render.js'
import type { Right } from './rights.js'
import { startThread, startThreadAgain } from './threads.js'

/** A message to be created, with the files in it. */
export interface Draft extends Omit<DiscordMessage, 'textFile'> {
  readonly files?: readonly (RawFile & { readonly description?: string })[]
}

/** The rights the bot lacks in a channel; undefined when that is not known. */
export type Lacking = (channelId: string) => readonly Right[] | undefined

/**
 * Posts messages and reports what became of them. Everything is done with the bot's own token, so
 * nothing depends on the fifteen minutes that an interaction's token lives.
 */
export interface Poster {
  /** @throws whatever discord.js throws */
  create(place: string, key: string, draft: Draft): Promise<string>
  /** A message in a channel, and the thread under it. @throws whatever discord.js throws */
  createRoot(channelId: string, key: string, draft: Draft, thread: string): Promise<string>
  /** In its thread, which is made when it is not there yet. @throws whatever discord.js throws */
  createInThread(
    place: { channelId: string; rootId: string },
    key: string,
    draft: Draft,
  ): Promise<PostResult>
  /** Runs one call; whatever it throws becomes a result. */
  attempt<T>(
    channelId: string,
    call: () => Promise<T>,
    translate?: (failure: DiscordFailure, code: number | undefined) => T | DiscordFailure,
  ): Promise<T | DiscordFailure>
}

export function createPoster({ rest, lacking }: { rest: REST; lacking?: Lacking }): Poster {
  const create: Poster['create'] = async (place, key, draft) => {
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
    const said = textOf(shown)
    // Discord answered with the message of an earlier attempt, which may say what held then.
    if (files.length === 0 && said !== '' && said !== textOf(message as Shown)) {
      await rest.patch(Routes.channelMessage(place, shown.id), { body: editOf(message) })
    }
    return shown.id
  }

  /** What an error means, with the names of the missing rights where the gateway has told them. */
  function failureOf(error: unknown, channelId: string): DiscordFailure {
    const failure = classifyDiscordError(error)
    const missing = lacking?.(channelId) ?? []
    if (codeOf(error) !== CODES.missingPermissions || missing.length === 0) return failure
    const why = `Missing Permissions (${CODES.missingPermissions}). Give the bot ${missing.join(', ')} in the channel; what was missed is shown then.`
    return { kind: 'refused', why, scope: 'channel', final: true }
  }

  return {
    create,
    async createRoot(channelId, key, draft, name) {
      const rootId = await create(channelId, key, draft)
      // Whatever goes wrong here is seen, and mended or told, with the first message of the thread.
      await startThread(rest, { channelId, rootId, name }).catch(() => {})
      return rootId
    },
    async createInThread({ channelId, rootId }, key, draft) {
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
    },
    async attempt(channelId, call, translate = (failure) => failure) {
      try {
        return await call()
      } catch (error) {
        return translate(failureOf(error, channelId), codeOf(error))
      }
    },
  }
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

/** An edit rings for nobody, and keeps the kind of message it is. */
export function editOf({ content, components }: DiscordMessage | Draft) {
  return {
    ...(content === undefined ? {} : { content }),
    ...(components === undefined ? {} : { components }),
    allowed_mentions: { parse: [] },
  }
}

/** The bot may not attach files there, or they are too large for Discord. */
export function refusesFiles(error: unknown): boolean {
  const code = codeOf(error)
  return code === CODES.missingPermissions || code === CODES.tooLarge
}
