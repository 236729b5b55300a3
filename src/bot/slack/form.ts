import type { types } from '@slack/bolt'
import { type Form, type FormAccount, ownWords } from '../reply.js'
import { shorten } from '../wording.js'
import { cut, escapeText } from './mrkdwn.js'
import type { FormMetadata } from './parse.js'

/** The forms' `callback_id`s; each input's `block_id` and `action_id` are the same. */
export const FORMS = {
  publish: 'publish_form',
  edit: 'edit_retry_form',
  note: 'add_note_form',
  link: 'add_link_form',
  reschedule: 'reschedule_form',
} as const

/** @see https://docs.slack.dev/reference/block-kit */
const LIMITS = {
  textInput: 3_000,
  options: 100,
  optionText: 75,
  context: 2_000,
  /** Of the 100 blocks a form may have, the rest is for everything else. */
  ownTexts: 80,
} as const

/** Beyond this many characters Slack's text inputs refuse what they are given to start with. */
export const LONGEST_INPUT = LIMITS.textInput

type Where = Pick<FormMetadata, 'channel' | 'thread'>

/** A form as Slack opens it. `where` comes back with what is submitted. */
export function renderForm(form: Form, where: Where): types.ModalView {
  switch (form.kind) {
    case 'publish':
      return modal(FORMS.publish, 'Publish a post', 'Publish', where, publishBlocks(form))
    case 'edit':
      return modal(
        FORMS.edit,
        form.retries ? 'Edit and retry' : 'Edit',
        'Save',
        { ...where, id: form.targetId },
        [
          ...(form.why ? [context(`${form.account}: ${form.why}`)] : []),
          input('text', `Text for ${form.account}`, textInput('text', true, form.text), {
            optional: true,
          }),
        ],
      )
    case 'note':
      return modal(FORMS.note, 'Add a note', 'Save', { ...where, id: form.id }, [
        ...(form.failure ? [aboutInput(form.about, form.failure)] : []),
        input(
          'note',
          `What helps the next time? (${form.about})`,
          textInput('note', true, '', 2000),
          {
            hint: 'It stands in the thread and on the scorecard, and is shown before the next post it could help, until somebody resolves it.',
          },
        ),
      ])
    case 'link':
      return modal(FORMS.link, 'Add the link', 'Save', { ...where, id: form.targetId }, [
        input('link', `Address of the post on ${form.account}`, textInput('link', false, '', 2000)),
      ])
    case 'reschedule':
      return modal(FORMS.reschedule, 'Reschedule', 'Save', { ...where, id: form.id }, [
        context(`Another time for: ${form.about}`),
        input(
          'at',
          'When',
          {
            type: 'datetimepicker',
            action_id: 'at',
            ...(form.at === undefined ? {} : { initial_date_time: Math.floor(form.at / 1000) }),
          },
          { hint: `The workspace's time zone is ${form.zone}.` },
        ),
      ])
  }
}

/** The account, unless the failure could meet others as well. */
function aboutInput(account: string, failure: string): types.KnownBlock {
  const option = (value: string, words: string): types.PlainTextOption => {
    return { text: plain(shorten(words, LIMITS.optionText)), value }
  }
  const first = option('account', account)
  return input('about', 'What is it about?', {
    type: 'radio_buttons',
    action_id: 'about',
    options: [first, option('kind', failure)],
    initial_option: first,
  })
}

