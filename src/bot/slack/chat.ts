import { type types, webApi } from '@slack/bolt'
import type { MediaCard } from '../card-replies.js'
import type { Chat, EditResult, FindResult, Outgoing, PostResult, Sought } from '../chat.js'
import type { Pace } from '../rate.js'
import { classifySlackError, isUneditable, type SlackFailure } from './errors.js'
import { type LoadBytes, shareFiles } from './files.js'
import { type FoundMessage, foundAmong, isSought, type Self } from './find.js'
import { messagesSince } from './history.js'
import { cut, escapeText } from './mrkdwn.js'
import { type Block, render, replyMetadata, type SlackMessage } from './render.js'

/**
 * About one message a second and channel, several hundred a minute and workspace; chat.update and
 * the history are of tier 3 (50 a minute). Less of each, because a slow request arrives closer to the
 * next one than it was sent.
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 */
const PACE: Pace = {
  post: [
    { burst: 2, perSecond: 0.9, per: 'channel' },
    { burst: 30, perSecond: 4, per: 'chat' },
  ],
  edit: [{ burst: 40, perSecond: 0.8, per: 'chat' }],
  find: [{ burst: 10, perSecond: 0.8, per: 'chat' }],
}

const REQUEST_TIMEOUT_MS = 10_000

/** A Web API client that repeats nothing by itself: a repeated post is a second message. */
export function createSlackClient(token: string, slackApiUrl: string): webApi.WebClient {
  return new webApi.WebClient(token, {
    slackApiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: REQUEST_TIMEOUT_MS,
    logLevel: webApi.LogLevel.ERROR,
  })
}

/**
 * Slack, as telling sees it.
 * @param options.client must not retry by itself, see `createSlackClient`
 * @param options.timeZone IANA name, for clients that do not show Slack's date tokens
 */
export function createSlackChat(options: {
  client: webApi.WebClient
  timeZone: string
  bytes: LoadBytes
}): Chat {
  const { client, timeZone } = options
  let self: Promise<Self> | undefined

  /** Who we are; asked once, and again after a failure. */
  async function whoAmI(): Promise<Self> {
    self ??= client.auth.test().then(({ user_id, bot_id, url }) => ({
      userId: user_id ?? '',
      botId: bot_id,
      url,
    }))
    try {
      return await self
    } catch (error) {
      self = undefined
      throw error
    }
  }

  async function postMessage(
    { channelId, rootId, card }: Outgoing,
    message: SlackMessage,
  ): Promise<PostResult> {
    const answer = await client.chat.postMessage({
      channel: channelId,
      ...(rootId === undefined ? {} : { thread_ts: rootId }),
      ...bodyOf(message),
      unfurl_links: false,
      unfurl_media: false,
    })
    const { ts } = answer
    if (ts === undefined) return { kind: 'unknown', why: 'an answer without a ts' }
    const doubtful = rootId !== undefined && answer.message?.thread_ts === undefined
    if (doubtful && card.kind === 'target' && !(await threadStands(channelId, rootId))) {
      await client.chat.delete({ channel: channelId, ts })
      return { kind: 'refused', why: 'thread_not_found', scope: 'thread', final: true }
    }
    return { kind: 'posted', messageId: ts }
  }

  /** Slack puts a reply to a deleted message into the channel; its answer then names no thread. */
  async function threadStands(channelId: string, rootId: string): Promise<boolean> {
    try {
      await client.conversations.replies({ channel: channelId, ts: rootId, limit: 1 })
      return true
    } catch (error) {
      return !isThreadRefused(error)
    }
  }

  async function postMedia(outgoing: Outgoing, card: MediaCard): Promise<PostResult> {
    if (card.asLinks) return postLinks(outgoing, card)
    const shared = await shareFiles(client, outgoing, card, options.bytes)
    const isRefused =
      shared.kind === 'refused' &&
      shared.final &&
      (shared.scope === 'message' || shared.why === 'missing_scope')
    return isRefused ? postLinks(outgoing, card) : shared
  }

  async function postLinks(outgoing: Outgoing, card: MediaCard): Promise<PostResult> {
    const text = `The files for *${escapeText(card.account)}* could not be uploaded to Slack. They are:`
    const links = card.media.flatMap(({ sourceUrl, filename }) => escapeText(sourceUrl ?? filename))
    const block: Block = {
      type: 'section',
      text: { type: 'mrkdwn', text: cut([text, ...links].join('\n'), 3_000) },
    }
    return postMessage(outgoing, { text, blocks: [block], metadata: replyMetadata(card) })
  }

  async function findMessage(sought: Sought): Promise<FindResult> {
    const { channelId, rootId, begunAt } = sought
    const me = await whoAmI()
    const isIt = (message: FoundMessage) => isSought(message, sought, me)
    try {
      return foundAmong(await messagesSince(client, sought, isIt))
    } catch (error) {
      if (rootId === undefined || !isThreadRefused(error)) throw error
      // Without its thread Slack has put it into the channel, if anywhere.
      return foundAmong(await messagesSince(client, { channelId, begunAt }, isIt))
    }
  }

  return {
    name: 'slack',
    pace: PACE,
    post: (outgoing) =>
      attempt((): Promise<PostResult> => {
        const { card } = outgoing
        if (card.kind === 'media') return postMedia(outgoing, card)
        return postMessage(outgoing, render(card, timeZone))
      }),
    edit: (message) =>
      attempt(
        async (): Promise<EditResult> => {
          if (message.card.kind === 'media') return { kind: 'edited' }
          await client.chat.update({
            channel: message.channelId,
            ts: message.messageId,
            ...bodyOf(render(message.card, timeZone)),
          })
          return { kind: 'edited' }
        },
        (failure) => (isUneditable(failure) ? { kind: 'gone' } : failure),
      ),
    find: (sought) =>
      attempt(
        () => findMessage(sought),
        (failure): FindResult => {
          if (failure.kind !== 'refused') return failure
          return failure.why === 'missing_scope' ? { ...failure, scope: 'message' } : failure
        },
      ),
    // The address that chat.getPermalink answers with, without asking for each.
    async linkTo({ channelId, messageId }) {
      const url = await whoAmI().then(
        (me) => me.url,
        () => undefined,
      )
      return url && new URL(`archives/${channelId}/p${messageId.replace('.', '')}`, url).href
    },
    async remove({ channelId, messageId }) {
      await client.chat.delete({ channel: channelId, ts: messageId }).catch(() => {})
    },
  }
}

/** The client's types want every kind of block spelled out; ours are checked by tests. */
function bodyOf({ text, blocks, metadata }: SlackMessage) {
  return { text, blocks: blocks as unknown as types.KnownBlock[], metadata }
}

function isThreadRefused(error: unknown): boolean {
  const failure = classifySlackError(error)
  return failure.kind === 'refused' && failure.scope === 'thread'
}

/** Runs one call; whatever it throws becomes a result. */
async function attempt<T>(
  call: () => Promise<T>,
  translate: (failure: SlackFailure) => T | SlackFailure = (failure) => failure,
): Promise<T | SlackFailure> {
  try {
    return await call()
  } catch (error) {
    return translate(classifySlackError(error))
  }
}
