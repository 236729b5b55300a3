import { isObject } from './block-kit/validate.js'
import type { Ack, Envelope, Transport } from './socket-mode.js'
import type { State } from './state.js'
import { type Delivery, type JsonObject, SlackApiError } from './types.js'

/** Something a person did that the app must hear of. */
export interface Interaction {
  type: Envelope['type']
  payload: JsonObject
  acceptsResponsePayload: boolean
  /** What the answer does in the workspace. Throws SlackApiError when it is not acceptable. */
  onAck(payload: JsonObject | undefined): Partial<Delivery>
  /** What the person is told when there was no proper answer. */
  onFailure(error: NonNullable<Delivery['error']>): void
}

export interface Interactions {
  deliver(interaction: Interaction): Promise<Delivery>
  /** Sends everything sent so far once more, each under a new envelope id. */
  redeliverAll(): Promise<Delivery[]>
}

/** Takes what people do to the app, over whatever transport is in use, and applies the answers. */
export function createInteractions(state: State, transport: () => Transport): Interactions {
  const sent: Interaction[] = []

  async function send(interaction: Interaction): Promise<Delivery> {
    const { type, payload, acceptsResponsePayload: accepts_response_payload } = interaction
    const envelope_id = `${state.newId('')}-envelope`
    const frame = { envelope_id, type, payload: structuredClone(payload), accepts_response_payload }
    const ack = await transport()(frame)
    const outcome = apply(interaction, ack)
    if (outcome.error && outcome.error !== 'not_submitted') interaction.onFailure(outcome.error)
    return {
      envelopeId: envelope_id,
      ackMs: Number.POSITIVE_INFINITY,
      payload: frame.payload,
      ...text('triggerId', payload.trigger_id),
      ...text('responseUrl', payload.response_url),
      ...outcome,
      redeliver: () => send(interaction),
    }
  }

  return {
    deliver(interaction) {
      sent.push(interaction)
      return send(interaction)
    },
    redeliverAll: () => Promise.all(sent.map(send)),
  }
}

function apply(interaction: Interaction, ack: Ack): Partial<Delivery> {
  if (ack.kind === 'failed') return { error: ack.error }
  const answered = {
    ackMs: ack.ackMs,
    ...(isObject(ack.payload) ? { ackPayload: ack.payload } : {}),
  }
  try {
    return { ...answered, ...interaction.onAck(ack.payload) }
  } catch (error) {
    if (!(error instanceof SlackApiError)) throw error
    return { ...answered, error: 'invalid_response' }
  }
}

const text = (key: 'triggerId' | 'responseUrl', value: unknown) =>
  typeof value === 'string' ? { [key]: value } : {}
