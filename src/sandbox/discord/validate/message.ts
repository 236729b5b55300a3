import { z } from 'zod'
import { interactiveComponents, textOf, walkComponents } from '../components.js'
import { messageComponent } from './components.js'
import { embeds } from './embeds.js'
import { complain, integer, list, oneOf, snowflake, text } from './form.js'

export const FLAGS = {
  SUPPRESS_EMBEDS: 1 << 2,
  HAS_THREAD: 1 << 5,
  EPHEMERAL: 1 << 6,
  LOADING: 1 << 7,
  SUPPRESS_NOTIFICATIONS: 1 << 12,
  IS_COMPONENTS_V2: 1 << 15,
} as const

const allowedMentions = z
  .object({
    parse: z.array(oneOf(['roles', 'users', 'everyone'])).nullish(),
    users: list(snowflake, 100).nullish(),
    roles: list(snowflake, 100).nullish(),
    replied_user: z.boolean().nullish(),
  })
  .superRefine(({ parse, users, roles }, ctx) => {
    for (const [name, listed] of Object.entries({ users, roles })) {
      if (!listed?.length || !parse?.some((kind) => kind === name)) continue
      const message = `parse:["${name}"] and ${name}: [ids...] are mutually exclusive.`
      complain(ctx, 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE', message, ['parse'])
    }
  })

const attachment = z.object({
  id: snowflake,
  filename: text(1024).nullish(),
  description: text(1024).nullish(),
  title: text(1024).nullish(),
})

const components = list(messageComponent, 40).superRefine((all, ctx) => {
  const ids = interactiveComponents(all).map(({ custom_id }) => custom_id)
  if (new Set(ids).size < ids.length) {
    const message = 'Component custom id cannot be duplicated'
    complain(ctx, 'COMPONENT_CUSTOM_ID_DUPLICATED', message)
  }
})

const fields = {
  // Bots have 2000; the OpenAPI's 4000 is for people with a subscription.
  content: text(2000).nullish(),
  embeds: embeds.nullish(),
  components: components.nullish(),
  attachments: list(attachment, 10).nullish(),
  allowed_mentions: allowedMentions.nullish(),
  flags: z.int().nullish(),
}

const nonce = z.union([text(25), z.int()], {
  error: 'Must be 25 or fewer in length.',
})

const reference = z.object({
  message_id: snowflake,
  channel_id: snowflake.nullish(),
  fail_if_not_exists: z.boolean().nullish(),
  type: oneOf([0]).nullish(),
})

/** The parts of a message an app may write. */
export const messageFields = z.object(fields)

/** Body of POST /channels/:channel/messages. */
export const messageCreate = z
  .object({
    ...fields,
    nonce: nonce.nullish(),
    enforce_nonce: z.boolean().nullish(),
    message_reference: reference.nullish(),
  })
  .superRefine(checkComponents)

/** Body of a reply to an interaction, a follow-up, or an edit of a message without V2 components. */
export const messageReply = messageFields.superRefine(checkComponents)

/** Body of an edit of a message that already has the Components V2 flag, which stays. */
export const messageReplyV2 = messageFields.superRefine((body, ctx) =>
  checkComponents({ ...body, flags: (body.flags ?? 0) | FLAGS.IS_COMPONENTS_V2 }, ctx),
)

export type MessageFields = z.infer<typeof messageFields>
export type MessageCreate = z.infer<typeof messageCreate>

/** Rows only, five at most; or, with the V2 flag, forty components, no content and no embeds. */
export function checkComponents(body: MessageFields, ctx: z.RefinementCtx): void {
  const all = body.components ?? []
  if (!((body.flags ?? 0) & FLAGS.IS_COMPONENTS_V2)) {
    for (const [index, component] of all.entries()) {
      if (component.type === 1) continue
      const message = 'Value of field "type" must be one of (1,).'
      complain(ctx, 'UNION_TYPE_CHOICES', message, ['components', index])
    }
    if (all.length > 5) {
      const message = 'Must be between 1 and 5 in length.'
      complain(ctx, 'BASE_TYPE_BAD_LENGTH', message, ['components'])
    }
    return
  }
  for (const field of ['content', 'embeds'] as const) {
    if (!body[field]?.length) continue
    const message = `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`
    complain(ctx, 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2', message, [field])
  }
  if (walkComponents(all).length > 40) {
    complain(ctx, 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', 'Total components exceed 40', [
      'components',
    ])
  }
  if (textOf(all).length > 4000) {
    const message = 'Total length of the displayable text exceeds 4000'
    complain(ctx, 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', message, ['components'])
  }
}

/** Body of both ways to start a thread; the type matters only without a message. */
export const threadCreate = z.object({
  name: text(100, 1),
  auto_archive_duration: oneOf([60, 1440, 4320, 10080]).nullish(),
  rate_limit_per_user: integer(0, 21600).nullish(),
  type: oneOf([10, 11, 12]).nullish(),
  invitable: z.boolean().nullish(),
})

/** Body of PATCH /channels/:channel for a thread. */
export const threadEdit = z.object({
  name: text(100, 1).nullish(),
  archived: z.boolean().nullish(),
  locked: z.boolean().nullish(),
  auto_archive_duration: oneOf([60, 1440, 4320, 10080]).nullish(),
})
