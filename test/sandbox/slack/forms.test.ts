import type { App, types } from '@slack/bolt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  createSlackWorkspace,
  type JsonObject,
  type SlackWorkspace,
} from '../../../src/sandbox/slack/index.js'
import { startBoltApp } from './bolt-app.js'

const channel = 'C00000SOCIAL'
const ana = 'U000000ANA'
const text = (value: string) => ({ type: 'plain_text' as const, text: value })
const option = (value: string) => ({ text: text(value), value })
const input = (id: string, element: object, optional = true) => ({
  type: 'input',
  block_id: id,
  optional,
  label: text(id),
  element: { action_id: id, ...element },
})

const form = {
  type: 'modal',
  callback_id: 'publish_form',
  notify_on_close: true,
  title: text('Publish'),
  submit: text('Publish'),
  blocks: [
    input('text', { type: 'plain_text_input', multiline: true, max_length: 20 }, false),
    input('where', {
      type: 'multi_static_select',
      options: ['facebook', 'x'].map(option),
      initial_options: [option('facebook')],
    }),
    input('more', { type: 'multi_external_select', min_query_length: 0 }),
    input('one', { type: 'static_select', options: ['a', 'b'].map(option) }),
    input('how', { type: 'radio_buttons', options: ['now', 'later'].map(option) }),
    input('also', { type: 'checkboxes', options: ['pin', 'alt'].map(option) }),
    input('at', { type: 'datetimepicker' }),
    input('day', { type: 'datepicker' }),
    input('time', { type: 'timepicker' }),
    input('link', { type: 'url_text_input' }),
    input('media', { type: 'file_input', filetypes: ['png'], max_files: 1 }),
  ],
} as unknown as types.ModalView

let slack: SlackWorkspace
let app: App
let submissions: JsonObject[]
let closed: number
let answer: object

beforeEach(async () => {
  submissions = []
  closed = 0
  answer = {}
  slack = createSlackWorkspace()
  const { apiUrl } = await slack.listen()
  app = await startBoltApp(slack, apiUrl, (bolt) => {
    bolt.command('/publish', async ({ command, ack, client }) => {
      await ack()
      await client.views.open({ trigger_id: command.trigger_id, view: form })
    })
    bolt.options('more', ({ ack, payload }) =>
      ack({
        options: ['mastodon', 'bluesky'].filter((o) => o.includes(payload.value)).map(option),
      }),
    )
    bolt.view('publish_form', async ({ ack, view }) => {
      submissions.push(view.state.values as unknown as JsonObject)
      await ack(answer as never)
    })
    bolt.view({ callback_id: 'publish_form', type: 'view_closed' }, async ({ ack }) => {
      closed += 1
      await ack()
    })
  })
})

afterEach(async () => {
  await app.stop()
  await slack.close()
})

async function openForm(): Promise<string> {
  await slack.as(ana).slash('/publish', '', channel)
  const view = await slack.waitFor(() => slack.views(ana)[0])
  return view.id
}