function publishBlocks(form: Extract<Form, { kind: 'publish' }>): types.KnownBlock[] {
  const { accounts, chosen, notes, zone } = form
  const preset = chosen ?? accounts.map(({ name }) => name)
  const held = accounts.filter((account) => account.held !== undefined)
  const own = accounts.length > LIMITS.ownTexts ? preset : accounts.map(({ name }) => name)
  return [
    ...(notes.length > 0
      ? [context(['Noted when it failed before:', ...notes.map((note) => `• ${note}`)].join('\n'))]
      : []),
    ...(held.length > 0
      ? [context(held.map(({ name, held: why }) => `${name} is disconnected: ${why}`).join('\n'))]
      : []),
    input('text', 'Text', textInput('text', true), { optional: true }),
    targetsInput(accounts, chosen),
    input(
      'media',
      'Pictures and videos',
      {
        type: 'file_input',
        action_id: 'media',
        filetypes: ['jpg', 'jpeg', 'png', 'gif', 'webp', 'mp4', 'mov'],
        max_files: 10,
      },
      { optional: true },
    ),
    input('media_url', 'Addresses of pictures and videos', textInput('media_url', true), {
      optional: true,
      hint: 'One on each line.',
    }),
    input('alt', 'What they show, for people who cannot see them', textInput('alt', true), {
      optional: true,
      hint: 'With several: one line for each, first the uploads, then the addresses.',
    }),
    input(
      'at',
      'When',
      { type: 'datetimepicker', action_id: 'at' },
      { optional: true, hint: `Empty means now. The workspace's time zone is ${zone}.` },
    ),
    ...own.slice(0, LIMITS.ownTexts).map((name) =>
      input(`text:${name}`, `Another text for ${name}`, textInput(`text:${name}`, true), {
        optional: true,
      }),
    ),
  ]
}

/**
 * A list to choose from, or a search where Slack's lists would be too short. The channel's accounts
 * are chosen beforehand, all of them or none: whoever sees a part would take it for the whole.
 */
function targetsInput(
  accounts: readonly FormAccount[],
  chosen: readonly string[] | undefined,
): types.KnownBlock {
  const isPreset = ({ name }: FormAccount) => chosen?.includes(name) ?? true
  const initial = accounts.filter(isPreset).map(accountOption)
  const fits = initial.length > 0 && initial.length <= LIMITS.options
  const preset = fits ? { initial_options: initial } : {}
  if (accounts.length > LIMITS.options) {
    return input(
      'targets',
      'Accounts',
      { type: 'multi_external_select', action_id: 'targets', min_query_length: 0, ...preset },
      { optional: true, hint: `Empty means ${ownWords(accounts, chosen, fits)}.` },
    )
  }
  return input('targets', 'Accounts', {
    type: 'multi_static_select',
    action_id: 'targets',
    options: accounts.map(accountOption),
    ...preset,
  })
}

/** An account as an option of a list or a search. */
export function accountOption({ name, platform, held }: FormAccount): types.PlainTextOption {
  const about = held === undefined ? platform : `${platform}, disconnected`
  const text = name.toLowerCase() === about ? name : `${name} (${about})`
  return { text: plain(shorten(text, LIMITS.optionText)), value: name }
}

function modal(
  callback_id: string,
  title: string,
  submit: string,
  metadata: FormMetadata,
  blocks: types.KnownBlock[],
): types.ModalView {
  return {
    type: 'modal',
    callback_id,
    private_metadata: JSON.stringify(metadata),
    title: plain(title),
    submit: plain(submit),
    close: plain('Close'),
    blocks,
  }
}

function input(
  id: string,
  label: string,
  element: types.InputBlock['element'],
  { optional, hint }: { optional?: boolean; hint?: string } = {},
): types.InputBlock {
  return {
    type: 'input',
    block_id: id,
    label: plain(label),
    element,
    ...(optional ? { optional } : {}),
    ...(hint ? { hint: plain(hint) } : {}),
  }
}

function textInput(
  action_id: string,
  multiline: boolean,
  initial = '',
  max: number = LIMITS.textInput,
): types.PlainTextInput {
  return {
    type: 'plain_text_input',
    action_id,
    multiline,
    max_length: max,
    ...(initial === '' ? {} : { initial_value: initial }),
  }
}

function context(text: string): types.ContextBlock {
  const shown = cut(escapeText(text), LIMITS.context)
  return { type: 'context', elements: [{ type: 'mrkdwn', text: shown }] }
}

function plain(text: string): types.PlainTextElement {
  return { type: 'plain_text', text }
}
