import { createHmac, randomBytes } from 'node:crypto'
import { type GuildOptions, guildFrom } from './guilds.js'
import { createHub, type Hub } from './hub.js'
import type { Interaction } from './interactions.js'
import type { Channel, Command, Guild, Message, OpenModal, User } from './model.js'
import type { PermissionName } from './permissions.js'
import { createSnowflakes } from './snowflake.js'

/** A message with what the API does not show. */
export interface StoredMessage {
  message: Message
  /** For an ephemeral message, the only person who sees it. */
  visibleTo: string | null
  /** The interaction whose token may edit it. */
  interactionId: string | null
}

export interface StoredFile {
  channelId: string
  filename: string
  contentType: string
  data: Uint8Array
}

export interface Notification {
  userId: string
  channelId: string
  messageId: string
  at: number
}

export interface WorldOptions {
  applicationId?: string
  token?: string
  guilds?: GuildOptions[]
  clock?: () => number
  /** What the bot may do in every channel; default what everybody may. */
  permissions?: PermissionName[]
  /** Privileged intents switched on for the app; default none. */
  privilegedIntents?: ('GUILD_MEMBERS' | 'GUILD_PRESENCES' | 'MESSAGE_CONTENT')[]
  /** Active threads a guild may have; Discord's own number is 1,000. */
  maxActiveThreads?: number
  /** How long an interaction waits for its first answer; Discord's own number is 3,000. */
  ackDeadlineMs?: number
}

/** Everything the local Discord knows. One per server; nothing is shared between servers. */
export interface World {
  readonly applicationId: string
  readonly token: string
  readonly bot: User
  readonly clock: () => number
  readonly hub: Hub
  readonly ackDeadlineMs: number
  readonly maxActiveThreads: number
  readonly privilegedIntents: ReadonlySet<string>
  readonly users: Map<string, User>
  readonly guilds: Map<string, Guild>
  readonly channels: Map<string, Channel>
  /** By channel, then by message id, oldest first. */
  readonly messages: Map<string, Map<string, StoredMessage>>
  readonly files: Map<string, StoredFile>
  readonly commands: Map<string, Command>
  readonly interactions: Map<string, Interaction>
  readonly modals: Map<string, OpenModal>
  readonly nonces: Map<string, { messageId: string; channelId: string; at: number }>
  readonly notifications: Notification[]
  /** Scheme, host and port once the server listens. */
  baseUrl: string
  /** When quiet threads were last looked for. */
  sweptAt: number
  nextId(): string
  nextToken(): string
  /** Signs what `text` says, so that links to files can be told from invented ones. */
  sign(text: string): string
}

export const DEFAULT_APPLICATION_ID = '1100000000000000001'
export const DEFAULT_TOKEN = 'MTEwMDAwMDAwMDAwMDAwMDAwMQ.sandbox.not-a-real-token'

/** A person or app as the API writes them. */
export function userFrom(id: string, name: string, bot = false): User {
  const username = name.toLowerCase().replaceAll(/[^a-z0-9_.]+/g, '_')
  const global_name = bot ? null : name
  const rest = { discriminator: '0', avatar: null, public_flags: 0, flags: 0, primary_guild: null }
  return { id, username, global_name, bot, ...rest }
}

/** Builds the state a server starts with. The bot's user id is its application id, as usual. */
export function createWorld(options: WorldOptions): World {
  const clock = options.clock ?? Date.now
  const applicationId = options.applicationId ?? DEFAULT_APPLICATION_ID
  const signingKey = randomBytes(16)
  const world: World = {
    applicationId,
    token: options.token ?? DEFAULT_TOKEN,
    bot: userFrom(applicationId, 'pressroom', true),
    clock,
    hub: createHub(),
    ackDeadlineMs: options.ackDeadlineMs ?? 3_000,
    maxActiveThreads: options.maxActiveThreads ?? 1_000,
    privilegedIntents: new Set(options.privilegedIntents ?? []),
    users: new Map(),
    guilds: new Map(),
    channels: new Map(),
    messages: new Map(),
    files: new Map(),
    commands: new Map(),
    interactions: new Map(),
    modals: new Map(),
    nonces: new Map(),
    notifications: [],
    baseUrl: '',
    sweptAt: 0,
    nextId: createSnowflakes(clock),
    nextToken: () => randomBytes(48).toString('base64url'),
    sign: (text) => createHmac('sha256', signingKey).update(text).digest('hex'),
  }
  world.users.set(world.bot.id, world.bot)
  for (const guild of options.guilds ?? []) guildFrom(world, guild, options.permissions)
  return world
}
