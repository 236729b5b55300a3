import { may } from './access.js'
import { interactiveComponents } from './components.js'
import {
  type Interaction,
  type InteractionDraft,
  type Response,
  redeliver,
  sendInteraction,
} from './interactions.js'
import { showMessage, storedIn } from './message-view.js'
import { addMessage, removeMessage } from './messages.js'
import { type FieldValue, modalData } from './modal-fields.js'
import type { Channel, Choice, Message, OpenModal, Upload } from './model.js'
import { isThread } from './model.js'
import { permissionsIn } from './permissions.js'
import { type Resolved, resolveEntity, type SlashInput, slashData } from './slash-options.js'
import { changeThread, removeChannel } from './threads.js'
import type { Interactive } from './validate/components.js'
import type { StoredMessage, World } from './world.js'

/** How an interaction went, as the person who began it saw it. */
export interface Delivery {
  interactionId: string
  /** Milliseconds until the app answered; null when it did not. */
  ackMs: number | null
  response: Response | null
  /** What Discord shows when no answer came within three seconds. */
  problem: 'application did not respond' | null
  /** Sends the very same interaction to the app once more. */
  redeliver(): void
}

/** What one person can do. Whatever Discord's own client would prevent is thrown as an Error. */
export interface Person {
  slash(name: string, input: SlashInput, channelId: string): Promise<Delivery>
  /** The suggestions for the option being typed. Rejects when the app does not answer. */
  autocomplete(
    name: string,
    input: SlashInput & { focused: string },
    channelId: string,
  ): Promise<Choice[]>
  /**
   * Presses a button. Given a message as it was seen earlier, a button that has since gone can
   * still be pressed, as on a screen that has not caught up.
   */
  click(message: Message, customId: string): Promise<Delivery>
  /** Chooses from a menu: values of a text menu, ids for the others. */
  select(message: Message, customId: string, values: string[]): Promise<Delivery>
  submitModal(modal: OpenModal, fields: Record<string, FieldValue>): Promise<Delivery>
  /** Says something in a channel or thread. */
  say(channelId: string, content: string, files?: Upload[]): Message
  deleteMessage(message: Message): void
  archiveThread(threadId: string, options?: { locked?: boolean }): void
  deleteChannel(channelId: string): void
  /** What this person sees in a channel, their own ephemeral messages included. */
  messages(channelId: string): Message[]
}

/** Speaks for one user. `doubled` says whether the next interaction is to arrive twice. */
export function createPerson(world: World, userId: string, doubled: () => boolean): Person {
  const deliver = async (draft: Omit<InteractionDraft, 'userId'>): Promise<Delivery> => {
    const interaction = sendInteraction(world, { ...draft, userId })
    if (doubled()) redeliver(world, interaction)
    await interaction.settled
    return deliveryOf(world, interaction)
  }

  const press = (message: Message, customId: string, values: string[] | null) => {
    const stored = seenMessage(world, userId, message)
    const shown = interactiveComponents(message.components)
    const component = shown.find(({ custom_id }) => custom_id === customId)
    if (!component || component.disabled) throw new Error(`there is no "${customId}" to press`)
    const channel = channelOf(world, message.channel_id)
    const data = componentData(world, channel, component, customId, values)
    return deliver({ type: 3, channel, source: stored, data })
  }

  const slashDraft = (name: string, input: SlashInput, channelId: string) => {
    const channel = channelOf(world, channelId)
    const command = commandFor(world, channel, userId, name)
    return { channel, data: slashData(world, command, channel, input) }
  }

  return {
    slash: async (name, input, channelId) =>
      deliver({ type: 2, ...slashDraft(name, { ...input }, channelId) }),
    async autocomplete(name, input, channelId) {
      const { response } = await deliver({ type: 4, ...slashDraft(name, input, channelId) })
      if (response?.kind === 'choices') return response.choices
      throw new Error('loading options failed')
    },
    click: async (message, customId) => press(message, customId, null),
    select: async (message, customId, values) => press(message, customId, values),
    async submitModal(modal, fields) {
      if (modal.userId !== userId || !world.modals.has(modal.interactionId)) {
        throw new Error(`the form "${modal.title}" is not open for user ${userId}`)
      }
      const channel = channelOf(world, modal.channelId)
      const source = world.messages.get(modal.channelId)?.get(modal.messageId ?? '') ?? null
      const data = modalData(world, channel, modal, fields)
      const opener = world.interactions.get(modal.interactionId) ?? null
      const delivery = await deliver({ type: 5, channel, source, opener, data })
      // An unanswered form stays open, with "Something went wrong. Try again."
      if (delivery.response) world.modals.delete(modal.interactionId)
      return delivery
    },
    say(channelId, content, files = []) {
      const channel = channelOf(world, channelId)
      const author = world.users.get(userId)
      if (!author) throw new Error(`there is no user ${userId}`)
      const received = files.map(({ name, data, contentType }, index) => ({
        index,
        filename: name,
        contentType: contentType ?? 'application/octet-stream',
        data: typeof data === 'string' ? new TextEncoder().encode(data) : data,
      }))
      const stored = addMessage(world, channel, { author, fields: { content }, files: received })
      return showMessage(world, stored)
    },
    deleteMessage: (message) => removeMessage(world, seenMessage(world, userId, message)),
    archiveThread(threadId, { locked = false } = {}) {
      const thread = channelOf(world, threadId)
      if (!isThread(thread)) throw new Error(`${threadId} is not a thread`)
      changeThread(world, thread, { archived: true, locked })
    },
    deleteChannel: (channelId) => removeChannel(world, channelOf(world, channelId).id),
    messages: (channelId) =>
      storedIn(world, channelId)
        .filter(({ visibleTo }) => visibleTo === null || visibleTo === userId)
        .map((stored) => showMessage(world, stored)),
  }
}

