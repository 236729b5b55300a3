import { z } from 'zod'
import type { Conversation } from '../store/create-post.js'
import { newestChannel, teamOfChannel } from '../store/find-channel.js'
import type { ApiDeps } from './deps.js'
import { ProblemError } from './problem.js'

const chatName = z.enum(['slack', 'discord'])
type ChatName = z.infer<typeof chatName>

const CHANNEL =
  'Write it as "slack/C0123" or "discord/1234", or as {"chat": "slack", "id": "C0123"}'

/** Names a channel. */
export const channelShape = z
  .union(
    [
      z.string().regex(/^((slack|discord)\/)?[\w-]{1,64}$/, CHANNEL),
      z.strictObject({ chat: chatName.optional(), id: z.string().regex(/^[\w-]{1,64}$/) }),
    ],
    CHANNEL,
  )
  .describe(
    'Where the thread is made, such as "slack/C0123". Without it: the first channel of the accounts file, else the one that published last, else none',
  )
export type NamedChannel = z.infer<typeof channelShape>

/** A conversation without a chat: no thread, outcomes are read from the API alone. */
export const NO_CHAT: Conversation = { chat: 'api', teamId: 'api', channelId: 'api' }

/**
 * The conversation a post of an automation belongs to.
 * @throws ProblemError when the channel that was named is not one
 */
export async function conversationFor(
  named: NamedChannel | null | undefined,
  deps: Pick<ApiDeps, 'channels' | 'chats' | 'database' | 'log'>,
): Promise<Conversation> {
  const channel = named ? parse(named, deps) : await usualChannel(deps)
  if (!channel) return NO_CHAT
  const { chat, id: channelId } = channel
  const workspaceOf = deps.chats.get(chat)
  if (!workspaceOf) throw wrong(`${chat} is not connected here.`)
  const teamId =
    (await teamOfChannel(deps.database.orm, chat, channelId)) ??
    (await ask(() => workspaceOf(channelId), chat, deps))
  if (teamId === undefined) {
    throw wrong(`${chat} does not know the channel ${channelId}, or the bot is not in it.`)
  }
  return { chat, teamId, channelId }
}

interface Channel {
  readonly chat: ChatName
  readonly id: string
}

function parse(
  named: NamedChannel,
  { chats, channels }: Pick<ApiDeps, 'chats' | 'channels'>,
): Channel {
  const [chat, id] =
    typeof named === 'string'
      ? named.includes('/')
        ? (named.split('/') as [ChatName, string])
        : [undefined, named]
      : [named.chat, named.id]
  const known = chat ?? channels.find(({ channel }) => channel === id)?.chat
  const [only, another] = chats.keys()
  const meant = known ?? (another === undefined ? only : undefined)
  if (!meant) throw wrong(`Which chat is ${id} of? ${CHANNEL}.`)
  return { chat: meant, id }
}

async function usualChannel({
  channels,
  chats,
  database,
}: Pick<ApiDeps, 'channels' | 'chats' | 'database'>): Promise<Channel | undefined> {
  const first = channels.find(({ chat }) => chats.has(chat))
  if (first) return { chat: first.chat, id: first.channel }
  const newest = await newestChannel(database.orm, [...chats.keys()])
  return newest && { chat: chatName.parse(newest.chat), id: newest.channelId }
}

async function ask(
  workspaceOf: () => Promise<string | undefined>,
  chat: ChatName,
  { log }: Pick<ApiDeps, 'log'>,
): Promise<string | undefined> {
  try {
    return await workspaceOf()
  } catch (error) {
    log.warn({ chat, error: (error as Error).message }, 'a channel could not be looked up')
    throw new ProblemError('chat-unavailable', `${chat} does not answer; nothing was queued.`, {
      headers: { 'retry-after': '5' },
    })
  }
}

function wrong(message: string): ProblemError {
  return new ProblemError('invalid-request', message, { errors: [{ field: 'channel', message }] })
}
