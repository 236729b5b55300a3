import { z } from 'zod'
import { complain, integer, list, oneOf, text } from './form.js'

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u

const name = z.string().superRefine((value, ctx) => {
  if (NAME.test(value) && value === value.toLowerCase()) return
  complain(ctx, 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid')
})

const choice = z.object({ name: text(100, 1), value: z.union([text(6000), z.number()]) })

/** Option types that take a value: string, integer, boolean, user, channel, role, … attachment. */
const valueType = z.literal([3, 4, 5, 6, 7, 8, 9, 10, 11])

const valueOption = z
  .object({
    type: valueType,
    name,
    description: text(100, 1),
    required: z.boolean().nullish(),
    choices: list(choice, 25).nullish(),
    autocomplete: z.boolean().nullish(),
    min_length: integer(0, 6000).nullish(),
    max_length: integer(1, 6000).nullish(),
    min_value: z.number().nullish(),
    max_value: z.number().nullish(),
    channel_types: z.array(z.int()).nullish(),
  })
  .superRefine(({ autocomplete, choices }, ctx) => {
    if (!autocomplete || !choices?.length) return
    const message = 'Choices and autocomplete cannot be used together'
    complain(ctx, 'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_CONFLICT', message, ['choices'])
  })

const valueOptions = list(valueOption, 25).superRefine(checkOptions)

const subcommand = z.object({
  type: z.literal(1),
  name,
  description: text(100, 1),
  options: valueOptions.nullish(),
})

const group = z.object({
  type: z.literal(2),
  name,
  description: text(100, 1),
  options: list(subcommand, 25).superRefine(checkOptions).nullish(),
})

const option = z.discriminatedUnion('type', [subcommand, group, valueOption], {
  error: 'Value of field "type" must be one of (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11).',
})

/**
 * One slash command as an app registers it.
 * @see https://docs.discord.com/developers/interactions/application-commands#create-global-application-command
 */
export const command = z
  .object({
    type: oneOf([1]).nullish(),
    name,
    description: text(100, 1),
    options: list(option, 25).superRefine(checkOptions).nullish(),
    default_member_permissions: z
      .union([z.string().regex(/^\d+$/), z.int().transform(String)])
      .nullish(),
    dm_permission: z.boolean().nullish(),
    contexts: z.array(oneOf([0, 1, 2])).nullish(),
    integration_types: z.array(oneOf([0, 1])).nullish(),
    nsfw: z.boolean().nullish(),
  })
  .superRefine((value, ctx) => {
    if (size(value) <= 8000) return
    const message = 'Command exceeds maximum size (8000)'
    complain(ctx, 'APPLICATION_COMMANDS_TOO_LARGE', message)
  })

/** Body of PUT: the whole set, at most 100, every name once. */
export const commandSet = list(command, 100).superRefine((all, ctx) => {
  const names = all.map((one) => one.name)
  for (const [index, one] of names.entries()) {
    if (names.indexOf(one) === index) continue
    const message = 'Application command names must be unique'
    complain(ctx, 'APPLICATION_COMMANDS_DUPLICATE_NAME', message, [index])
  }
})

/** Body of PATCH: any part of a command. */
export const commandEdit = z.object(command.shape).partial()

export type CommandFields = z.infer<typeof command>
export type CommandOption = z.infer<typeof option>
export type ValueOption = z.infer<typeof valueOption>

interface Named {
  type: number
  name: string
  required?: boolean | null | undefined
}

function checkOptions(options: readonly Named[], ctx: z.RefinementCtx): void {
  const names = options.map((one) => one.name)
  for (const [index, one] of options.entries()) {
    if (names.indexOf(one.name) !== index) {
      const message = 'Option names must be unique'
      complain(ctx, 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS', message, [index])
    }
    if (one.required && options.slice(0, index).some(({ required }) => !required)) {
      const message = 'Required options must be placed before non-required options'
      complain(ctx, 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID', message, [index])
    }
  }
  const nested = options.filter(({ type }) => type <= 2).length
  if (nested > 0 && nested < options.length) {
    const message =
      'Sub-command and sub-command group option types are mutually exclusive to others'
    complain(ctx, 'APPLICATION_COMMAND_OPTIONS_TYPE_INVALID', message)
  }
}

/** Names, descriptions and choice values together, at every depth. */
function size(value: CommandFields | CommandOption): number {
  const choices = 'choices' in value ? (value.choices ?? []) : []
  const nested = 'options' in value ? (value.options ?? []) : []
  return (
    value.name.length +
    value.description.length +
    choices.reduce((sum, one) => sum + one.name.length + String(one.value).length, 0) +
    nested.reduce((sum, one) => sum + size(one), 0)
  )
}
