import { activeThreads } from './access.js'
import { refusal } from './errors.js'
import { INTENTS } from './intents.js'
import { addMessage } from './messages.js'
import type { ArchiveMinutes, Message, TextChannel, Thread, User } from './model.js'
import { FLAGS } from './validate/message.js'
import type { StoredMessage, World } from './world.js'

export interface ThreadDraft {
  owner: User
  name: string
  archiveMinutes: ArchiveMinutes
  type: Thread['type']
}

/**
 * Starts a thread: under a message, with that message's id, or on its own.
 * @throws ApiError 160004 when the message has one, 160006 when the guild has too many
 */
export function startThread(
  world: World,
  parent: TextChannel,
  draft: ThreadDraft,
  starter: StoredMessage | null,
): Thread {
  const existing = starter && world.channels.get(starter.message.id)
  if (existing) throw refusal('threadExists')
  if (activeThreads(world, parent.guild_id).length >= world.maxActiveThreads) {
    throw refusal('tooManyThreads')
  }
  const now = new Date(world.clock()).toISOString()
  const thread: Thread = {
    id: starter?.message.id ?? world.nextId(),
    type: draft.type,
    guild_id: parent.guild_id,
    parent_id: parent.id,
    owner_id: draft.owner.id,
    name: draft.name,
    last_message_id: null,
    message_count: 0,
    total_message_sent: 0,
    member_count: 1,
    rate_limit_per_user: 0,
    flags: 0,
    thread_metadata: {
      archived: false,
      locked: false,
      auto_archive_duration: draft.archiveMinutes,
      archive_timestamp: now,
      create_timestamp: now,
    },
  }
  world.channels.set(thread.id, thread)
  const d = { ...structuredClone(thread), newly_created: true }
  world.hub.dispatch({ t: 'THREAD_CREATE', d, intent: INTENTS.GUILDS })
  world.hub.emit({ type: 'thread', action: 'created', thread: structuredClone(thread) })
  if (starter) starter.message.flags |= FLAGS.HAS_THREAD
  announce(world, parent, thread, draft.owner, starter?.message ?? null)
  return thread
}

/** Discord's own lines: the starter inside the thread, or "started a thread" in the channel. */
function announce(
  world: World,
  parent: TextChannel,
  thread: Thread,
  author: User,
  starter: Message | null,
): void {
  const at = { type: 0 as const, channel_id: parent.id, guild_id: parent.guild_id }
  if (starter) {
    const extra = { message_reference: { ...at, message_id: starter.id } }
    addMessage(world, thread, { author, fields: {}, type: 21, extra })
  } else if (thread.type === 11) {
    const extra = { message_reference: { ...at, channel_id: thread.id } }
    addMessage(world, parent, { author, fields: { content: thread.name }, type: 18, extra })
  }
}