function deliveryOf(world: World, interaction: Interaction): Delivery {
  const { id, ackMs, response } = interaction
  return {
    interactionId: id,
    ackMs,
    response,
    problem: response ? null : 'application did not respond',
    redeliver: () => redeliver(world, interaction),
  }
}

function channelOf(world: World, channelId: string): Channel {
  const channel = world.channels.get(channelId)
  if (!channel) throw new Error(`there is no channel ${channelId}`)
  return channel
}

function seenMessage(world: World, userId: string, message: Message): StoredMessage {
  const stored = world.messages.get(message.channel_id)?.get(message.id)
  if (stored && (stored.visibleTo === null || stored.visibleTo === userId)) return stored
  throw new Error(`user ${userId} does not see a message ${message.id}`)
}

/** The guild's own command goes before a global one of the same name. */
function commandFor(world: World, channel: Channel, userId: string, name: string) {
  const named = [...world.commands.values()].filter((command) => command.name === name)
  const command =
    named.find(({ guild_id }) => guild_id === channel.guild_id) ??
    named.find(({ guild_id }) => guild_id === undefined)
  if (!command) throw new Error(`there is no command /${name}`)
  const guild = world.guilds.get(channel.guild_id)
  const needed = BigInt(command.default_member_permissions ?? '0')
  const held = guild ? permissionsIn(guild, null, userId) : 0n
  const allowed = may(world, channel, userId, 'USE_APPLICATION_COMMANDS')
  if (!allowed || (held & needed) !== needed) throw new Error(`/${name} is not for user ${userId}`)
  return command
}

function componentData(
  world: World,
  channel: Channel,
  component: Interactive,
  customId: string,
  values: string[] | null,
): object {
  const base = { component_type: component.type, custom_id: customId, id: component.id }
  if (component.type === 2) {
    if (values) throw new Error(`"${customId}" is a button`)
    return base
  }
  const { min_values, max_values } = component
  if (!values || values.length < (min_values ?? 1) || values.length > (max_values ?? 1)) {
    throw new Error(`"${customId}" takes ${min_values ?? 1} to ${max_values ?? 1} values`)
  }
  const resolved: Resolved = {}
  for (const value of values) {
    const fits =
      component.type === 3
        ? component.options.some((option) => option.value === value)
        : resolveEntity(world, channel, value, resolved)
    if (!fits) throw new Error(`"${customId}" has no such choice: ${value}`)
  }
  return { ...base, values, ...(component.type === 3 ? {} : { resolved }) }
}
