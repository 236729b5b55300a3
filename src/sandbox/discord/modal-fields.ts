import type { Channel, OpenModal, Upload } from './model.js'
import { type Resolved, resolveEntity, upload } from './slash-options.js'
import { type ModalInput, modalInputs } from './validate/modal.js'
import type { World } from './world.js'

/** What a person puts into one input: text, choices by value or id, a tick, or files. */
export type FieldValue = string | string[] | boolean | Upload[]

/**
 * What a Discord client sends when a form is submitted. Like a client, it does not let a person
 * submit what the form does not take.
 * @param fields by `custom_id`; an input left out keeps the value the form came with
 * @throws Error that says which field is missing, unknown or out of bounds
 */
export function modalData(
  world: World,
  channel: Channel,
  modal: OpenModal,
  fields: Record<string, FieldValue>,
): object {
  const known = modalInputs(modal).map(({ custom_id }) => custom_id)
  const unknown = Object.keys(fields).find((name) => !known.includes(name))
  if (unknown !== undefined) throw new Error(`the form "${modal.title}" has no field "${unknown}"`)
  const resolved: Resolved = {}
  const fill = (input: ModalInput) =>
    filled(world, channel, input, fields[input.custom_id], resolved)
  const components = modal.components.map((component) => {
    const { type, id } = component
    if (component.type === 18) return { type, id: id ?? 0, component: fill(component.component) }
    if (component.type === 1)
      return { type, id: id ?? 0, components: component.components.map(fill) }
    return { type, id: id ?? 0 }
  })
  const found = Object.keys(resolved).length > 0 ? { resolved } : {}
  return { custom_id: modal.customId, components, ...found }
}

function filled(
  world: World,
  channel: Channel,
  input: ModalInput,
  given: FieldValue | undefined,
  resolved: Resolved,
): object {
  const { type, custom_id } = input
  const refuse = (why: string) => new Error(`field "${custom_id}" ${why}`)
  const base = { type, id: input.id ?? 0, custom_id }
  if (input.type === 23) {
    if (given !== undefined && typeof given !== 'boolean') throw refuse('is ticked or not')
    return { ...base, value: given ?? input.default ?? false }
  }
  const isRequired = input.required !== false
  if (input.type === 4) {
    const value = given ?? input.value ?? ''
    if (typeof value !== 'string') throw refuse('takes text')
    if (isRequired && value === '') throw refuse('is required')
    const tooShort = value !== '' && value.length < (input.min_length ?? 0)
    if (tooShort) throw refuse(`has at least ${input.min_length} characters`)
    if (value.length > (input.max_length ?? 4000)) {
      throw refuse(`has at most ${input.max_length ?? 4000} characters`)
    }
    return { ...base, value }
  }
  if (input.type === 21) {
    const preset = input.options.find((option) => option.default)?.value
    const value = given ?? preset ?? null
    if (value === null && isRequired) throw refuse('is required')
    if (value !== null && !input.options.some((option) => option.value === value)) {
      throw refuse('has no such choice')
    }
    return { ...base, value }
  }
  const chosen = given ?? defaults(input)
  if (!Array.isArray(chosen)) throw refuse('takes a list')
  const least = input.min_values ?? 1
  if (chosen.length === 0 ? isRequired : chosen.length < least) {
    throw refuse(`needs at least ${least}`)
  }
  const most = input.max_values ?? (input.type === 22 ? input.options.length : 1)
  if (chosen.length > most) throw refuse(`takes at most ${most}`)
  return { ...base, values: chosen.map((one) => accept(world, channel, input, one, resolved)) }
}

function defaults(input: ModalInput): string[] {
  if (!('options' in input)) return []
  return input.options.filter((option) => option.default).map((option) => option.value)
}

function accept(
  world: World,
  channel: Channel,
  input: ModalInput,
  one: string | Upload,
  resolved: Resolved,
): string {
  if (typeof one !== 'string') {
    const [attachment] = input.type === 19 ? upload(world, channel, [one]) : []
    if (!attachment) throw new Error(`field "${input.custom_id}" takes no files`)
    resolved.attachments = { ...resolved.attachments, [attachment.id]: attachment }
    return attachment.id
  }
  const fits =
    'options' in input
      ? input.options.some(({ value }) => value === one)
      : input.type !== 19 && resolveEntity(world, channel, one, resolved)
  if (!fits) throw new Error(`field "${input.custom_id}" has no such choice: ${one}`)
  return one
}
