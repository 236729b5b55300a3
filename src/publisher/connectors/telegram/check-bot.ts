import type { Reason } from '../../core/outcome.js'
import { unreadable } from '../classify.js'
import type { CredentialCheck, Reader } from '../connector.js'
import { failedCheck } from '../read.js'
import type { Bot } from './bot.js'
import { judge } from './classify.js'
import { botUser, chatMember } from './wire.js'

/** Whether the token opens the bot, and the bot may post to the chat. @see Bot API, getChatMember */
export async function checkBot(bot: Bot, reader: Reader): Promise<CredentialCheck> {
  const me = judge(await reader.read(bot.call('getMe', { json: {} })), 'other')
  if (me.kind !== 'success') return failedCheck(me)
  const user = botUser.safeParse(me.json)
  if (!user.success) return failedCheck(unreadable('Telegram', 'other', 'the bot'))
  const { id, username } = user.data.result
  const asked = bot.call('getChatMember', { json: { chat_id: bot.chatId, user_id: id } })
  const found = judge(await reader.read(asked), 'other')
  if (found.kind !== 'success') {
    // The token was good a moment ago, so this can only be about asking.
    const rights = found.kind === 'permanent' && found.reason.class === 'auth'
    return rights ? { kind: 'ok', identity: `@${username}` } : failedCheck(found)
  }
  const member = chatMember.safeParse(found.json)
  if (!member.success) return failedCheck(unreadable('Telegram', 'other', 'the rights of the bot'))
  const { status, can_post_messages, can_send_messages } = member.data.result
  const absent = status === 'left' || status === 'kicked'
  const silenced = can_post_messages === false || can_send_messages === false
  if (!absent && !silenced) return { kind: 'ok', identity: `@${username} in ${bot.chatId}` }
  const reason: Reason = {
    class: 'permission',
    text: absent
      ? `@${username} is not in the chat ${bot.chatId}.`
      : `@${username} may not post in the chat ${bot.chatId}.`,
    next: 'Make it an administrator who may post, then press Check credentials.',
  }
  return { kind: 'refused', reason }
}
