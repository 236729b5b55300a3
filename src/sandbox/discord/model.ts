import type { CommandFields } from './validate/command.js'
import type { Button, MessageComponent } from './validate/components.js'
import type { Embed } from './validate/embeds.js'
import type { ModalForm } from './validate/modal.js'

// The objects as the v10 API writes them, so that what a test inspects is what the bot received.
// Fields no client of this server needs are left out.

export interface User {
  id: string
  username: string
  global_name: string | null
  discriminator: string
  avatar: null
  bot: boolean
  public_flags: number
  flags: number
  primary_guild: null
}

export interface Member {
  user: User
  nick: null
  avatar: null
  banner: null
  roles: string[]
  joined_at: string
  premium_since: null
  deaf: boolean
  mute: boolean
  pending: boolean
  flags: number
  communication_disabled_until: null
}

export interface Role {
  id: string
  name: string
  permissions: string
  position: number
  color: number
  colors: { primary_color: number; secondary_color: null; tertiary_color: null }
  hoist: boolean
  managed: boolean
  mentionable: boolean
  icon: null
  unicode_emoji: null
  flags: number
}

/** A guild as this server keeps it; guild-view.ts writes the API's form. */
export interface Guild {
  id: string
  name: string
  roles: Role[]
  members: Map<string, Member>
  hasBot: boolean
}

export interface Overwrite {
  id: string
  type: 0 | 1
  allow: string
  deny: string
}

export interface TextChannel {
  id: string
  type: 0
  guild_id: string
  name: string
  position: number
  permission_overwrites: Overwrite[]
  topic: null
  nsfw: boolean
  parent_id: null
  last_message_id: string | null
  rate_limit_per_user: number
  flags: number
}

export type ArchiveMinutes = 60 | 1440 | 4320 | 10080

export interface Thread {
  id: string
  type: 10 | 11 | 12
  guild_id: string
  parent_id: string
  owner_id: string
  name: string
  last_message_id: string | null
  message_count: number
  total_message_sent: number
  member_count: number
  rate_limit_per_user: number
  flags: number
  thread_metadata: {
    archived: boolean
    locked: boolean
    auto_archive_duration: ArchiveMinutes
    archive_timestamp: string
    create_timestamp: string
  }
}

export type Channel = TextChannel | Thread

export interface Attachment {
  id: string
  filename: string
  size: number
  url: string
  proxy_url: string
  content_type?: string
  description?: string
  title?: string
  ephemeral?: boolean
}

/** Whose interaction a message answers. */
export interface InteractionMetadata {
  id: string
  type: number
  user: User
  authorizing_integration_owners: Record<string, string>
  /** The message whose button or menu was used. */
  interacted_message_id?: string
  /** For a modal, the interaction that opened it. */
  triggering_interaction_metadata?: InteractionMetadata
}

export interface Message {
  id: string
  channel_id: string
  /** 0 said, 18 and 21 written by Discord about threads, 19 a reply, 20 answer to a command. */
  type: 0 | 18 | 19 | 20 | 21
  author: User
  content: string
  timestamp: string
  edited_timestamp: string | null
  tts: boolean
  mention_everyone: boolean
  mentions: User[]
  mention_roles: string[]
  attachments: Attachment[]
  embeds: Embed[]
  components: MessageComponent[]
  pinned: boolean
  flags: number
  nonce?: string | number
  webhook_id?: string
  application_id?: string
  message_reference?: { type: 0; message_id?: string; channel_id: string; guild_id: string }
  interaction_metadata?: InteractionMetadata
  thread?: Thread
}

export type Command = CommandFields & {
  id: string
  application_id: string
  version: string
  guild_id?: string
}

/** A file a person or the bot uploads. */
export interface Upload {
  name: string
  data: Uint8Array | string
  contentType?: string
  description?: string
}

/** A form that stands open on somebody's screen. */
export interface OpenModal {
  interactionId: string
  userId: string
  channelId: string
  messageId: string | null
  customId: string
  title: string
  components: ModalForm['components']
}

export interface Choice {
  name: string
  value: string | number
}

export type { Button, Embed, MessageComponent, ModalForm }

/** True for a thread, whose id may equal that of a message. */
export function isThread(channel: Channel): channel is Thread {
  return channel.type !== 0
}
