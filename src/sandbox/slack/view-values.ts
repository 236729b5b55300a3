import { elements, isObject } from './block-kit/validate.js'
import type { State } from './state.js'
import type { JsonObject, SlackFile, StateValues } from './types.js'

/** What a person put into a field: text, an option's value, ids, files, seconds, or nothing. */
export type FieldValue = string | number | null | readonly (string | SlackFile)[]

interface Field {
  /** Key under which the value is stored in `view.state.values`. */
  key: string
  many: boolean
  /** Key that holds the initial value in the element. */
  initial: string
}

const one = (key: string, initial: string): Field => ({ key, initial, many: false })
const many = (key: string, initial: string): Field => ({ key, initial, many: true })
const text = one('value', 'initial_value')

/** @see https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload */
const fields: Record<string, Field> = {
  plain_text_input: text,
  url_text_input: text,
  email_text_input: text,
  number_input: text,
  static_select: one('selected_option', 'initial_option'),
  external_select: one('selected_option', 'initial_option'),
  radio_buttons: one('selected_option', 'initial_option'),
  overflow: one('selected_option', 'initial_option'),
  multi_static_select: many('selected_options', 'initial_options'),
  multi_external_select: many('selected_options', 'initial_options'),
  checkboxes: many('selected_options', 'initial_options'),
  datepicker: one('selected_date', 'initial_date'),
  timepicker: one('selected_time', 'initial_time'),
  datetimepicker: one('selected_date_time', 'initial_date_time'),
  users_select: one('selected_user', 'initial_user'),
  channels_select: one('selected_channel', 'initial_channel'),
  conversations_select: one('selected_conversation', 'initial_conversation'),
  multi_users_select: many('selected_users', 'initial_users'),
  multi_channels_select: many('selected_channels', 'initial_channels'),
  multi_conversations_select: many('selected_conversations', 'initial_conversations'),
  file_input: many('files', 'initial_files'),
}

/** Whether an element keeps a value (buttons and menus of actions do not). */
const isStateful = (element: JsonObject) =>
  element.type !== 'overflow' && String(element.type) in fields

/** The state of a freshly opened view or posted message: every field with its initial value. */
export function initialValues(blocks: readonly JsonObject[]): StateValues {
  const values: StateValues = {}
  for (const { block, element } of elements(blocks)) {
    const field = fields[String(element.type)]
    if (!field || !isStateful(element)) continue
    const initial = element[field.initial] ?? (field.many ? [] : null)
    const id = String(block.block_id)
    values[id] = {
      ...values[id],
      [String(element.action_id)]: { type: element.type, [field.key]: initial },
    }
  }
  return values
}

/**
 * The state of one field after a person chose something.
 * @param offered options an external select has shown
 * @throws Error when the choice is not among what the person is shown
 */
export function fieldState(
  state: State,
  element: JsonObject,
  value: FieldValue,
  offered: readonly JsonObject[] = [],
): JsonObject {
  const type = String(element.type)
  const field = fields[type]
  if (!field) throw new Error(`a ${type} takes no value`)
  const choices = [...optionsOf(element), ...offered, ...initialOptions(element)]
  const resolve = (item: unknown): unknown => {
    if (type === 'file_input') return fileFor(state, item)
    if (!field.key.startsWith('selected_option')) return item
    const chosen = choices.find((option) => option.value === item)
    if (!chosen) throw new Error(`${element.action_id} offers no option "${item}"`)
    return chosen
  }
  if (field.many) {
    const items = value === null ? [] : Array.isArray(value) ? value : [value]
    return { type, [field.key]: items.map(resolve) }
  }
  return { type, [field.key]: value === null || value === '' ? null : resolve(value) }
}

/**
 * What the form itself says about its fields before anything is sent to the app.
 * @returns messages by block id; empty when the form may be submitted
 */
export function formErrors(
  blocks: readonly JsonObject[],
  values: StateValues,
): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { block, element } of elements(blocks)) {
    if (block.type !== 'input') continue
    const id = String(block.block_id)
    const field = fields[String(element.type)]
    const value = field && values[id]?.[String(element.action_id)]?.[field.key]
    const error = fieldError(element, value, block.optional === true)
    if (error) errors[id] = error
  }
  return errors
}

function fieldError(element: JsonObject, value: unknown, optional: boolean): string | undefined {
  const empty = value === null || value === undefined || (Array.isArray(value) && !value.length)
  if (empty) return optional ? undefined : 'Please complete this required field.'
  if (Array.isArray(value)) return listError(element, value)
  if (typeof value !== 'string') return undefined
  const { min_length, max_length } = element
  if (typeof min_length === 'number' && value.length < min_length) {
    return `Must be at least ${min_length} characters.`
  }
  const longest = typeof max_length === 'number' ? max_length : 3000
  if (value.length > longest) return `Must be at most ${longest} characters.`
  if (element.type === 'url_text_input' && !/^https?:\/\/[^\s.]+\S*$/.test(value)) {
    return 'Please enter a valid URL.'
  }
  if (element.type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(value)) {
    return 'Please enter a valid email address.'
  }
  return element.type === 'number_input' ? numberError(element, value) : undefined
}

function listError(element: JsonObject, items: readonly unknown[]): string | undefined {
  const most =
    element.max_selected_items ??
    (element.type === 'file_input' ? (element.max_files ?? 10) : undefined)
  if (typeof most === 'number' && items.length > most) return `Please choose at most ${most}.`
  const filetypes = element.filetypes
  const wrong = items.find(
    (item) => Array.isArray(filetypes) && isObject(item) && !filetypes.includes(item.filetype),
  )
  return isObject(wrong) ? `Files of type ${wrong.filetype} are not accepted.` : undefined
}

function numberError(element: JsonObject, value: string): string | undefined {
  const pattern = element.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/
  if (!pattern.test(value)) return 'Please enter a valid number.'
  const { min_value, max_value } = element
  if (min_value !== undefined && Number(value) < Number(min_value)) {
    return `Must be at least ${min_value}.`
  }
  if (max_value !== undefined && Number(value) > Number(max_value)) {
    return `Must be at most ${max_value}.`
  }
  return undefined
}

/** The options an element lists itself, groups flattened. */
export function optionsOf(element: JsonObject): JsonObject[] {
  const list = (value: unknown) => (Array.isArray(value) ? value.filter(isObject) : [])
  return [
    ...list(element.options),
    ...list(element.option_groups).flatMap((group) => list(group.options)),
  ]
}

function initialOptions(element: JsonObject): JsonObject[] {
  const { initial_option, initial_options } = element
  return [initial_option, ...(Array.isArray(initial_options) ? initial_options : [])].filter(
    isObject,
  )
}

function fileFor(state: State, item: unknown): SlackFile {
  const id = isObject(item) ? String(item.id) : String(item)
  const stored = state.files.get(id)
  if (!stored) throw new Error(`file ${id} was not uploaded`)
  return structuredClone(stored.file)
}
