import { EventEmitter } from 'node:events'
import { recall } from './memory.js'
import {
  type Ephemeral,
  type JsonObject,
  type Message,
  SlackApiError,
  type SlackChannel,
  type SlackEvents,
  type SlackFile,
  type SlackUser,
  type View,
} from './types.js'

export interface SlashCommand {
  command: string
  description: string
  usageHint: string
}

export interface WorkspaceOptions {
  team?: { id: string; name: string }
  users?: { id: string; name: string; realName?: string; tz?: string }[]
  /** `botIsMember: false` makes a channel the bot was not invited to. */
  channels?: { id: string; name: string; botIsMember?: boolean }[]
  usergroups?: { id: string; handle: string; name: string; users: string[] }[]
  commands?: SlashCommand[]
  botToken?: string
  appToken?: string
  /** What the bot is called. */
  botUser?: { id: string; name: string }
  /** Granted scopes; left out, everything is granted. */
  scopes?: string[]
  rateLimits?: RateLimitMode
  /** What an earlier workspace remembered; see `SlackWorkspace.remember`. */
  memory?: Uint8Array
  /** Root under which `handle` is mounted; left out, it is learned from the first request. */
  publicUrl?: string
  /** How long after its upload a file can be shown in a message, milliseconds; 0 when left out. */
  takesFilesInMs?: number
  /** Milliseconds since the epoch. */
  clock?: () => number
}

export type RateLimitMode = 'off' | 'mild' | 'strict'

export interface StoredFile {
  file: SlackFile
  bytes: Buffer
  /** From when on a message can show it. */
  shownFrom?: number
}

/** Everything the workspace knows. Methods and actors read and change it; nothing else does. */
export interface State {
  readonly team: { id: string; name: string; domain: string }
  readonly appId: string
  readonly bot: { userId: string; botId: string; name: string }
  readonly botToken: string
  readonly appToken: string
  readonly scopes: readonly string[] | undefined
  readonly commands: readonly SlashCommand[]
  readonly usergroups: readonly { id: string; handle: string; name: string; users: string[] }[]
  readonly users: Map<string, SlackUser>
  readonly channels: Map<string, SlackChannel>
  readonly ephemerals: Ephemeral[]
  readonly files: Map<string, StoredFile>
  readonly takesFilesInMs: number
  readonly uploads: Map<string, { name: string; length: number; bytes?: Buffer }>
  /** Open modals by person, the top one last. */
  readonly views: Map<string, View[]>
  readonly triggers: Map<string, Trigger>
  readonly responseUrls: Map<string, ResponseUrl>
  /** Options an external select has offered, by view or message, block and action. */
  readonly offered: Map<string, JsonObject[]>
  /** How many ids were given out. */
  ids: number
  baseUrl: string
  now(): number
  nextTs(): string
  newId(prefix: string): string
  emit<K extends keyof SlackEvents>(event: K, value: SlackEvents[K]): void
  on<K extends keyof SlackEvents>(event: K, listener: (value: SlackEvents[K]) => void): () => void
}

export interface Trigger {
  user: string
  at: number
  exchanged: boolean
  /** The modal the interaction came from, if any. */
  viewId?: string
}

export interface ResponseUrl {
  at: number
  uses: number
  user: string
  channel: string
  /** The message whose button was clicked, if any. */
  ts?: string
  thread_ts?: string
}

const sampleUsers = [
  { id: 'U000000ANA', name: 'ana', realName: 'Ana', tz: 'Europe/Madrid' },
  { id: 'U000000BEN', name: 'ben', realName: 'Ben', tz: 'America/New_York' },
  { id: 'U000000KIM', name: 'kim', realName: 'Kim', tz: 'Asia/Seoul' },
]
const sampleChannels = [
  { id: 'C00000SOCIAL', name: 'social' },
  { id: 'C0000LAUNCH', name: 'launches' },
]
const sampleCommands = [
  {
    command: '/publish',
    description: 'Publish a post, or see how one is doing',
    usageHint: '[text] to:… media:… at:… | status | retry | cancel | accounts | help',
  },
  {
    command: '/scorecard',
    description: 'The reliability report, now',
    usageHint: '[this week | last week | 2026-W47]',
  },
]

