import { acknowledge, reply } from '../callback.js'
import { refusal } from '../errors.js'
import { type Interaction, isTokenVoid, type Response } from '../interactions.js'
import { showMessage } from '../message-view.js'
import { editMessage, removeMessage } from '../messages.js'
import { type Answer, type Route, type RouteRequest, route } from '../router.js'
import { parseForm } from '../validate/form.js'
import { FLAGS, messageReply } from '../validate/message.js'
import type { StoredMessage, World } from '../world.js'
import { parseEdit } from './messages.js'

function callback(
  world: World,
  { params, query, body, files }: RouteRequest<'interaction' | 'token'>,
): Answer {
  const interaction = world.interactions.get(params.interaction)
  if (interaction?.token !== params.token) throw refusal('unknownInteraction')
  const response = acknowledge(world, interaction, body, files)
  if (query.get('with_response') !== 'true') return { status: 204 }
  return { status: 200, body: described(interaction, response) }
}

/** The body of `with_response=true`. A message comes with it only when it is final: not a deferred one. */
function described({ id, type, original, channelId }: Interaction, response: Response) {
  const messageId = original?.message.id
  const flags = original?.message.flags ?? 0
  const isFinal = response.kind === 'message' || response.kind === 'update'
  return {
    interaction: {
      id,
      type,
      channel_id: channelId,
      ...(messageId ? { response_message_id: messageId } : {}),
      response_message_loading: (flags & FLAGS.LOADING) !== 0,
      response_message_ephemeral: (flags & FLAGS.EPHEMERAL) !== 0,
    },
    ...(isFinal
      ? { resource: { type: response.kind === 'message' ? 4 : 7, message: response.message } }
      : {}),
  }
}

/**
 * The interaction behind a webhook path.
 * @throws ApiError 10015 when there is none yet answered, 50027 when the token has run out
 */
function interactionFor(world: World, app: string, token: string): Interaction {
  const found = [...world.interactions.values()].find((one) => one.token === token)
  if (app !== world.applicationId || !found?.response) throw refusal('unknownWebhook')
  if (isTokenVoid(world, found)) throw refusal('invalidWebhookToken')
  return found
}

/** The message `@original` or an id stands for: only the interaction's own, and only if it exists. */
function ownMessage(world: World, interaction: Interaction, id: string): StoredMessage {
  const { original, followUps } = interaction
  const own = original ? [original, ...followUps] : followUps
  const stored = id === '@original' ? original : own.find(({ message }) => message.id === id)
  const { message } = stored ?? {}
  const exists = message && world.messages.get(message.channel_id)?.has(message.id)
  if (!stored || !exists) throw refusal('unknownMessage')
  return stored
}

function change(
  world: World,
  interaction: Interaction,
  stored: StoredMessage,
  request: RouteRequest,
) {
  editMessage(world, stored, parseEdit(stored, request.body), request.files)
  const message = showMessage(world, stored)
  interaction.edits.push({ message, at: world.clock() })
  return { status: 200, body: message }
}

/** A follow-up; right after a deferred answer it fills that answer in instead. */
function followUp(world: World, request: RouteRequest<'app' | 'token'>): Answer {
  const interaction = interactionFor(world, request.params.app, request.params.token)
  const { original } = interaction
  if (original && original.message.flags & FLAGS.LOADING) {
    return change(world, interaction, original, request)
  }
  const fields = parseForm(messageReply, request.body ?? {})
  const flags = (fields.flags ?? 0) & FLAGS.EPHEMERAL
  const stored = reply(world, interaction, fields, request.files, flags)
  interaction.followUps.push(stored)
  return { status: 200, body: showMessage(world, stored) }
}

/** Answers to interactions, which need no bot token: the interaction's own token is enough. */
export const interactionRoutes: Route[] = [
  route('POST /interactions/:interaction/:token/callback', 'token', callback),
  route('POST /webhooks/:app/:token', 'token', followUp),
  route('GET /webhooks/:app/:token/messages/:message', 'token', (world, { params }) => {
    const interaction = interactionFor(world, params.app, params.token)
    return { status: 200, body: showMessage(world, ownMessage(world, interaction, params.message)) }
  }),
  route('PATCH /webhooks/:app/:token/messages/:message', 'token', (world, request) => {
    const interaction = interactionFor(world, request.params.app, request.params.token)
    return change(
      world,
      interaction,
      ownMessage(world, interaction, request.params.message),
      request,
    )
  }),
  route('DELETE /webhooks/:app/:token/messages/:message', 'token', (world, { params }) => {
    const interaction = interactionFor(world, params.app, params.token)
    removeMessage(world, ownMessage(world, interaction, params.message))
    return { status: 204 }
  }),
]
