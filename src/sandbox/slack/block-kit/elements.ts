import { z } from 'zod'
import { limits } from './limits.js'
import {
  actionId,
  confirm,
  hasOneImageSource,
  imageFields,
  option,
  optionGroup,
  overflowOption,
  plainText,
  richOption,
} from './objects.js'

const placeholder = plainText(limits.placeholder).optional()
const focus_on_load = z.boolean().optional()
const dispatch_action_config = z
  .strictObject({
    trigger_actions_on: z.array(z.enum(['on_enter_pressed', 'on_character_entered'])).optional(),
  })
  .optional()
const max_selected_items = z.number().int().min(1).optional()
const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
const imageMessage = { error: 'needs exactly one of image_url and slack_file' }

export const image = z
  .strictObject({ type: z.literal('image'), ...imageFields })
  .refine(hasOneImageSource, imageMessage)

const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(limits.buttonText),
  action_id: actionId,
  url: z.url().max(limits.buttonUrl).optional(),
  value: z.string().max(limits.buttonValue).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm,
  accessibility_label: z.string().max(limits.accessibilityLabel).optional(),
})

interface Choices {
  options?: unknown[] | undefined
  option_groups?: { options: unknown[] }[] | undefined
}
const choicesOf = (e: Choices) => e.options ?? e.option_groups?.flatMap((g) => g.options) ?? []
const isOffered = (e: Choices, wanted: unknown[] | undefined) =>
  (wanted ?? []).every((w) => choicesOf(e).some((o) => same(o, w)))
const hasOneList = (e: Choices) => (e.options === undefined) !== (e.option_groups === undefined)
const staticOptions = {
  action_id: actionId,
  placeholder,
  options: z.array(option).min(1).max(limits.options).optional(),
  option_groups: z.array(optionGroup).min(1).max(limits.options).optional(),
  confirm,
  focus_on_load,
}
const listMessage = { error: 'needs exactly one of options and option_groups' }
const initialMessage = { error: 'initial option must be one of the options' }

const staticSelect = z
  .strictObject({
    type: z.literal('static_select'),
    ...staticOptions,
    initial_option: option.optional(),
  })
  .refine(hasOneList, listMessage)
  .refine((e) => isOffered(e, e.initial_option && [e.initial_option]), initialMessage)

const multiStaticSelect = z
  .strictObject({
    type: z.literal('multi_static_select'),
    ...staticOptions,
    initial_options: z.array(option).min(1).optional(),
    max_selected_items,
  })
  .refine(hasOneList, listMessage)
  .refine((e) => isOffered(e, e.initial_options), initialMessage)

const externalFields = {
  action_id: actionId,
  placeholder,
  min_query_length: z.number().int().min(0).optional(),
  confirm,
  focus_on_load,
}
const externalSelect = z.strictObject({
  type: z.literal('external_select'),
  ...externalFields,
  initial_option: option.optional(),
})
const multiExternalSelect = z.strictObject({
  type: z.literal('multi_external_select'),
  ...externalFields,
  initial_options: z.array(option).min(1).max(limits.options).optional(),
  max_selected_items,
})

const idSelect = <T extends string, I extends string>(type: T, initial: I) =>
  z.strictObject({
    type: z.literal(type),
    action_id: actionId,
    placeholder,
    [initial]: z.string().optional(),
    confirm,
    focus_on_load,
  })
const multiIdSelect = <T extends string, I extends string>(type: T, initial: I) =>
  z.strictObject({
    type: z.literal(type),
    action_id: actionId,
    placeholder,
    [initial]: z.array(z.string()).optional(),
    max_selected_items,
    confirm,
    focus_on_load,
  })

const overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id: actionId,
  options: z.array(overflowOption).min(1).max(limits.overflowOptions),
  confirm,
})
const choiceFields = {
  action_id: actionId,
  options: z.array(richOption).min(1).max(limits.choiceOptions),
  confirm,
  focus_on_load,
}
const checkboxes = z
  .strictObject({
    type: z.literal('checkboxes'),
    ...choiceFields,
    initial_options: z.array(richOption).min(1).optional(),
  })
  .refine((e) => isOffered(e, e.initial_options), initialMessage)
const radioButtons = z
  .strictObject({
    type: z.literal('radio_buttons'),
    ...choiceFields,
    initial_option: richOption.optional(),
  })
  .refine((e) => isOffered(e, e.initial_option && [e.initial_option]), initialMessage)

const pickerFields = { action_id: actionId, confirm, focus_on_load }
const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  ...pickerFields,
  placeholder,
  initial_date: z.iso.date().optional(),
})
const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  ...pickerFields,
  placeholder,
  initial_time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .optional(),
  timezone: z.string().optional(),
})
const datetimepicker = z.strictObject({
  type: z.literal('datetimepicker'),
  ...pickerFields,
  initial_date_time: z.number().int().min(1e9).max(9_999_999_999).optional(),
})

const length = z.number().int().max(limits.plainTextInput)
const typedFields = { action_id: actionId, placeholder, focus_on_load, dispatch_action_config }
const plainTextInput = z
  .strictObject({
    type: z.literal('plain_text_input'),
    ...typedFields,
    initial_value: z.string().max(limits.plainTextInput).optional(),
    multiline: z.boolean().optional(),
    min_length: length.min(0).optional(),
    max_length: length.min(1).optional(),
  })
  .refine((e) => (e.initial_value?.length ?? 0) <= (e.max_length ?? limits.plainTextInput), {
    error: 'initial_value is longer than max_length',
  })
const urlTextInput = z.strictObject({
  type: z.literal('url_text_input'),
  ...typedFields,
  initial_value: z.url().optional(),
})
const emailTextInput = z.strictObject({
  type: z.literal('email_text_input'),
  ...typedFields,
  initial_value: z.email().optional(),
})
const numberInput = z.strictObject({
  type: z.literal('number_input'),
  ...typedFields,
  is_decimal_allowed: z.boolean(),
  initial_value: z.string().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
})
const fileInput = z.strictObject({
  type: z.literal('file_input'),
  action_id: actionId,
  filetypes: z.array(z.string().min(1)).min(1).optional(),
  max_files: z.number().int().min(1).max(limits.fileInputFiles).optional(),
})

const selects = [
  staticSelect,
  multiStaticSelect,
  externalSelect,
  multiExternalSelect,
  idSelect('users_select', 'initial_user'),
  idSelect('channels_select', 'initial_channel'),
  idSelect('conversations_select', 'initial_conversation'),
  multiIdSelect('multi_users_select', 'initial_users'),
  multiIdSelect('multi_channels_select', 'initial_channels'),
  multiIdSelect('multi_conversations_select', 'initial_conversations'),
] as const
const pickers = [datepicker, timepicker, datetimepicker, checkboxes, radioButtons] as const

export const actionsElement = z.discriminatedUnion('type', [
  button,
  overflow,
  ...selects,
  ...pickers,
])
export const accessory = z.discriminatedUnion('type', [
  button,
  overflow,
  image,
  ...selects,
  ...pickers,
])
export const inputElement = z.discriminatedUnion('type', [
  ...selects,
  ...pickers,
  plainTextInput,
  urlTextInput,
  emailTextInput,
  numberInput,
  fileInput,
])
