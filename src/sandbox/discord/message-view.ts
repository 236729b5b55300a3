import { resolveAttachmentLinks, signAttachments } from './files.js'
import { isThread, type Message } from './model.js'
import type { StoredMessage, World } from './world.js'

/**
 * A message as the API shows it now: its own copy, fresh links, its thread. The nonce comes only
 * with the answer to the request that made the message and with MESSAGE_CREATE.
 */
export function showMessage(world: World, stored: StoredMessage, withNonce = false): Message {
  const { nonce, ...message } = structuredClone(stored.message)
  const attachments = signAttachments(world, message)
  const thread = world.channels.get(message.id)
  return {
    ...message,
    attachments,
    embeds: resolveAttachmentLinks(message.embeds, attachments),
    components: resolveAttachmentLinks(message.components, attachments),
    ...(thread && isThread(thread) ? { thread: structuredClone(thread) } : {}),
    ...(withNonce && nonce !== undefined ? { nonce } : {}),
  }
}

/**
 * The same for the bot: what other people wrote is blank unless the app has the message content
 * intent or is mentioned.
 * @see https://docs.discord.com/developers/events/gateway#message-content-intent
 */
export function showToBot(world: World, stored: StoredMessage, withNonce = false): Message {
  const message = showMessage(world, stored, withNonce)
  const readable =
    message.author.id === world.bot.id ||
    message.mentions.some(({ id }) => id === world.bot.id) ||
    world.privilegedIntents.has('MESSAGE_CONTENT')
  return readable
    ? message
    : { ...message, content: '', embeds: [], attachments: [], components: [] }
}

/** What was said in a channel, oldest first; without ephemeral messages and Discord's own lines. */
export function publicMessages(world: World, channelId: string): Message[] {
  return storedIn(world, channelId)
    .filter(({ visibleTo, message }) => visibleTo === null && ![18, 21].includes(message.type))
    .map((stored) => showMessage(world, stored, true))
}

/** Every message of a channel, oldest first. */
export function storedIn(world: World, channelId: string): StoredMessage[] {
  return [...(world.messages.get(channelId)?.values() ?? [])]
}
