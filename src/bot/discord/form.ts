import {
  type APIFileUploadComponent,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APIStringSelectComponent,
  type APITextInputComponent,
  ComponentType,
  TextInputStyle,
} from 'discord.js'
import { DateTime } from 'luxon'
import { type Form, type FormAccount, ownWords } from '../reply.js'
import { shorten } from '../wording.js'
import type { Draft } from './drafts.js'

/** The forms' custom ids; behind all but the first stands `:<id>`. */
export const FORMS = {
  publish: 'publish_form',
  edit: 'edit_retry_form',
  note: 'add_note_form',
  link: 'add_link_form',
  reschedule: 'reschedule_form',
} as const

/** @see https://docs.discord.com/developers/components/reference */
const LIMITS = {
  title: 45,
  label: 45,
  description: 100,
  textInput: 4_000,
  options: 25,
  optionText: 100,
  files: 10,
} as const

/** Beyond this many characters Discord's text inputs refuse what they are given to start with. */
export const LONGEST_INPUT = LIMITS.textInput

/**
 * A form as Discord opens it. It holds five inputs at most, so a text of its own for an account is
 * given with the command's options, or afterwards with Edit and retry.
 * @param draft what the publishing form is filled with to start with
 */
export function renderForm(form: Form, draft: Draft = {}): APIModalInteractionResponseCallbackData {
  switch (form.kind) {
    case 'publish':
      return modal(FORMS.publish, 'Publish a post', publishInputs(form, draft))
    case 'edit':
      return modal(`${FORMS.edit}:${form.targetId}`, form.retries ? 'Edit and retry' : 'Edit', [
        label(`Text for ${form.account}`, form.why, paragraph('text', { value: form.text })),
      ])
    case 'note':
      return modal(`${FORMS.note}:${form.id}`, 'Add a note', [
        ...(form.failure ? [about(form.about, form.failure)] : []),
        label(
          'What helps the next time?',
          'It is shown before the next post it could help, until somebody resolves it.',
          paragraph('note', { required: true, max: 2_000 }),
        ),
      ])
    case 'link':
      return modal(`${FORMS.link}:${form.targetId}`, 'Add the link', [
        label(
          `Address of the post on ${form.account}`,
          undefined,
          line('link', { required: true }),
        ),
      ])
    case 'reschedule':
      return modal(`${FORMS.reschedule}:${form.id}`, 'Reschedule', [
        label(
          'When',
          `Such as "tomorrow 9:00". Time zone: ${form.zone}`,
          line('at', {
            value: form.at === undefined ? '' : written(form.at, form.zone),
            required: true,
          }),
        ),
      ])
  }
}

/** The account, unless the failure could meet others as well. */
function about(account: string, failure: string): APILabelComponent {
  const option = (value: string, words: string) => {
    return { value, label: shorten(words, LIMITS.optionText) }
  }
  return label('What is it about?', undefined, {
    type: ComponentType.StringSelect,
    custom_id: 'about',
    options: [{ ...option('account', account), default: true }, option('kind', failure)],
  })
}

/** A time as it can be written back. */
function written(at: number, zone: string): string {
  return DateTime.fromMillis(at, { zone }).toFormat('yyyy-MM-dd HH:mm')
}

function publishInputs(
  { accounts, chosen, zone }: Extract<Form, { kind: 'publish' }>,
  draft: Draft,
): APILabelComponent[] {
  const upload: APIFileUploadComponent = {
    type: ComponentType.FileUpload,
    custom_id: 'media',
    min_values: 0,
    max_values: LIMITS.files,
    required: false,
  }
  return [
    label('Text', undefined, paragraph('text', { value: draft.text ?? '' })),
    targets(accounts, chosen, draft.targets),
    label('Pictures and videos', undefined, upload),
    label(
      'What they show',
      'For people who cannot see them; one line for each, in their order.',
      paragraph('alt', { value: draft.alt ?? '' }),
    ),
    label(
      'When',
      `Such as "tomorrow 9:00"; empty means now. Time zone: ${zone}`,
      line('at', { value: draft.at ?? '' }),
    ),
  ]
}

/**
 * A list to choose from, or names to write where Discord's lists are too short. The channel's
 * accounts are chosen beforehand, all of them or none: whoever sees a part would take it for the whole.
 * @param written what stood there when the form was refused
 */
function targets(
  accounts: readonly FormAccount[],
  chosen: readonly string[] | undefined,
  written: readonly string[] | undefined,
): APILabelComponent {
  if (accounts.length > LIMITS.options) {
    const names = written ?? chosen ?? []
    const value = [names.join(', '), names.join(',')].find((one) => one.length <= LIMITS.textInput)
    const words = ownWords(accounts, chosen, value !== undefined)
    const hint = `Names with commas between; empty means ${words}.`
    return label('Accounts', hint, paragraph('targets', value === undefined ? {} : { value }))
  }
  const preset = written ?? chosen ?? accounts.map(({ name }) => name)
  const select: APIStringSelectComponent = {
    type: ComponentType.StringSelect,
    custom_id: 'targets',
    min_values: 1,
    max_values: accounts.length,
    options: accounts.map(({ name, platform, held }) => ({
      label: name.slice(0, LIMITS.optionText),
      value: name.slice(0, LIMITS.optionText),
      description: held === undefined ? platform : `${platform}, disconnected`,
      default: preset.includes(name),
    })),
  }
  return label('Accounts', undefined, select)
}

function modal(
  custom_id: string,
  title: string,
  components: APILabelComponent[],
): APIModalInteractionResponseCallbackData {
  return { custom_id, title: shorten(title, LIMITS.title), components }
}

function label(
  text: string,
  description: string | undefined,
  component: APILabelComponent['component'],
): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: shorten(text, LIMITS.label),
    ...(description ? { description: shorten(description, LIMITS.description) } : {}),
    component,
  }
}

interface InputOptions {
  readonly value?: string
  readonly required?: boolean
  readonly max?: number
}

function line(custom_id: string, options: InputOptions = {}): APITextInputComponent {
  return input(custom_id, TextInputStyle.Short, options)
}

function paragraph(custom_id: string, options: InputOptions = {}): APITextInputComponent {
  return input(custom_id, TextInputStyle.Paragraph, options)
}

function input(
  custom_id: string,
  style: TextInputStyle,
  { value = '', required = false, max = LIMITS.textInput }: InputOptions,
): APITextInputComponent {
  return {
    type: ComponentType.TextInput,
    custom_id,
    style,
    required,
    max_length: max,
    ...(value === '' ? {} : { value }),
  }
}
