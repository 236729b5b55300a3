import { z } from 'zod'
import type { InteractionType } from '../interactions.js'
import { list, text } from './form.js'
import { messageReply } from './message.js'
import { modal } from './modal.js'

const choices = list(
  z.object({ name: text(100, 1), value: z.union([text(100), z.number()]) }),
  25,
).nullish()

const callbacks = {
  4: z.object({ type: z.literal(4), data: messageReply }),
  5: z.object({ type: z.literal(5), data: z.object({ flags: z.int().nullish() }).nullish() }),
  6: z.object({ type: z.literal(6) }),
  7: z.object({ type: z.literal(7), data: messageReply.nullish() }),
  8: z.object({ type: z.literal(8), data: z.object({ choices }) }),
  9: z.object({ type: z.literal(9), data: modal }),
}

/**
 * Body of an interaction callback: which answers fit depends on what is answered. A modal cannot
 * open a modal; only a message's own component or modal can update that message.
 * @see https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-interaction-callback-type
 */
export function callbackFor(type: InteractionType, hasSource: boolean) {
  const { 4: message, 5: deferred, 6: deferredUpdate, 7: update, 8: choices, 9: modal } = callbacks
  const all = [message, deferred, deferredUpdate, update, choices, modal] as const
  const fitting = FITTING[type].filter((one) => hasSource || (one !== 6 && one !== 7))
  return z
    .discriminatedUnion('type', all, { error: 'Value of field "type" is not a callback type.' })
    .refine((body) => fitting.includes(body.type), {
      path: ['type'],
      error: `Value must be one of (${fitting.join(', ')}).`,
      params: { code: 'BASE_TYPE_CHOICES' },
    })
}

const FITTING: Record<InteractionType, readonly number[]> = {
  2: [4, 5, 9],
  3: [4, 5, 6, 7, 9],
  4: [8],
  5: [4, 5, 6, 7],
}

export type Callback = z.infer<ReturnType<typeof callbackFor>>
