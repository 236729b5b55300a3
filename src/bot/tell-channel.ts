import type { Chat } from './chat.js'
import type { BotDeps } from './deps.js'
import { type Notice, postNotice } from './notices.js'

/**
 * Says something that concerns the whole installation once, in the channel that is named for it or
 * else the first one of a chat that is connected; without any, the log is all there is.
 * @param named such as `slack/C0123`
 */
export async function tellChannel(
  named: string | undefined,
  channels: readonly { readonly chat: string; readonly channel: string }[],
  notice: Omit<Notice, 'channelId'>,
  chats: readonly Chat[],
  deps: BotDeps,
): Promise<void> {
  const places = channels.map(({ chat, channel }) => `${chat}/${channel}`)
  const wanted = named === undefined ? places : [named]
  for (const place of wanted) {
    const [name, channelId = ''] = place.split('/')
    const chat = chats.find((one) => one.name === name)
    if (chat) return postNotice({ ...notice, channelId }, chat, deps)
  }
}
