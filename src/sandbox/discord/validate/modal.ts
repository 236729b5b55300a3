import { z } from 'zod'
import { entitySelects, stringSelect, textDisplay } from './components.js'
import { complain, integer, list, oneOf, text } from './form.js'

const id = integer(0, 2 ** 31 - 1).nullish()
const customId = text(100, 1)
const required = z.boolean().nullish()

const textInputFields = {
  type: z.literal(4),
  id,
  custom_id: customId,
  style: oneOf([1, 2]),
  value: text(4000).nullish(),
  placeholder: text(100).nullish(),
  required,
  min_length: integer(0, 4000).nullish(),
  max_length: integer(1, 4000).nullish(),
}

const textInput = z.object({ ...textInputFields, label: z.null().optional() })
const labelledTextInput = z.object({ ...textInputFields, label: text(45, 1) })

const fileUpload = z.object({
  type: z.literal(19),
  id,
  custom_id: customId,
  min_values: integer(0, 10).nullish(),
  max_values: integer(1, 10).nullish(),
  required,
})

const choice = z.object({
  label: text(100, 1),
  value: text(100, 1),
  description: text(100).nullish(),
  default: z.boolean().nullish(),
})

const radioGroup = z.object({
  type: z.literal(21),
  id,
  custom_id: customId,
  required,
  options: list(choice, 10, 2),
})

const checkboxGroup = z.object({
  type: z.literal(22),
  id,
  custom_id: customId,
  required,
  min_values: integer(0, 10).nullish(),
  max_values: integer(1, 10).nullish(),
  options: list(choice, 10, 1),
})

const checkbox = z.object({
  type: z.literal(23),
  id,
  custom_id: customId,
  default: z.boolean().nullish(),
})

const input = z.discriminatedUnion('type', [
  textInput,
  stringSelect,
  ...entitySelects,
  fileUpload,
  radioGroup,
  checkboxGroup,
  checkbox,
])

const label = z.object({
  type: z.literal(18),
  id,
  label: text(45, 1),
  description: text(100, 1).nullish(),
  component: input,
})

const row = z.object({ type: z.literal(1), id, components: list(labelledTextInput, 1, 1) })

// The documentation says five; the OpenAPI lets 40 through.
const MOST_COMPONENTS = 5

/**
 * The form an app shows: title, and one to five labelled inputs.
 * @see https://docs.discord.com/developers/interactions/receiving-and-responding#interaction-response-object-modal
 */
export const modal = z
  .object({
    custom_id: customId,
    title: text(45, 1),
    components: list(z.discriminatedUnion('type', [row, label, textDisplay]), MOST_COMPONENTS, 1),
  })
  .superRefine((form, ctx) => {
    const ids = modalInputs(form).map(({ custom_id }) => custom_id)
    if (new Set(ids).size === ids.length) return
    const message = 'Component custom id cannot be duplicated'
    complain(ctx, 'COMPONENT_CUSTOM_ID_DUPLICATED', message, ['components'])
  })

export type ModalForm = z.infer<typeof modal>
export type ModalInput = z.infer<typeof input> | z.infer<typeof labelledTextInput>

/** The inputs of a form, in order. */
export function modalInputs(form: { components: ModalForm['components'] }): ModalInput[] {
  return form.components.flatMap((component): ModalInput[] => {
    if (component.type === 18) return [component.component]
    return component.type === 1 ? component.components : []
  })
}
