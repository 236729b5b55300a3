import { z } from 'zod'
import { checkMessageBlocks, isObject } from '../block-kit/validate.js'
import {
  appendMessage,
  channelById,
  channelOfBot,
  findMessage,
  openDirectMessages,
  type State,
  showEphemeral,
} from '../state.js'
import {
  type JsonObject,
  type Message,
  type MessageMetadata,
  SlackApiError,
  type SlackChannel,
  type SlackFile,
} from '../types.js'
import { flag, type Method, method, structured } from './method.js'

/** Slack cuts beyond 40,000 characters (chat.postMessage, "Truncating content"); here it is refused. */
const maxPostText = 40_000
/** chat.update, `msg_too_long`. */
const maxUpdateText = 4000
/** Slack has a limit but does not publish it. */
const maxMetadataBytes = 8 * 1024

const content = {
  text: z.string().optional(),
  blocks: z.unknown().optional(),
  mrkdwn: flag,
  parse: z.enum(['none', 'full', 'mrkdwn', 'false']).optional(),
  link_names: flag,
}

const metadataSchema = z.strictObject({
  event_type: z.string().min(1),
  event_payload: z.record(z.string(), z.unknown()),
})

/** @throws SlackApiError `invalid_metadata_format`, `metadata_too_large` */
function checkMetadata(value: unknown): MessageMetadata | undefined {
  const json = structured(value, 'invalid_metadata_format')
  if (json === undefined || json === null) return undefined
  const parsed = metadataSchema.safeParse(json)
  if (!parsed.success) throw new SlackApiError('invalid_metadata_format')
  if (Buffer.byteLength(JSON.stringify(parsed.data)) > maxMetadataBytes) {
    throw new SlackApiError('metadata_too_large')
  }
  return parsed.data
}

/** @throws SlackApiError `invalid_blocks_format`, `invalid_blocks`, `msg_blocks_too_long` */
function checkBlocks(value: unknown, state: State): JsonObject[] | undefined {
  const json = structured(value, 'invalid_blocks_format')
  if (json === undefined || json === null) return undefined
  if (!Array.isArray(json)) throw new SlackApiError('invalid_blocks_format')
  const blocks = checkMessageBlocks(json, () => state.newId(''))
  for (const [index, { slack_file: file }] of blocks.entries()) {
    const shown = isObject(file) ? state.files.get(String(file.id)) : undefined
    if (file !== undefined && (!shown || (shown.shownFrom ?? 0) > state.now())) {
      const problem = `[ERROR] invalid slack file [json-pointer:/blocks/${index}/slack_file]`
      throw new SlackApiError('invalid_blocks', [problem])
    }
  }
  return blocks
}

/**
 * Text and blocks of a message, checked.
 * @throws SlackApiError `no_text`, `msg_too_long` and those of the blocks
 */
export function checkContent(
  args: { text?: string | undefined; blocks?: unknown },
  state: State,
  maxText = maxPostText,
): { text: string; blocks?: JsonObject[] } {
  const blocks = checkBlocks(args.blocks, state)
  const text = args.text ?? ''
  if (text.trim() === '' && !blocks?.length) throw new SlackApiError('no_text')
  if (text.length > maxText) throw new SlackApiError('msg_too_long')
  return blocks?.length ? { text, blocks } : { text }
}

/** @throws SlackApiError `thread_not_found`, `cannot_reply_to_message` */
export function checkThread(
  channel: SlackChannel,
  threadTs: string | undefined,
): Message | undefined {
  if (threadTs === undefined) return undefined
  const parent = findMessage(channel, threadTs)
  if (!parent) throw new SlackApiError('thread_not_found')
  if (parent.thread_ts !== undefined && parent.thread_ts !== parent.ts) {
    throw new SlackApiError('cannot_reply_to_message')
  }
  return parent
}

/** Posts as the bot. */
export function postAsBot(
  state: State,
  channel: SlackChannel,
  body: {
    text: string
    blocks?: JsonObject[] | undefined
    metadata?: MessageMetadata | undefined
    files?: SlackFile[]
  },
  parent?: Message,
): Message {
  const { bot, team, appId } = state
  const message: Message = {
    type: 'message',
    channel: channel.id,
    user: bot.userId,
    ts: state.nextTs(),
    bot_id: bot.botId,
    app_id: appId,
    team: team.id,
    bot_profile: { id: bot.botId, app_id: appId, name: bot.name, team_id: team.id, deleted: false },
    text: body.text,
    ...(body.blocks ? { blocks: body.blocks } : {}),
    ...(body.metadata ? { metadata: body.metadata } : {}),
    ...(body.files ? { files: body.files } : {}),
    ...(parent ? { thread_ts: parent.ts, parent_user_id: parent.user } : {}),
  }
  appendMessage(state, channel, message)
  return message
}

/** A message as answers and payloads show it. */
export function wireMessage(message: Message): JsonObject {
  const { channel: _, ...wire } = structuredClone(message)
  return { ...wire }
}

