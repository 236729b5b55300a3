import { completeComponents, withoutNulls } from './components.js'
import { invalidForm, refusal } from './errors.js'
import { keepFiles, type ReceivedFile, referencedFiles } from './files.js'
import { INTENTS } from './intents.js'
import { mentionsIn, notified } from './mentions.js'
import { showMessage, showToBot } from './message-view.js'
import { type Channel, type Embed, isThread, type Message, type User } from './model.js'
import { touchThread } from './threads.js'
import { FLAGS, type MessageFields } from './validate/message.js'
import type { StoredMessage, World } from './world.js'

/** Flags an app may set; the others are Discord's. */
const APP_FLAGS = FLAGS.SUPPRESS_EMBEDS | FLAGS.SUPPRESS_NOTIFICATIONS | FLAGS.IS_COMPONENTS_V2

export interface Draft {
  author: User
  fields: MessageFields
  files?: readonly ReceivedFile[]
  type?: Message['type']
  /** Flags Discord adds, such as EPHEMERAL and LOADING. */
  flags?: number
  visibleTo?: string | null
  interactionId?: string | null
  extra?: Pick<
    Message,
    'nonce' | 'webhook_id' | 'application_id' | 'message_reference' | 'interaction_metadata'
  >
}

/**
 * Puts a message into a channel and tells everybody who may know.
 * @throws ApiError 50006 when there is nothing to show, 50035 when a file it shows is missing
 */
export function addMessage(world: World, channel: Channel, draft: Draft): StoredMessage {
  const { author, fields, files = [], type = 0, visibleTo = null, interactionId = null } = draft
  const content = (fields.content ?? '').trim()
  const found = mentionsIn(world, channel, author.id, content, fields.allowed_mentions)
  const message: Message = {
    id: world.nextId(),
    channel_id: channel.id,
    type,
    author,
    content,
    timestamp: new Date(world.clock()).toISOString(),
    edited_timestamp: null,
    tts: false,
    ...found,
    attachments: keepFiles(world, channel.id, files, fields.attachments, visibleTo !== null),
    embeds: completeEmbeds(fields.embeds ?? []),
    components: completeComponents(fields.components ?? []),
    pinned: false,
    flags: ((fields.flags ?? 0) & APP_FLAGS) | (draft.flags ?? 0),
    ...draft.extra,
  }
  checkShown(message)
  const stored = { message, visibleTo, interactionId }
  const channelMessages = world.messages.get(channel.id) ?? new Map<string, StoredMessage>()
  world.messages.set(channel.id, channelMessages.set(message.id, stored))
  if (visibleTo === null)
    publish(world, channel, stored, notified(world, channel, author.id, found))
  else world.hub.emit({ type: 'message', action: 'created', message: showMessage(world, stored) })
  return stored
}

function publish(world: World, channel: Channel, stored: StoredMessage, rings: string[]): void {
  const { message } = stored
  const at = world.clock()
  channel.last_message_id = message.id
  if (isThread(channel)) touchThread(world, channel, message.type)
  for (const userId of rings) {
    world.notifications.push({ userId, channelId: channel.id, messageId: message.id, at })
  }
  const d = { ...showToBot(world, stored, true), guild_id: channel.guild_id }
  world.hub.dispatch({ t: 'MESSAGE_CREATE', d, intent: INTENTS.GUILD_MESSAGES })
  world.hub.emit({ type: 'message', action: 'created', message: showMessage(world, stored, true) })
}

/**
 * Changes what the body names and keeps the rest; rings for nobody.
 * @throws ApiError 50006, 50035 as for a new message
 */
export function editMessage(
  world: World,
  stored: StoredMessage,
  fields: MessageFields,
  files: readonly ReceivedFile[] = [],
): void {
  const { message } = stored
  const channel = world.channels.get(message.channel_id)
  if (!channel) throw refusal('unknownChannel')
  const wasLoading = (message.flags & FLAGS.LOADING) !== 0
  const content = fields.content === undefined ? message.content : (fields.content ?? '').trim()
  const kept = fields.attachments
    ? message.attachments.filter(({ id }) => fields.attachments?.some((one) => one.id === id))
    : message.attachments
  const isEphemeral = stored.visibleTo !== null
  const added = keepFiles(world, channel.id, files, fields.attachments, isEphemeral)
  const v2 = message.flags & FLAGS.IS_COMPONENTS_V2
  const wanted = fields.flags == null ? message.flags & APP_FLAGS : fields.flags & APP_FLAGS
  const changed: Message = {
    ...message,
    content,
    ...mentionsIn(world, channel, message.author.id, content, fields.allowed_mentions),
    embeds: fields.embeds === undefined ? message.embeds : completeEmbeds(fields.embeds ?? []),
    components:
      fields.components === undefined
        ? message.components
        : completeComponents(fields.components ?? []),
    attachments: [...kept, ...added],
    flags: (message.flags & ~APP_FLAGS & ~FLAGS.LOADING) | wanted | v2,
    // Filling in a deferred answer does not show as an edit.
    edited_timestamp: wasLoading ? null : new Date(world.clock()).toISOString(),
  }
  checkShown(changed)
  stored.message = changed
  if (!isEphemeral) {
    const d = { ...showToBot(world, stored), guild_id: channel.guild_id }
    world.hub.dispatch({ t: 'MESSAGE_UPDATE', d, intent: INTENTS.GUILD_MESSAGES })
  }
  world.hub.emit({ type: 'message', action: 'edited', message: showMessage(world, stored, true) })
}

/** Takes a message away. */
export function removeMessage(world: World, stored: StoredMessage): void {
  const { id, channel_id } = stored.message
  const guild_id = world.channels.get(channel_id)?.guild_id
  world.messages.get(channel_id)?.delete(id)
  if (stored.visibleTo === null) {
    const d = { id, channel_id, guild_id }
    world.hub.dispatch({ t: 'MESSAGE_DELETE', d, intent: INTENTS.GUILD_MESSAGES })
  }
  world.hub.emit({ type: 'message', action: 'deleted', message: showMessage(world, stored, true) })
}

/** Embeds as the API shows them. */
function completeEmbeds(embeds: readonly Embed[]): Embed[] {
  return withoutNulls(
    embeds.map(({ fields, ...embed }) => ({
      type: 'rich',
      ...embed,
      ...(fields ? { fields: fields.map((field) => ({ inline: false, ...field })) } : {}),
    })),
  )
}

function checkShown(message: Message): void {
  if (message.type === 18 || message.type === 21 || message.flags & FLAGS.LOADING) return
  const missing = referencedFiles(message).find(
    (name) => !message.attachments.some(({ filename }) => filename === name),
  )
  if (missing !== undefined) {
    const code = 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND'
    const text = `The referenced attachment ${missing} was not found`
    throw invalidForm({ _errors: [{ code, message: text }] })
  }
  const shows = message.content || message.embeds.length || message.attachments.length
  const showsComponents = message.flags & FLAGS.IS_COMPONENTS_V2 && message.components.length > 0
  if (!shows && !showsComponents) throw refusal('emptyMessage')
}
