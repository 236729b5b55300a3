import { permissionChannel } from './access.js'
import { showMessage } from './message-view.js'
import type { Channel, Choice, InteractionMetadata, Message, OpenModal, User } from './model.js'
import { permissionsIn } from './permissions.js'
import type { StoredMessage, World } from './world.js'

/** 2 slash command, 3 button or menu, 4 autocomplete, 5 submitted modal. */
export type InteractionType = 2 | 3 | 4 | 5

/** What the app answered first. */
export type Response =
  | { kind: 'message'; message: Message; ephemeral: boolean }
  | { kind: 'deferred'; ephemeral: boolean }
  | { kind: 'deferredUpdate' }
  | { kind: 'update'; message: Message }
  | { kind: 'choices'; choices: Choice[] }
  | { kind: 'modal'; modal: OpenModal }

export interface Interaction {
  readonly id: string
  readonly token: string
  readonly type: InteractionType
  readonly userId: string
  readonly channelId: string
  /** The message the button or the modal belongs to. */
  readonly source: StoredMessage | null
  readonly createdAt: number
  readonly payload: object
  readonly metadata: InteractionMetadata
  response: Response | null
  /** Milliseconds from delivery to the first answer; null until then. */
  ackMs: number | null
  /** Set when the first answer did not come in time. */
  timedOut: boolean
  /** What `@original` stands for. */
  original: StoredMessage | null
  readonly edits: { message: Message; at: number }[]
  readonly followUps: StoredMessage[]
  /** Resolves when the app has answered or the time for it is over. */
  readonly settled: Promise<void>
  settle(): void
}

export interface InteractionDraft {
  type: InteractionType
  userId: string
  channel: Channel
  data: object
  source?: StoredMessage | null
  /** For a submitted modal, the interaction that opened it. */
  opener?: Interaction | null
}

const TOKEN_LIFETIME_MS = 15 * 60_000

/**
 * Sends an interaction to the app and starts its clock.
 * @throws Error when the person is not in the guild or the app is not
 */
export function sendInteraction(world: World, draft: InteractionDraft): Interaction {
  const { type, userId, channel, data, source = null, opener = null } = draft
  const guild = world.guilds.get(channel.guild_id)
  const member = guild?.members.get(userId)
  if (!guild?.hasBot) throw new Error(`the app is not in guild ${channel.guild_id}`)
  if (!member) throw new Error(`user ${userId} is not a member of guild ${guild.id}`)
  const id = world.nextId()
  const token = world.nextToken()
  const within = permissionChannel(world, channel)
  const payload = {
    id,
    application_id: world.applicationId,
    type,
    data,
    token,
    version: 1,
    guild_id: guild.id,
    guild: { id: guild.id, locale: 'en-US', features: [] },
    guild_locale: 'en-US',
    locale: 'en-US',
    channel_id: channel.id,
    channel: structuredClone(channel),
    member: {
      ...structuredClone(member),
      permissions: `${permissionsIn(guild, within, userId)}`,
    },
    app_permissions: `${permissionsIn(guild, within, world.bot.id)}`,
    entitlements: [],
    authorizing_integration_owners: { 0: guild.id },
    context: 0,
    attachment_size_limit: 10 * 1024 * 1024,
    ...(source ? { message: showMessage(world, source) } : {}),
  }
  const startedAt = performance.now()
  let resolve = () => {}
  const settled = new Promise<void>((done) => {
    resolve = done
  })
  const interaction: Interaction = {
    id,
    token,
    type,
    userId,
    channelId: channel.id,
    source,
    createdAt: world.clock(),
    payload,
    metadata: metadataFor(id, type, member.user, guild.id, source, opener),
    response: null,
    ackMs: null,
    timedOut: false,
    original: null,
    edits: [],
    followUps: [],
    settled,
    settle() {
      clearTimeout(timer)
      if (interaction.response) interaction.ackMs = performance.now() - startedAt
      else interaction.timedOut = true
      const action = interaction.response ? 'answered' : 'unanswered'
      world.hub.emit({ type: 'interaction', action, interactionId: id })
      resolve()
    },
  }
  const timer = setTimeout(() => interaction.settle(), world.ackDeadlineMs)
  world.interactions.set(id, interaction)
  world.hub.emit({ type: 'interaction', action: 'sent', interactionId: id })
  redeliver(world, interaction)
  return interaction
}

function metadataFor(
  id: string,
  type: InteractionType,
  user: User,
  guildId: string,
  source: StoredMessage | null,
  opener: Interaction | null,
): InteractionMetadata {
  const isClick = type === 3 && source
  return {
    id,
    type,
    user,
    authorizing_integration_owners: { 0: guildId },
    ...(isClick ? { interacted_message_id: source.message.id } : {}),
    ...(opener ? { triggering_interaction_metadata: opener.metadata } : {}),
  }
}

/** Sends the same interaction once more: same id, same token. */
export function redeliver(world: World, interaction: Interaction): void {
  world.hub.dispatch({ t: 'INTERACTION_CREATE', d: interaction.payload })
}

/** True once the first answer is too late, by the timer or by the server's clock. */
export function isTooLate(world: World, interaction: Interaction): boolean {
  return interaction.timedOut || world.clock() - interaction.createdAt > world.ackDeadlineMs
}

/** True once the token is void: fifteen minutes after the interaction. */
export function isTokenVoid(world: World, interaction: Interaction): boolean {
  return world.clock() - interaction.createdAt >= TOKEN_LIFETIME_MS
}

export interface Reply {
  message: Message
  ephemeral: boolean
}

/** Everything an app said in answer to one interaction, as it stands now. */
export interface InteractionReplies {
  response: Response | null
  ackMs: number | null
  /** The initial answer with its edits applied; null when there is none or it was deleted. */
  original: Reply | null
  edits: { message: Message; at: number }[]
  followUps: Reply[]
}

/** Reads what an interaction led to. @throws Error when there is no such interaction */
export function repliesTo(world: World, interactionId: string): InteractionReplies {
  const interaction = world.interactions.get(interactionId)
  if (!interaction) throw new Error(`no interaction ${interactionId}`)
  const { response, ackMs, original, edits, followUps } = interaction
  const exists = ({ message }: StoredMessage) =>
    world.messages.get(message.channel_id)?.has(message.id) === true
  const view = (stored: StoredMessage): Reply => ({
    message: showMessage(world, stored),
    ephemeral: stored.visibleTo !== null,
  })
  return {
    response,
    ackMs,
    original: original && exists(original) ? view(original) : null,
    edits: structuredClone(edits),
    followUps: followUps.filter(exists).map(view),
  }
}
