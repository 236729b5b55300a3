import { channelForBot, may, requirePermissions } from '../access.js'
import { refusal } from '../errors.js'
import { type Channel, isThread, type TextChannel } from '../model.js'
import { type Route, route } from '../router.js'
import { startThread } from '../start-thread.js'
import { changeThread } from '../threads.js'
import { parseForm } from '../validate/form.js'
import { threadCreate, threadEdit } from '../validate/message.js'
import { messageForBot } from './messages.js'

function textChannel(channel: Channel): TextChannel {
  if (isThread(channel)) throw refusal('wrongChannelType')
  return channel
}

/** Channels and threads themselves. */
export const channelRoutes: Route[] = [
  route('GET /channels/:channel', 'bot', (world, { params }) => ({
    status: 200,
    body: channelForBot(world, params.channel),
  })),
  route('PATCH /channels/:channel', 'bot', (world, { params, body }) => {
    const channel = channelForBot(world, params.channel)
    if (!isThread(channel)) throw refusal('missingPermissions')
    const changes = parseForm(threadEdit, body)
    const { archived, locked } = channel.thread_metadata
    // Anyone who may post can unarchive; the rest is for the thread's owner and moderators.
    const onlyUnarchives = Object.keys(changes).every((key) => key === 'archived')
    const owns = channel.owner_id === world.bot.id && changes.locked == null
    const unarchives = changes.archived === false && onlyUnarchives && !locked
    if (!may(world, channel, world.bot.id, 'MANAGE_THREADS') && !unarchives && (!owns || locked)) {
      throw refusal('missingPermissions')
    }
    if (archived && changes.archived !== false) throw refusal('threadArchived')
    changeThread(world, channel, changes)
    return { status: 200, body: channel }
  }),
  route('POST /channels/:channel/messages/:message/threads', 'bot', (world, request) => {
    const channel = textChannel(channelForBot(world, request.params.channel))
    requirePermissions(world, channel, ['CREATE_PUBLIC_THREADS'])
    const starter = messageForBot(world, channel, request.params.message)
    const { name, auto_archive_duration } = parseForm(threadCreate, request.body)
    const archiveMinutes = auto_archive_duration ?? 4320
    const draft = { owner: world.bot, name, archiveMinutes, type: 11 } as const
    return { status: 201, body: startThread(world, channel, draft, starter) }
  }),
  route('POST /channels/:channel/threads', 'bot', (world, { params, body }) => {
    const channel = textChannel(channelForBot(world, params.channel))
    const { name, auto_archive_duration, type } = parseForm(threadCreate, body)
    // Without a type Discord makes a private thread.
    const kind = type ?? 12
    const needed = kind === 12 ? 'CREATE_PRIVATE_THREADS' : 'CREATE_PUBLIC_THREADS'
    requirePermissions(world, channel, [needed])
    const archiveMinutes = auto_archive_duration ?? 4320
    const draft = { owner: world.bot, name, archiveMinutes, type: kind }
    return { status: 201, body: startThread(world, channel, draft, null) }
  }),
  route('PUT /channels/:channel/thread-members/@me', 'bot', (world, { params }) => {
    const channel = channelForBot(world, params.channel)
    if (!isThread(channel)) throw refusal('wrongChannelType')
    if (channel.thread_metadata.archived) throw refusal('threadArchived')
    return { status: 204 }
  }),
  route('POST /channels/:channel/typing', 'bot', (world, { params }) => {
    const channel = channelForBot(world, params.channel)
    requirePermissions(world, channel, ['SEND_MESSAGES'])
    return { status: 204 }
  }),
]
