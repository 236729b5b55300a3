import { z } from 'zod'
import { channelById, channelOfBot, findMessage, openDirectMessages, type State } from '../state.js'
import { type JsonObject, type Message, SlackApiError, type SlackChannel } from '../types.js'
import { wireMessage } from './chat.js'
import { flag, integer, type Method, method, page } from './method.js'

const range = {
  channel: z.string(),
  oldest: z.string().optional(),
  latest: z.string().optional(),
  inclusive: flag,
  include_all_metadata: flag,
  limit: integer,
  cursor: z.string().optional(),
}

interface Range {
  oldest?: string | undefined
  latest?: string | undefined
  inclusive?: boolean | undefined
  include_all_metadata?: boolean | undefined
}

/** @throws SlackApiError `invalid_ts_oldest`, `invalid_ts_latest` */
function within(messages: readonly Message[], { oldest, latest, inclusive }: Range): Message[] {
  if (oldest !== undefined && Number.isNaN(Number(oldest)))
    throw new SlackApiError('invalid_ts_oldest')
  if (latest !== undefined && Number.isNaN(Number(latest)))
    throw new SlackApiError('invalid_ts_latest')
  return messages.filter(
    ({ ts }) =>
      (oldest === undefined || Number(ts) > Number(oldest) || (inclusive && ts === oldest)) &&
      (latest === undefined || Number(ts) < Number(latest) || (inclusive && ts === latest)),
  )
}

const isReply = (message: Message) =>
  message.thread_ts !== undefined && message.thread_ts !== message.ts

function answer(
  messages: readonly Message[],
  args: Range & { cursor?: string | undefined; limit?: number | undefined },
): JsonObject {
  const limit = args.limit ?? 100
  if (limit < 1 || limit > 999) throw new SlackApiError('invalid_limit')
  const { items, nextCursor } = page(messages, args.cursor, limit)
  const wire = items.map((message) => {
    const json = wireMessage(message)
    // Seen by app authors: without the flag, metadata is left out.
    if (!args.include_all_metadata) delete json.metadata
    return json
  })
  return {
    messages: wire,
    has_more: nextCursor !== '',
    ...(nextCursor ? { response_metadata: { next_cursor: nextCursor } } : {}),
  }
}

/** A conversation as `conversations.info` shows it. */
function wireChannel(channel: SlackChannel, state: State): JsonObject {
  const isIm = channel.kind === 'im'
  return {
    id: channel.id,
    ...(isIm
      ? { user: [...channel.members].find((member) => member !== state.bot.userId) }
      : { name: channel.name, name_normalized: channel.name }),
    is_channel: !isIm,
    is_im: isIm,
    is_group: false,
    is_mpim: false,
    is_private: isIm,
    is_archived: false,
    is_general: false,
    is_member: channel.members.has(state.bot.userId),
    context_team_id: state.team.id,
    num_members: channel.members.size,
  }
}

export const conversationMethods: Record<string, Method> = {
  'conversations.history': method({
    scope: 'channels:history',
    tier: 3,
    args: z.strictObject(range),
    run(args, state) {
      const { messages } = channelOfBot(state, args.channel)
      const shown = messages.filter((m) => !isReply(m) || m.subtype === 'thread_broadcast')
      return answer(within(shown, args).reverse(), args)
    },
  }),

  'conversations.replies': method({
    scope: 'channels:history',
    tier: 3,
    args: z.strictObject({ ...range, ts: z.string() }),
    run(args, state) {
      const channel = channelOfBot(state, args.channel)
      const asked = findMessage(channel, args.ts)
      const parent = asked?.thread_ts ? findMessage(channel, asked.thread_ts) : asked
      if (!parent) throw new SlackApiError('thread_not_found')
      const replies = channel.messages.filter((m) => isReply(m) && m.thread_ts === parent.ts)
      return answer([parent, ...within(replies, args)], args)
    },
  }),

  'conversations.info': method({
    scope: 'channels:read',
    tier: 3,
    args: z.strictObject({
      channel: z.string(),
      include_locale: flag,
      include_num_members: flag,
    }),
    run: (args, state) => ({ channel: wireChannel(channelById(state, args.channel), state) }),
  }),

  'conversations.members': method({
    scope: 'channels:read',
    tier: 4,
    args: z.strictObject({
      channel: z.string(),
      limit: integer,
      cursor: z.string().optional(),
    }),
    run(args, state) {
      const { items, nextCursor } = page(
        [...channelById(state, args.channel).members],
        args.cursor,
        args.limit ?? 100,
      )
      return { members: items, response_metadata: { next_cursor: nextCursor } }
    },
  }),

  'conversations.list': method({
    scope: 'channels:read',
    tier: 2,
    args: z.strictObject({
      types: z.string().optional(),
      exclude_archived: flag,
      limit: integer,
      cursor: z.string().optional(),
    }),
    run(args, state) {
      const types = (args.types ?? 'public_channel').split(',')
      const listed = [...state.channels.values()].filter((channel) =>
        types.includes(channel.kind === 'im' ? 'im' : 'public_channel'),
      )
      const { items, nextCursor } = page(listed, args.cursor, args.limit ?? 100)
      return {
        channels: items.map((channel) => wireChannel(channel, state)),
        response_metadata: { next_cursor: nextCursor },
      }
    },
  }),

  'conversations.open': method({
    scope: 'im:write',
    tier: 3,
    args: z.strictObject({
      users: z.string().optional(),
      channel: z.string().optional(),
      return_im: flag,
      prevent_creation: flag,
    }),
    run(args, state) {
      if (args.channel) return { channel: { id: channelById(state, args.channel).id } }
      if (!args.users) throw new SlackApiError('users_list_not_supplied')
      if (args.users.includes(',')) throw new SlackApiError('not_enough_users')
      if (!state.users.has(args.users)) throw new SlackApiError('user_not_found')
      const existed = state.channels.has(`D${args.users.slice(1)}`)
      const channel = openDirectMessages(state, args.users)
      const wire = args.return_im ? wireChannel(channel, state) : { id: channel.id }
      return { channel: wire, ...(existed ? { no_op: true, already_open: true } : {}) }
    },
  }),

  'reactions.add': method({
    scope: 'reactions:write',
    tier: 3,
    args: z.strictObject({ channel: z.string(), name: z.string().min(1), timestamp: z.string() }),
    run(args, state) {
      const message = findMessage(channelOfBot(state, args.channel), args.timestamp)
      if (!message) throw new SlackApiError('message_not_found')
      message.reactions ??= []
      const reaction = message.reactions.find((r) => r.name === args.name)
      if (reaction?.users.includes(state.bot.userId)) throw new SlackApiError('already_reacted')
      if (reaction) {
        reaction.users.push(state.bot.userId)
        reaction.count += 1
      } else {
        message.reactions.push({ name: args.name, users: [state.bot.userId], count: 1 })
      }
      state.emit('update', structuredClone(message))
      return {}
    },
  }),
}
