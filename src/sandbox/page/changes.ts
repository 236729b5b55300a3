import type { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import type {
  Ephemeral,
  Message,
  SlackUser,
  SlackWorkspace,
  SlashCommand,
  View,
} from '../slack/index.js'
import type { LivePost, PagePlatforms } from './server.js'

/** Everything one person sees. */
export interface Snapshot {
  team: { id: string; name: string }
  botUserId: string
  users: SlackUser[]
  channels: { id: string; name: string; kind: 'channel' | 'im'; members: string[] }[]
  commands: readonly SlashCommand[]
  messages: Message[]
  ephemerals: Ephemeral[]
  views: View[]
  surroundings: Surroundings
}

/** What changes outside the chat. */
export interface Surroundings {
  botConnected: boolean
  platforms: { name: string; fault: string; live: LivePost[] }[]
}

/** What the page is told, in order; the first is always a snapshot. */
export type Change =
  | { kind: 'snapshot'; snapshot: Snapshot }
  | { kind: 'message'; message: Message }
  | { kind: 'delete'; channel: string; ts: string }
  | { kind: 'ephemeral'; ephemeral: Ephemeral }
  | { kind: 'views'; views: View[] }
  | { kind: 'surroundings'; surroundings: Surroundings }

const surroundingsIntervalMs = 1000

/**
 * Streams what one person sees as server-sent events: a snapshot, then every change. A browser
 * that reconnects gets a new snapshot, so nothing is missed.
 * @param sources `nudges` emits `look` when the surroundings should be looked at right away
 */
export function streamChanges(
  {
    slack,
    platforms,
    nudges,
  }: { slack: SlackWorkspace; platforms: PagePlatforms; nudges: EventEmitter },
  user: string,
  res: ServerResponse,
): void {
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = (change: Change) => res.write(`data: ${JSON.stringify(change)}\n\n`)
  const look = (): Surroundings => ({
    botConnected: slack.connections() > 0,
    platforms: platforms.names().map((name) => ({
      name,
      fault: platforms.fault(name),
      live: platforms.live(name).slice(0, 20),
    })),
  })

  let seen = look()
  let channels = new Set<string>()
  const sendSnapshot = () => {
    const mine = slack.channels().filter((channel) => channel.members.includes(user))
    channels = new Set(mine.map((channel) => channel.id))
    const snapshot: Snapshot = {
      team: slack.team,
      botUserId: slack.botUserId,
      users: slack.users(),
      channels: mine,
      commands: slack.commands,
      messages: mine.flatMap((channel) => slack.messages(channel.id)),
      ephemerals: slack.ephemerals(user),
      views: slack.views(user),
      surroundings: seen,
    }
    send({ kind: 'snapshot', snapshot })
  }
  const sendMessage = (message: Message) => {
    if (channels.has(message.channel)) return send({ kind: 'message', message })
    // Direct messages are opened by the first message in them; other people's stay theirs.
    const channel = slack.channels().find((c) => c.id === message.channel)
    if (channel?.members.includes(user)) sendSnapshot()
  }

  sendSnapshot()
  const stops = [
    slack.on('message', sendMessage),
    slack.on('update', sendMessage),
    slack.on('thread', sendMessage),
    slack.on('delete', ({ channel, ts }) => send({ kind: 'delete', channel, ts })),
    slack.on('ephemeral', (ephemeral) => {
      if (ephemeral.user === user) send({ kind: 'ephemeral', ephemeral })
    }),
    slack.on('view', ({ user: owner, views }) => {
      if (owner === user) send({ kind: 'views', views })
    }),
  ]
  const lookAgain = () => {
    const now = look()
    if (JSON.stringify(now) === JSON.stringify(seen)) return
    seen = now
    send({ kind: 'surroundings', surroundings: now })
  }
  const timer = setInterval(lookAgain, surroundingsIntervalMs).unref()
  nudges.on('look', lookAgain)
  res.on('close', () => {
    clearInterval(timer)
    nudges.off('look', lookAgain)
    for (const stop of stops) stop()
  })
}
