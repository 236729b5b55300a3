import { setTimeout as sleep } from 'node:timers/promises'
import { MessageFlags, type REST, Routes } from 'discord.js'
import type { Log } from '../../log.js'
import { type Reply, type ReplyButton, say } from '../reply.js'
import { shorten } from '../wording.js'
import { CODES, classifyDiscordError, codeOf } from './errors.js'
import type { Incoming } from './parse.js'
import { type PrivateMessage, renderReply } from './reply.js'

/** Before a call is made again that nobody seems to have heard. */
const PAUSES_MS = [300, 1_500]

/** Tells one person something privately, after their interaction was acknowledged. */
export interface Answer {
  /** In between, while the work goes on. */
  tell(reply: Reply): Promise<void>
  /**
   * At the end: whatever still says "thinking" is filled in or taken away.
   * @param next what may be pressed when there are problems
   * @returns false when nobody could be told
   */
  end(reply: Reply, next?: readonly ReplyButton[]): Promise<boolean>
}

/**
 * What stands at `@original`: the empty place that the answer fills, the private message the button
 * is on, which the answer replaces, or somebody's card, which is left alone.
 */
type Original = 'empty' | 'question' | 'card' | 'filled'

/**
 * Answers through the interaction's token, which lives for fifteen minutes; after that in the
 * channel, with a mention, because nobody is left waiting for an answer that does not come.
 * Failing is logged.
 * @see https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages
 */
export function createAnswer(
  { address, command }: Incoming,
  { rest, applicationId, log }: { rest: REST; applicationId: string; log: Log },
): Answer {
  const { token, userId, placeId, from, onPrivate } = address
  const original = Routes.webhookMessage(applicationId, token)
  let place: Original = from !== 'button' ? 'empty' : onPrivate ? 'question' : 'card'

  async function send({ files = [], ...body }: PrivateMessage, replaces: boolean): Promise<void> {
    const options = { auth: false, files: [...files] }
    // Who sees a message cannot be changed any more.
    const flags = body.flags & ~MessageFlags.Ephemeral
    if (replaces)
      await untilHeard(() => rest.patch(original, { ...options, body: { ...body, flags } }))
    else await rest.post(Routes.webhook(applicationId, token), { ...options, body })
  }

  async function show(messages: readonly PrivateMessage[], isEnd: boolean): Promise<void> {
    for (const message of messages) {
      const replaces = place === 'empty' || (place === 'question' && isEnd)
      try {
        await send(message, replaces)
      } catch (error) {
        if (!isTokenOver(error)) throw error
        await showInChannel(message)
      }
      if (replaces) place = 'filled'
    }
  }

  /** Seen by everybody there: late and public is better than never. */
  async function showInChannel({ content, components, files = [] }: PrivateMessage) {
    const body = {
      content: shorten(`<@${userId}> ${content}`, 2_000),
      components,
      allowed_mentions: { parse: [], users: [userId] },
    }
    await rest.post(Routes.channelMessages(placeId), { body, files: [...files] })
  }

  /** Nothing to say: still, nobody should be left with "thinking". */
  async function close(): Promise<void> {
    if (place !== 'empty') return
    if (command.kind === 'publish') return show(renderReply(QUEUED), true)
    await untilHeard(() => rest.delete(original, { auth: false }))
  }

  const guarded = async (work: () => Promise<void>): Promise<boolean> => {
    try {
      await work()
      return true
    } catch (error) {
      const { message } = error as Error
      log.warn({ user: userId, channel: placeId, error: message }, 'could not answer somebody')
      return false
    }
  }

  return {
    async tell(reply) {
      await guarded(() => show(renderReply(reply), false))
    },
    end: (reply, next = []) =>
      guarded(async () => {
        const messages = renderReply(reply, next)
        if (messages.length === 0) await close()
        else await show(messages, true)
      }),
  }
}

const QUEUED = say('Queued. It shows in this channel in a moment, and is kept up to date there.')

/** For calls that may be made twice: nobody is to be left with "thinking" because one went astray. */
async function untilHeard(call: () => Promise<unknown>): Promise<void> {
  for (const pauseMs of PAUSES_MS) {
    try {
      await call()
      return
    } catch (error) {
      if (classifyDiscordError(error).kind !== 'unknown') throw error
      await sleep(pauseMs)
    }
  }
  await call()
}

function isTokenOver(error: unknown): boolean {
  const code = codeOf(error)
  return code === CODES.invalidWebhookToken || code === CODES.unknownWebhook
}
