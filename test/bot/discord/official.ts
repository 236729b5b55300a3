import * as official from 'discord-api-spec/zod'
import { z } from 'zod'
import type { Call } from '../../../src/sandbox/discord/hub.js'

/** Discord's own description lets 4,000 characters through, which only people have who pay for it. */
const MOST_OF_A_BOT = 2_000

const callback = z.union([
  official.ApplicationCommandAutocompleteCallbackRequestSchema,
  official.CreateMessageInteractionCallbackRequestSchema,
  official.UpdateMessageInteractionCallbackRequestSchema,
  official.ModalInteractionCallbackRequestSchema,
])

const BODIES: Readonly<Record<string, z.core.$ZodType>> = {
  'POST /channels/:channel/messages': official.MessageCreateRequestSchema,
  'PATCH /channels/:channel/messages/:message': official.MessageEditRequestPartialSchema,
  'POST /channels/:channel/messages/:message/threads':
    official.CreateTextThreadWithMessageRequestSchema,
  'PATCH /channels/:channel': official.UpdateThreadRequestPartialSchema,
  'PUT /applications/:app/commands': z.array(official.ApplicationCommandUpdateRequestSchema),
  'POST /interactions/:id/:token/callback': callback,
  'POST /webhooks/:app/:token': official.IncomingWebhookInteractionRequestSchema,
  'PATCH /webhooks/:app/:token/messages/:message':
    official.IncomingWebhookUpdateRequestPartialSchema,
}

/** What Discord's own description says against the bodies that were sent, each with its route. */
export function unofficial(calls: readonly Call[]): string[] {
  return calls.flatMap(({ method, route, body }) => {
    const schema = BODIES[`${method} ${route}`]
    if (!schema || body === undefined) return []
    const { error } = z.safeParse(schema, body)
    const { content = '' } = body as { content?: string | null }
    const said = [
      ...(error ? [z.prettifyError(error)] : []),
      ...((content ?? '').length > MOST_OF_A_BOT ? ['content is too long for a bot'] : []),
    ]
    return said.map((why) => `${method} ${route}: ${why}\n${JSON.stringify(body)}`)
  })
}
