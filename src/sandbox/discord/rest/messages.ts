import { channelForBot, may, requirePermissions } from '../access.js'
import { invalidForm, refusal } from '../errors.js'
import { queryInteger } from '../http.js'
import { showToBot, storedIn } from '../message-view.js'
import { addMessage, editMessage, removeMessage } from '../messages.js'
import { type Channel, isThread } from '../model.js'
import type { PermissionName } from '../permissions.js'
import { type Route, type RouteRequest, route } from '../router.js'
import { compareSnowflakes } from '../snowflake.js'
import { parseForm } from '../validate/form.js'
import {
  FLAGS,
  type MessageCreate,
  messageCreate,
  messageReply,
  messageReplyV2,
} from '../validate/message.js'
import type { StoredMessage, World } from '../world.js'

/** "A few minutes", says the documentation of `enforce_nonce`. */
const NONCE_MEMORY_MS = 5 * 60_000

/** A message the bot can see. Ephemeral ones exist only for the person and their interaction. */
export function messageForBot(world: World, channel: Channel, messageId: string): StoredMessage {
  const stored = world.messages.get(channel.id)?.get(messageId)
  if (!stored || stored.visibleTo !== null) throw refusal('unknownMessage')
  return stored
}

function page(world: World, channel: Channel, query: URLSearchParams): StoredMessage[] {
  const limit = queryInteger(query, 'limit', { min: 1, max: 100, otherwise: 50 })
  const given = ['around', 'before', 'after'].filter((name) => query.has(name))
  const [first, second] = given
  if (second !== undefined) {
    const message = 'around, before and after are mutually exclusive'
    throw invalidForm({ [second]: { _errors: [{ code: 'BASE_TYPE_INVALID', message }] } })
  }
  if (!may(world, channel, world.bot.id, 'READ_MESSAGE_HISTORY')) return []
  const id = (first && query.get(first)) || '0'
  const all = storedIn(world, channel.id).filter(({ visibleTo }) => visibleTo === null)
  const older = all.filter(({ message }) => compareSnowflakes(message.id, id) < 0)
  const newer = all.filter(({ message }) => compareSnowflakes(message.id, id) > 0)
  switch (first) {
    case 'before':
      return older.slice(-limit)
    case 'after':
      return newer.slice(0, limit)
    case 'around': {
      const half = Math.floor(limit / 2)
      const itself = all.filter(({ message }) => message.id === id)
      return [...older.slice(-half || older.length), ...itself, ...newer.slice(0, half)]
    }
    default:
      return all.slice(-limit)
  }
}

/** The message this nonce made a moment ago, if there is one and the body insists on it. */
function sameNonce(world: World, body: MessageCreate): StoredMessage | null {
  if (!body.enforce_nonce || body.nonce == null) return null
  const known = world.nonces.get(String(body.nonce))
  if (!known || world.clock() - known.at > NONCE_MEMORY_MS) return null
  return world.messages.get(known.channelId)?.get(known.messageId) ?? null
}

function create(world: World, { params, body, files }: RouteRequest<'channel'>) {
  const channel = channelForBot(world, params.channel)
  const fields = parseForm(messageCreate, body ?? {})
  const needed: PermissionName[] = [
    isThread(channel) ? 'SEND_MESSAGES_IN_THREADS' : 'SEND_MESSAGES',
  ]
  if (fields.embeds?.length) needed.push('EMBED_LINKS')
  if (files.length > 0) needed.push('ATTACH_FILES')
  if (fields.message_reference) needed.push('READ_MESSAGE_HISTORY')
  requirePermissions(world, channel, needed)
  if (isThread(channel) && channel.thread_metadata.locked) {
    if (!may(world, channel, world.bot.id, 'MANAGE_THREADS')) throw refusal('threadLocked')
  }
  const earlier = sameNonce(world, fields)
  if (earlier) return { status: 200, body: showToBot(world, earlier, true) }
  const { nonce, message_reference: reference } = fields
  const target = reference && world.messages.get(channel.id)?.get(reference.message_id)
  if (reference && !target && reference.fail_if_not_exists !== false) {
    const error = { code: 'REPLIES_UNKNOWN_MESSAGE', message: 'Unknown message' }
    throw invalidForm({ message_reference: { _errors: [error] } })
  }
  const at = { type: 0 as const, channel_id: channel.id, guild_id: channel.guild_id }
  const stored = addMessage(world, channel, {
    author: world.bot,
    fields,
    files,
    type: target ? 19 : 0,
    extra: {
      ...(nonce == null ? {} : { nonce }),
      ...(target ? { message_reference: { ...at, message_id: target.message.id } } : {}),
    },
  })
  if (nonce != null) {
    const made = { messageId: stored.message.id, channelId: channel.id, at: world.clock() }
    world.nonces.set(String(nonce), made)
  }
  return { status: 200, body: showToBot(world, stored, true) }
}

function edit(world: World, { params, body, files }: RouteRequest<'channel' | 'message'>) {
  const channel = channelForBot(world, params.channel)
  const stored = messageForBot(world, channel, params.message)
  if (stored.message.author.id !== world.bot.id) throw refusal('notTheAuthor')
  if (isThread(channel) && channel.thread_metadata.archived) throw refusal('threadArchived')
  editMessage(world, stored, parseEdit(stored, body), files)
  return { status: 200, body: showToBot(world, stored) }
}

/** Checks an edit against the kind of message it changes. */
export function parseEdit(stored: StoredMessage, body: unknown) {
  const isV2 = (stored.message.flags & FLAGS.IS_COMPONENTS_V2) !== 0
  return parseForm(isV2 ? messageReplyV2 : messageReply, body ?? {})
}

/** Messages of channels and threads. */
export const messageRoutes: Route[] = [
  route('GET /channels/:channel/messages', 'bot', (world, { params, query }) => {
    const found = page(world, channelForBot(world, params.channel), query)
    return { status: 200, body: found.reverse().map((stored) => showToBot(world, stored)) }
  }),
  route('POST /channels/:channel/messages', 'bot', create),
  route('GET /channels/:channel/messages/:message', 'bot', (world, { params }) => {
    const channel = channelForBot(world, params.channel)
    requirePermissions(world, channel, ['READ_MESSAGE_HISTORY'])
    return { status: 200, body: showToBot(world, messageForBot(world, channel, params.message)) }
  }),
  route('PATCH /channels/:channel/messages/:message', 'bot', edit),
  route('DELETE /channels/:channel/messages/:message', 'bot', (world, { params }) => {
    const channel = channelForBot(world, params.channel)
    const stored = messageForBot(world, channel, params.message)
    if (stored.message.author.id !== world.bot.id) {
      requirePermissions(world, channel, ['MANAGE_MESSAGES'])
    }
    if (isThread(channel) && channel.thread_metadata.archived) throw refusal('threadArchived')
    removeMessage(world, stored)
    return { status: 204 }
  }),
]