/** A new, empty workspace. Ids count up, so that two runs name things alike. */
export function createState(options: WorkspaceOptions): State {
  const now = options.clock ?? Date.now
  const events = new EventEmitter().setMaxListeners(0)
  const bot = options.botUser ?? { id: 'U0000000BOT', name: 'pressroom' }
  const people = options.users ?? sampleUsers
  const users = new Map<string, SlackUser>(
    people.map((user) => [
      user.id,
      { realName: user.name, tz: 'Etc/UTC', ...user, isBot: false } satisfies SlackUser,
    ]),
  )
  users.set(bot.id, { ...bot, realName: bot.name, tz: 'Etc/UTC', isBot: true })
  const channels = (options.channels ?? sampleChannels).map(
    (channel: { id: string; name: string; botIsMember?: boolean }): [string, SlackChannel] => {
      const members = new Set(people.map((user) => user.id))
      if (channel.botIsMember ?? true) members.add(bot.id)
      return [
        channel.id,
        { id: channel.id, name: channel.name, kind: 'channel', members, messages: [] },
      ]
    },
  )
  let lastMicros = 0
  const state: State = {
    team: { domain: 'local', ...(options.team ?? { id: 'T00000LOCAL', name: 'Local workspace' }) },
    appId: 'A0000000APP',
    bot: { userId: bot.id, botId: 'B0000000BOT', name: bot.name },
    botToken: options.botToken ?? 'xoxb-local',
    appToken: options.appToken ?? 'xapp-local',
    scopes: options.scopes,
    commands: options.commands ?? sampleCommands,
    usergroups: options.usergroups ?? [],
    users,
    channels: new Map(channels),
    ephemerals: [],
    files: new Map(),
    takesFilesInMs: options.takesFilesInMs ?? 0,
    uploads: new Map(),
    views: new Map(),
    triggers: new Map(),
    responseUrls: new Map(),
    offered: new Map(),
    ids: 0,
    baseUrl: options.publicUrl ?? '',
    now,
    nextTs() {
      lastMicros = Math.max(lastMicros + 1, now() * 1000)
      return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`
    },
    newId(prefix) {
      state.ids += 1
      return prefix + state.ids.toString(36).toUpperCase().padStart(10, '0')
    },
    emit(event, value) {
      events.emit(event, value)
    },
    on(event, listener) {
      events.on(event, listener)
      return () => events.off(event, listener)
    },
  }
  if (options.memory) recall(state, options.memory)
  return state
}

/** @throws SlackApiError `channel_not_found`; names are refused, only ids are looked up */
export function channelById(state: State, id: string): SlackChannel {
  const channel = state.channels.get(id)
  if (!channel) throw new SlackApiError('channel_not_found')
  return channel
}

/** @throws SlackApiError `channel_not_found` or `not_in_channel` */
export function channelOfBot(state: State, id: string): SlackChannel {
  const channel = channelById(state, id)
  if (!channel.members.has(state.bot.userId)) throw new SlackApiError('not_in_channel')
  return channel
}

/** The direct messages between the bot and a person, opened when there are none yet. */
export function openDirectMessages(state: State, userId: string): SlackChannel {
  const id = `D${userId.slice(1)}`
  const existing = state.channels.get(id)
  if (existing) return existing
  const members = new Set([state.bot.userId, userId])
  const channel: SlackChannel = { id, name: 'directmessage', kind: 'im', members, messages: [] }
  state.channels.set(id, channel)
  return channel
}

export function findMessage(channel: SlackChannel, ts: string): Message | undefined {
  return channel.messages.find((message) => message.ts === ts)
}

/** Appends a message, counts it in its thread, and tells listeners. */
export function appendMessage(state: State, channel: SlackChannel, message: Message): void {
  channel.messages.push(message)
  state.emit('message', structuredClone(message))
  const parent = message.thread_ts && findMessage(channel, message.thread_ts)
  if (!parent || parent === message) return
  parent.thread_ts = parent.ts
  parent.reply_count = (parent.reply_count ?? 0) + 1
  parent.reply_users = [...new Set([...(parent.reply_users ?? []), message.user])]
  parent.reply_users_count = parent.reply_users.length
  parent.latest_reply = message.ts
  state.emit('thread', structuredClone(parent))
}

/** Shows a message to one person only. */
export function showEphemeral(state: State, ephemeral: Ephemeral): void {
  const at = state.ephemerals.findIndex((e) => e.ts === ephemeral.ts)
  if (at >= 0) state.ephemerals[at] = ephemeral
  else state.ephemerals.push(ephemeral)
  state.emit('ephemeral', structuredClone(ephemeral))
}

/** Slack's own word to a person whose command or click went nowhere. */
export function tellFailure(state: State, channel: string, user: string, text: string): void {
  showEphemeral(state, { channel, user, from: 'USLACKBOT', ts: state.nextTs(), text })
}

export function setViews(state: State, user: string, views: View[]): void {
  state.views.set(user, views)
  state.emit('view', { user, views: structuredClone(views) })
}

/** The open modal with this id and the person who has it open. */
export function findView(state: State, viewId: string): { user: string; view: View } | undefined {
  for (const [user, views] of state.views) {
    const view = views.find((v) => v.id === viewId)
    if (view) return { user, view }
  }
  return undefined
}
