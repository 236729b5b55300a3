import { z } from 'zod'
import { complain, integer, link, list, oneOf, snowflake, text } from './form.js'

// Limits: https://docs.discord.com/developers/components/reference and the official OpenAPI.

const componentId = integer(0, 2 ** 31 - 1).nullish()
const emoji = z.object({ id: snowflake.nullish(), name: text(32).nullish() })
const media = z.object({ url: link(2048, ['http', 'https', 'attachment']) })

const LINK_STYLE = 5

/** A button: `custom_id` or `url`, never both, and something to read on it. */
export const button = z
  .object({
    type: z.literal(2),
    id: componentId,
    style: oneOf([1, 2, 3, 4, LINK_STYLE]),
    label: text(80).nullish(),
    custom_id: text(100, 1).nullish(),
    url: link(512, ['http', 'https', 'discord']).nullish(),
    emoji: emoji.nullish(),
    disabled: z.boolean().nullish(),
  })
  .superRefine((value, ctx) => {
    const needed = value.style === LINK_STYLE ? 'url' : 'custom_id'
    const forbidden = value.style === LINK_STYLE ? 'custom_id' : 'url'
    if (value[needed] == null) {
      complain(ctx, 'BASE_TYPE_REQUIRED', 'This field is required', [needed])
    }
    if (value[forbidden] != null) {
      const message = 'A custom id and url cannot both be specified'
      complain(ctx, 'BUTTON_COMPONENT_CUSTOM_ID_OR_URL', message, [forbidden])
    }
    if (!value.label && !value.emoji) {
      const message = 'A button must have a label or emoji'
      complain(ctx, 'BUTTON_COMPONENT_INVALID_LABEL_OR_EMOJI', message, ['label'])
    }
  })

const selectOption = z.object({
  label: text(100, 1),
  value: text(100, 1),
  description: text(100).nullish(),
  emoji: emoji.nullish(),
  default: z.boolean().nullish(),
})

const selectFields = {
  id: componentId,
  custom_id: text(100, 1),
  placeholder: text(150).nullish(),
  min_values: integer(0, 25).nullish(),
  max_values: integer(1, 25).nullish(),
  disabled: z.boolean().nullish(),
  required: z.boolean().nullish(),
}

/** A menu of the app's own options. */
export const stringSelect = z
  .object({ type: z.literal(3), ...selectFields, options: list(selectOption, 25, 1) })
  .superRefine(({ options, min_values, max_values }, ctx) => {
    const values = options.map(({ value }) => value)
    for (const [index, value] of values.entries()) {
      if (values.indexOf(value) === index) continue
      const message = 'The specified option value is already used'
      complain(ctx, 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', message, ['options', index])
    }
    const least = min_values ?? 1
    const most = max_values ?? 1
    if (most > options.length) {
      complain(ctx, 'BASE_TYPE_MAX', `Must be ${options.length} or fewer.`, ['max_values'])
    }
    if (least > most) {
      complain(ctx, 'BASE_TYPE_MIN', 'Must not exceed max_values.', ['min_values'])
    }
  })

const entitySelect = <T extends 5 | 6 | 7 | 8>(type: T) =>
  z.object({ type: z.literal(type), ...selectFields, channel_types: z.array(z.int()).nullish() })

/** Menus of users, roles, both, and channels. */
export const entitySelects = [
  entitySelect(5),
  entitySelect(6),
  entitySelect(7),
  entitySelect(8),
] as const

const rowItem = z.discriminatedUnion('type', [button, stringSelect, ...entitySelects], {
  error: 'Value of field "type" must be one of (2, 3, 5, 6, 7, 8).',
})

const actionRow = z
  .object({ type: z.literal(1), id: componentId, components: list(rowItem, 5, 1) })
  .superRefine(({ components }, ctx) => {
    if (components.length < 2 || components.every(({ type }) => type === 2)) return
    const message = 'A row holds either up to five buttons or one select menu'
    complain(ctx, 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message, ['components'])
  })

/** A line of markdown in a Components V2 message or a modal. */
export const textDisplay = z.object({
  type: z.literal(10),
  id: componentId,
  content: text(4000, 1),
})

const thumbnail = z.object({
  type: z.literal(11),
  id: componentId,
  media,
  description: text(1024).nullish(),
  spoiler: z.boolean().nullish(),
})

const section = z.object({
  type: z.literal(9),
  id: componentId,
  components: list(textDisplay, 3, 1),
  accessory: z.discriminatedUnion('type', [button, thumbnail]),
})

const mediaGallery = z.object({
  type: z.literal(12),
  id: componentId,
  items: list(
    z.object({ media, description: text(1024).nullish(), spoiler: z.boolean().nullish() }),
    10,
    1,
  ),
})

const file = z.object({
  type: z.literal(13),
  id: componentId,
  file: z.object({ url: link(2048, ['attachment']) }),
  spoiler: z.boolean().nullish(),
})

const separator = z.object({
  type: z.literal(14),
  id: componentId,
  divider: z.boolean().nullish(),
  spacing: oneOf([1, 2]).nullish(),
})

const containable = [actionRow, section, textDisplay, mediaGallery, file, separator] as const

const container = z.object({
  type: z.literal(17),
  id: componentId,
  components: list(z.discriminatedUnion('type', containable), 40, 1),
  accent_color: integer(0, 0xffffff).nullish(),
  spoiler: z.boolean().nullish(),
})

/** What may stand at the top of a message; only rows without the Components V2 flag. */
export const messageComponent = z.discriminatedUnion('type', [...containable, container], {
  error: 'Value of field "type" must be one of (1, 9, 10, 12, 13, 14, 17).',
})

export type MessageComponent = z.infer<typeof messageComponent>
export type Button = z.infer<typeof button>
export type StringSelect = z.infer<typeof stringSelect>
export type EntitySelect = z.infer<(typeof entitySelects)[number]>
/** Anything a person can press or choose from. */
export type Interactive = Button | StringSelect | EntitySelect
export type AnyComponent = MessageComponent | Interactive | z.infer<typeof thumbnail>
