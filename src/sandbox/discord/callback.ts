import { refusal } from './errors.js'
import type { ReceivedFile } from './files.js'
import { type Interaction, isTooLate, type Response } from './interactions.js'
import { showMessage } from './message-view.js'
import { addMessage, editMessage } from './messages.js'
import type { Message } from './model.js'
import { type Callback, callbackFor } from './validate/callback.js'
import { parseForm } from './validate/form.js'
import { FLAGS, type MessageFields } from './validate/message.js'
import type { StoredMessage, World } from './world.js'

/**
 * Takes the app's first answer.
 * @throws ApiError 10062 when it is late, 40060 when there was one before, 50035 when it is wrong
 */
export function acknowledge(
  world: World,
  interaction: Interaction,
  body: unknown,
  files: readonly ReceivedFile[],
): Response {
  if (interaction.response) throw refusal('alreadyAcknowledged')
  if (isTooLate(world, interaction)) throw refusal('unknownInteraction')
  const schema = callbackFor(interaction.type, interaction.source !== null)
  const response = apply(world, interaction, parseForm(schema, body), files)
  interaction.response = response
  interaction.settle()
  if (response.kind === 'modal') world.hub.emit({ type: 'modal', modal: response.modal })
  return response
}

function apply(
  world: World,
  interaction: Interaction,
  callback: Callback,
  files: readonly ReceivedFile[],
): Response {
  switch (callback.type) {
    case 4: {
      const { data } = callback
      interaction.original = reply(
        world,
        interaction,
        data,
        files,
        (data.flags ?? 0) & FLAGS.EPHEMERAL,
      )
      const message = showMessage(world, interaction.original)
      return { kind: 'message', message, ephemeral: interaction.original.visibleTo !== null }
    }
    case 5: {
      const flags = ((callback.data?.flags ?? 0) & FLAGS.EPHEMERAL) | FLAGS.LOADING
      interaction.original = reply(world, interaction, {}, [], flags)
      return { kind: 'deferred', ephemeral: interaction.original.visibleTo !== null }
    }
    case 6:
      interaction.original = interaction.source
      return { kind: 'deferredUpdate' }
    case 7: {
      const source = sourceOf(world, interaction)
      interaction.original = source
      editMessage(world, source, callback.data ?? {}, files)
      return { kind: 'update', message: showMessage(world, source) }
    }
    case 8:
      return { kind: 'choices', choices: callback.data.choices ?? [] }
    case 9: {
      const { custom_id: customId, title, components } = callback.data
      const { id: interactionId, userId, channelId, source } = interaction
      const messageId = source?.message.id ?? null
      const modal = { interactionId, userId, channelId, messageId, customId, title, components }
      world.modals.set(interactionId, modal)
      return { kind: 'modal', modal }
    }
  }
}

function sourceOf(world: World, { source }: Interaction): StoredMessage {
  const id = source?.message.id ?? ''
  const channelId = source?.message.channel_id ?? ''
  const current = world.messages.get(channelId)?.get(id)
  if (!current) throw refusal('unknownMessage')
  return current
}

/** Adds a message of the app that answers an interaction; needs no permission in the channel. */
export function reply(
  world: World,
  interaction: Interaction,
  fields: MessageFields,
  files: readonly ReceivedFile[],
  flags: number,
): StoredMessage {
  const channel = world.channels.get(interaction.channelId)
  const user = world.users.get(interaction.userId)
  if (!channel || !user) throw refusal('unknownChannel')
  const { source, original, type } = interaction
  const repliesTo = original?.message.id ?? source?.message.id
  const at = { type: 0 as const, channel_id: channel.id, guild_id: channel.guild_id }
  const kind: Message['type'] = type === 2 && !original ? 20 : repliesTo ? 19 : 0
  return addMessage(world, channel, {
    author: world.bot,
    fields,
    files,
    type: kind,
    flags,
    visibleTo: flags & FLAGS.EPHEMERAL ? user.id : null,
    interactionId: interaction.id,
    extra: {
      application_id: world.applicationId,
      webhook_id: world.applicationId,
      interaction_metadata: interaction.metadata,
      ...(kind === 19 && repliesTo ? { message_reference: { ...at, message_id: repliesTo } } : {}),
    },
  })
}
