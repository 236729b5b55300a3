import { and, desc, eq, inArray, ne } from 'drizzle-orm'
import type { Orm } from './database.js'
import { channels, posts, targets } from './schema.js'

/** The Slack team or Discord guild of a channel that was published from before. */
export async function teamOfChannel(
  orm: Orm,
  chat: string,
  channelId: string,
): Promise<string | undefined> {
  const [found] = await orm
    .select({ workspaceId: channels.workspaceId })
    .from(channels)
    .where(and(eq(channels.chat, chat), eq(channels.channelId, channelId)))
  return found?.workspaceId.slice(chat.length + 1)
}

/** The channel of these chats that published last. */
export async function newestChannel(
  orm: Orm,
  chats: readonly string[],
): Promise<{ chat: string; channelId: string } | undefined> {
  if (chats.length === 0) return undefined
  const [found] = await orm
    .select({ chat: posts.chat, channelId: posts.channelId })
    .from(posts)
    .where(inArray(posts.chat, [...chats]))
    .orderBy(desc(posts.id))
    .limit(1)
  return found
}

/** The channel in a chat that published on this account last. */
export async function newestChannelOf(
  orm: Orm,
  account: string,
): Promise<{ chat: string; channelId: string } | undefined> {
  const [found] = await orm
    .select({ chat: posts.chat, channelId: posts.channelId })
    .from(targets)
    .innerJoin(posts, eq(posts.id, targets.postId))
    .where(and(eq(targets.account, account), ne(posts.chat, 'api')))
    .orderBy(desc(targets.createdAt), desc(targets.id))
    .limit(1)
  return found
}