describe('a form', () => {
  it('hands over the state of every field as Slack does', async () => {
    const viewId = await openForm()
    const file = slack.as(ana).upload({ name: 'a.png', bytes: new Uint8Array([1, 2]) })
    const delivery = await slack.as(ana).submit(viewId, {
      text: 'Hello',
      where: ['x'],
      more: ['bluesky'],
      one: 'b',
      how: 'later',
      also: ['pin'],
      at: 1_800_000_000,
      day: '2027-01-15',
      time: '09:30',
      link: 'https://acme.example',
      media: [file],
    })
    expect(delivery.error).toBeUndefined()
    expect(submissions).toEqual([
      {
        text: { text: { type: 'plain_text_input', value: 'Hello' } },
        where: { where: { type: 'multi_static_select', selected_options: [option('x')] } },
        more: { more: { type: 'multi_external_select', selected_options: [option('bluesky')] } },
        one: { one: { type: 'static_select', selected_option: option('b') } },
        how: { how: { type: 'radio_buttons', selected_option: option('later') } },
        also: { also: { type: 'checkboxes', selected_options: [option('pin')] } },
        at: { at: { type: 'datetimepicker', selected_date_time: 1_800_000_000 } },
        day: { day: { type: 'datepicker', selected_date: '2027-01-15' } },
        time: { time: { type: 'timepicker', selected_time: '09:30' } },
        link: { link: { type: 'url_text_input', value: 'https://acme.example' } },
        media: { media: { type: 'file_input', files: [expect.objectContaining({ id: file.id })] } },
      },
    ])
    expect(slack.views(ana)).toEqual([])
  })

  it('sends nothing when left empty, and null for what is not required', async () => {
    const viewId = await openForm()
    const refused = await slack.as(ana).submit(viewId)
    expect(refused).toMatchObject({ error: 'not_submitted', errors: { text: expect.any(String) } })
    expect(submissions).toEqual([])
    await slack.as(ana).submit(viewId, { text: 'Hello' })
    expect(submissions[0]).toMatchObject({
      where: { where: { selected_options: [option('facebook')] } },
      one: { one: { selected_option: null } },
      at: { at: { selected_date_time: null } },
      link: { link: { value: null } },
      media: { media: { files: [] } },
    })
  })

  it.each([
    ['text', 'x'.repeat(21)],
    ['link', 'not a link'],
    ['media', 'two files'],
    ['media', 'wrong type'],
  ])('refuses a wrong %s itself (%s)', async (field, value) => {
    const viewId = await openForm()
    const png = () => slack.as(ana).upload({ name: 'a.png', bytes: new Uint8Array([1]) })
    const gif = () => slack.as(ana).upload({ name: 'a.gif', bytes: new Uint8Array([1]) })
    const files = value === 'two files' ? [png(), png()] : [gif()]
    const given = field === 'media' ? files : value
    const refused = await slack.as(ana).submit(viewId, { text: 'Hello', [field]: given })
    expect(Object.keys(refused.errors ?? {})).toEqual([field])
    expect(submissions).toEqual([])
  })

  it('stays open with the errors of the app, and keeps what was typed', async () => {
    const viewId = await openForm()
    answer = { response_action: 'errors', errors: { text: 'Too short' } }
    const first = await slack.as(ana).submit(viewId, { text: 'Hi', one: 'a' })
    expect(first).toMatchObject({ responseAction: 'errors', errors: { text: 'Too short' } })
    answer = {}
    await slack.as(ana).submit(viewId, { text: 'Hello' })
    expect(submissions[1]).toMatchObject({ one: { one: { selected_option: option('a') } } })
    expect(slack.views(ana)).toEqual([])
  })

  it.each([
    ['an error for a block that is not there', { response_action: 'errors', errors: { no: 'x' } }],
    ['no errors at all', { response_action: 'errors', errors: {} }],
    ['an unknown action', { response_action: 'close' }],
    ['a broken view', { response_action: 'update', view: { type: 'modal' } }],
  ])('does not accept %s', async (_, wrong) => {
    const viewId = await openForm()
    answer = wrong
    const delivery = await slack.as(ana).submit(viewId, { text: 'Hello' })
    expect(delivery.error).toBe('invalid_response')
    expect(slack.views(ana)).toHaveLength(1)
  })

  it('is replaced, stacked and cleared by answers', async () => {
    const viewId = await openForm()
    const next = { ...form, callback_id: 'publish_form', title: text('Step 2') }
    answer = { response_action: 'push', view: next }
    await slack.as(ana).submit(viewId, { text: 'Hello' })
    expect(slack.views(ana).map((v) => v.title)).toEqual([form.title, next.title])
    answer = { response_action: 'update', view: { ...next, title: text('Step 3') } }
    const top = slack.views(ana)[1]
    await slack.as(ana).submit(top?.id ?? '', { text: 'Hello' })
    expect(slack.views(ana)[1]).toMatchObject({ id: top?.id, title: text('Step 3') })
    answer = { response_action: 'clear' }
    await slack.as(ana).submit(top?.id ?? '')
    expect(slack.views(ana)).toEqual([])
  })

  it('tells the app when it is closed', async () => {
    const viewId = await openForm()
    await slack.as(ana).closeView(viewId)
    expect(closed).toBe(1)
    expect(slack.views(ana)).toEqual([])
  })

  it('offers only what the app suggested', async () => {
    const viewId = await openForm()
    const found = await slack.as(ana).suggest(viewId, 'more', 'mast')
    expect(found.options).toEqual([option('mastodon')])
    await expect(slack.as(ana).submit(viewId, { more: ['myspace'] })).rejects.toThrow('no option')
  })
})
