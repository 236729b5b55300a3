import type { Outcome } from '../../core/outcome.js'
import { failureOf, unreadable } from '../classify.js'
import type { PublishRequest, Removal, Steps } from '../connector.js'
import type { Bot } from './bot.js'
import { judge } from './classify.js'
import { type Loaded, sendCall } from './render.js'
import { type Message, sentMessages } from './wire.js'

/** One attempt: everything goes with one call, because there is no way to prepare anything. */
export async function publish(
  bot: Bot,
  { content }: PublishRequest,
  steps: Steps,
): Promise<Outcome> {
  const files: Loaded[] = []
  for (const media of content.media) files.push({ media, bytes: await steps.bytes(media) })
  const { method, body } = sendCall(bot.chatId, content.text, files)
  const judged = judge(await steps.mutate(bot.call(method, body)), 'mutation')
  if (judged.kind !== 'success') return judged
  const parsed = sentMessages.safeParse(judged.json)
  const [first] = parsed.data ?? []
  if (!parsed.success || !first) return unreadable('Telegram', 'mutation', 'a message id')
  const permalink = bot.linkTo(first)
  return {
    kind: 'published',
    remoteId: remoteIdOf(first, parsed.data),
    ...(permalink === undefined ? {} : { permalink }),
  }
}

/** Each chat counts its own messages. An album is a message for each item, and is deleted as such. */
function remoteIdOf({ chat }: Message, messages: readonly Message[]): string {
  const ids = messages.map(({ message_id }) => message_id).join(',')
  return chat === undefined ? ids : `${chat.id}/${ids}`
}

/** An id from before they named the chat is one of the chat that the account posts to. */
function messagesOf(remoteId: string, { chatId }: Bot) {
  const [ids = '', chat] = remoteId.split('/').toReversed()
  return { chat_id: chat === undefined ? chatId : Number(chat), ids: ids.split(',').map(Number) }
}

/** Deletes a message, or all of an album; one that is not there any more counts as removed. */
export async function remove(
  bot: Bot,
  remoteId: string,
  steps: Pick<Steps, 'prepare'>,
): Promise<Removal> {
  const { chat_id, ids } = messagesOf(remoteId, bot)
  const [first, ...more] = ids
  const request =
    more.length === 0
      ? bot.call('deleteMessage', { json: { chat_id, message_id: first } })
      : bot.call('deleteMessages', { json: { chat_id, message_ids: [first, ...more] } })
  const judged = judge(await steps.prepare(request), 'other')
  if (judged.kind === 'success') return { kind: 'removed' }
  const { reason } = failureOf(judged)
  const gone = /message to delete not found/i.test(reason.text)
  return gone ? { kind: 'removed' } : { kind: 'notRemoved', reason }
}