/**
 * Replaces what a message of the bot says. Text without blocks removes the blocks.
 * @see https://docs.slack.dev/reference/methods/chat.update
 */
export function rewrite(
  state: State,
  message: Message,
  body: { text: string; blocks?: JsonObject[] },
): void {
  message.text = body.text
  if (body.blocks) message.blocks = body.blocks
  else delete message.blocks
  message.edited = { user: state.bot.userId, ts: state.nextTs() }
  state.emit('update', structuredClone(message))
}

/** Removes a message; the first one of a thread leaves a tombstone, as in Slack. */
export function removeMessage(state: State, channel: SlackChannel, message: Message): void {
  if (message.reply_count) {
    delete message.blocks
    delete message.metadata
    delete message.files
    message.subtype = 'tombstone'
    message.user = 'USLACKBOT'
    message.text = 'This message was deleted.'
    state.emit('update', structuredClone(message))
    return
  }
  channel.messages.splice(channel.messages.indexOf(message), 1)
  state.emit('delete', { channel: channel.id, ts: message.ts })
}

function ownMessage(state: State, channel: SlackChannel, ts: string, refusal: string): Message {
  const message = findMessage(channel, ts)
  if (!message || message.subtype === 'tombstone') throw new SlackApiError('message_not_found')
  if (message.bot_id !== state.bot.botId) throw new SlackApiError(refusal)
  return message
}

export const chatMethods: Record<string, Method> = {
  'chat.postMessage': method({
    scope: 'chat:write',
    tier: 'post',
    args: z.strictObject({
      ...content,
      channel: z.string(),
      thread_ts: z.string().optional(),
      reply_broadcast: flag,
      metadata: z.unknown().optional(),
      unfurl_links: flag,
      unfurl_media: flag,
    }),
    run(args, state) {
      const channel = state.users.has(args.channel)
        ? openDirectMessages(state, args.channel)
        : channelOfBot(state, args.channel)
      const parent = checkThread(channel, args.thread_ts)
      const body = { ...checkContent(args, state), metadata: checkMetadata(args.metadata) }
      const message = postAsBot(state, channel, body, parent)
      if (parent && args.reply_broadcast) message.subtype = 'thread_broadcast'
      return { channel: channel.id, ts: message.ts, message: wireMessage(message) }
    },
  }),

  'chat.update': method({
    scope: 'chat:write',
    tier: 3,
    args: z.strictObject({
      ...content,
      channel: z.string(),
      ts: z.string(),
      metadata: z.unknown().optional(),
      reply_broadcast: flag,
    }),
    run(args, state) {
      const channel = channelById(state, args.channel)
      const message = ownMessage(state, channel, args.ts, 'cant_update_message')
      const body = checkContent(args, state, maxUpdateText)
      // An empty object removes the metadata; leaving it out keeps what was there.
      const given = structured(args.metadata, 'invalid_metadata_format')
      const removes = typeof given === 'object' && given !== null && Object.keys(given).length === 0
      const metadata = removes ? undefined : checkMetadata(given)
      if (removes) delete message.metadata
      if (metadata) message.metadata = metadata
      rewrite(state, message, body)
      return { channel: channel.id, ts: message.ts, text: body.text, message: wireMessage(message) }
    },
  }),

  'chat.delete': method({
    scope: 'chat:write',
    tier: 3,
    args: z.strictObject({ channel: z.string(), ts: z.string() }),
    run(args, state) {
      const channel = channelById(state, args.channel)
      removeMessage(state, channel, ownMessage(state, channel, args.ts, 'cant_delete_message'))
      return { channel: channel.id, ts: args.ts }
    },
  }),

  'chat.postEphemeral': method({
    scope: 'chat:write',
    tier: 4,
    args: z.strictObject({
      ...content,
      channel: z.string(),
      user: z.string(),
      thread_ts: z.string().optional(),
    }),
    run(args, state) {
      const channel = channelOfBot(state, args.channel)
      if (!channel.members.has(args.user)) throw new SlackApiError('user_not_in_channel')
      const parent = checkThread(channel, args.thread_ts)
      const ts = state.nextTs()
      showEphemeral(state, {
        channel: channel.id,
        user: args.user,
        from: state.bot.userId,
        ts,
        ...checkContent(args, state),
        ...(parent ? { thread_ts: parent.ts } : {}),
      })
      return { message_ts: ts }
    },
  }),

  'chat.getPermalink': method({
    tier: 4,
    args: z.strictObject({ channel: z.string(), message_ts: z.string() }),
    run(args, state) {
      const channel = channelById(state, args.channel)
      const message = findMessage(channel, args.message_ts)
      if (!message) throw new SlackApiError('message_not_found')
      const thread =
        message.thread_ts && message.thread_ts !== message.ts
          ? `?thread_ts=${message.thread_ts}&cid=${channel.id}`
          : ''
      const path = `/archives/${channel.id}/p${message.ts.replace('.', '')}${thread}`
      return { channel: channel.id, permalink: state.baseUrl + path }
    },
  }),
}
