import { INTENTS } from './intents.js'
import { type ArchiveMinutes, isThread, type Message, type Thread } from './model.js'
import type { World } from './world.js'

/** Notes that something was said in a thread, which also takes it out of the archive. */
export function touchThread(world: World, thread: Thread, type: Message['type']): void {
  if (type === 21) return
  thread.message_count += 1
  thread.total_message_sent += 1
  if (thread.thread_metadata.archived) changeThread(world, thread, { archived: false })
}

export interface ThreadChanges {
  name?: string | null | undefined
  archived?: boolean | null | undefined
  locked?: boolean | null | undefined
  auto_archive_duration?: ArchiveMinutes | null | undefined
}

/** Renames, archives, unarchives or locks a thread. */
export function changeThread(world: World, thread: Thread, changes: ThreadChanges): void {
  const meta = thread.thread_metadata
  thread.name = changes.name ?? thread.name
  if (changes.archived != null && changes.archived !== meta.archived) {
    meta.archived = changes.archived
    meta.archive_timestamp = new Date(world.clock()).toISOString()
  }
  meta.locked = changes.locked ?? meta.locked
  meta.auto_archive_duration = changes.auto_archive_duration ?? meta.auto_archive_duration
  const copy = structuredClone(thread)
  world.hub.dispatch({ t: 'THREAD_UPDATE', d: copy, intent: INTENTS.GUILDS })
  world.hub.emit({ type: 'thread', action: 'updated', thread: copy })
}

const SWEEP_EVERY_MS = 60_000

/** Archives threads that have been quiet for their archive duration; looks once a minute. */
export function archiveQuietThreads(world: World): void {
  if (world.clock() - world.sweptAt < SWEEP_EVERY_MS) return
  world.sweptAt = world.clock()
  for (const channel of world.channels.values()) {
    if (!isThread(channel) || channel.thread_metadata.archived) continue
    const { auto_archive_duration, archive_timestamp } = channel.thread_metadata
    const lastId = channel.last_message_id ?? channel.id
    const said = world.messages.get(channel.id)?.get(lastId)?.message.timestamp
    const quietSince = Math.max(Date.parse(archive_timestamp), Date.parse(said ?? '') || 0)
    if (world.clock() - quietSince < auto_archive_duration * 60_000) continue
    changeThread(world, channel, { archived: true })
  }
}

/** Takes a channel or thread away, with what was said in it. */
export function removeChannel(world: World, channelId: string): void {
  const channel = world.channels.get(channelId)
  if (!channel) return
  world.channels.delete(channelId)
  world.messages.delete(channelId)
  for (const other of [...world.channels.values()]) {
    if (isThread(other) && other.parent_id === channelId) removeChannel(world, other.id)
  }
  const d = structuredClone(channel)
  const t = isThread(channel) ? 'THREAD_DELETE' : 'CHANNEL_DELETE'
  world.hub.dispatch({ t, d, intent: INTENTS.GUILDS })
  if (isThread(channel)) world.hub.emit({ type: 'thread', action: 'deleted', thread: channel })
}
