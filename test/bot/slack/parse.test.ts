import { describe, expect, it } from 'vitest'
import {
  parseAction,
  parseSlash,
  parseSubmission,
  unescapeText,
} from '../../../src/bot/slack/parse.js'

describe('unescapeText', () => {
  it.each([
    ['Fish &amp; chips &lt;3', 'Fish & chips <3'],
    ['&amp;lt;', '&lt;'],
    ['media:<https://example.com/a.jpg>', 'media:https://example.com/a.jpg'],
    ['media:<https://example.com/a.jpg|example.com/a.jpg>', 'media:https://example.com/a.jpg'],
    ['media:<https://example.com/?a=1&amp;b=2>', 'media:https://example.com/?a=1&b=2'],
    ['See <https://example.com>', 'See https://example.com'],
    ['See <http://example.com|example.com>', 'See example.com'],
    ['See <https://example.com/|our page>', 'See our page (https://example.com/)'],
    ['<mailto:ana@example.com|ana@example.com>', 'ana@example.com'],
    ['Hi <@U123|ana> in <#C123|social>', 'Hi @ana in #social'],
    ['Hi <@U123>', 'Hi @U123'],
    ['<!here> and <!subteam^S1|@team>', '@here and @team'],
    ['a < b, c > d', 'a < b, c > d'],
  ])('%j was typed as %j', (text, typed) => {
    expect(unescapeText(text)).toBe(typed)
  })
})

const slash = {
  token: 'x',
  team_id: 'T1',
  team_domain: 'acme',
  channel_id: 'C1',
  channel_name: 'social',
  user_id: 'U1',
  user_name: 'ana',
  command: '/publish',
  text: 'Hello to:x media:<https://example.com/a.jpg|example.com/a.jpg> alt:“A &amp; B”',
  response_url: 'https://hooks.slack.com/commands/1',
  trigger_id: '1.2.3',
  is_enterprise_install: 'false',
}

it('reads a slash command', () => {
  expect(parseSlash(slash)).toEqual({
    command: {
      key: 'slack:1.2.3',
      kind: 'publish',
      text: 'Hello',
      texts: {},
      targets: ['x'],
      media: [{ from: 'url', url: 'https://example.com/a.jpg', alt: 'A & B' }],
    },
    actor: { kind: 'person', id: 'U1', name: 'ana' },
    conversation: { chat: 'slack', teamId: 'T1', channelId: 'C1' },
    address: {
      channelId: 'C1',
      userId: 'U1',
      responseUrl: 'https://hooks.slack.com/commands/1',
      replaces: false,
    },
    triggerId: '1.2.3',
  })
})

it.each([
  ['/scorecard', ' last week ', { kind: 'scorecard', period: 'last week' }],
  ['/publish', '', { kind: 'openForm' }],
  ['/other', '', { kind: 'unsupported', what: 'the command /other' }],
])('reads %s %s', (command, text, body) => {
  expect(parseSlash({ ...slash, command, text }).command).toMatchObject(body)
})

const click = {
  type: 'block_actions',
  user: { id: 'U1', username: 'ana', name: 'ana', team_id: 'T1' },
  team: { id: 'T1', domain: 'acme' },
  container: {
    type: 'message',
    message_ts: '2.0',
    channel_id: 'C1',
    is_ephemeral: false,
    thread_ts: '1.0',
  },
  trigger_id: '9.9',
  channel: { id: 'C1', name: 'social' },
  message: { ts: '2.0', thread_ts: '1.0' },
  response_url: 'https://hooks.slack.com/actions/1',
  actions: [{ action_id: 'retry_failed', block_id: 'b', type: 'button', value: 't1abc' }],
}

describe('a click', () => {
  it.each([
    ['retry_failed', 'retryFailed'],
    ['confirm_live', 'confirmLive'],
    ['deny_live', 'denyLive'],
    ['edit_retry', 'editRetry'],
    ['check_credentials', 'checkCredentials'],
    ['add_note', 'addNote'],
    ['cancel', 'cancel'],
    ['publish_now', 'publishNow'],
    ['publish_anyway', 'publishAnyway'],
  ])('of %s asks for %s', (action_id, kind) => {
    const incoming = parseAction({ ...click, actions: [{ action_id, value: 't1abc' }] })
    expect(incoming.command).toEqual({ key: 'slack:9.9', kind, id: 't1abc' })
    expect(incoming.address).toMatchObject({ threadTs: '1.0', replaces: false })
  })

  it.each(['confirm_live', 'deny_live'])('of %s tells when its question was asked', (action_id) => {
    const pressed = (block_id: unknown) =>
      parseAction({ ...click, actions: [{ action_id, block_id, value: 't1abc' }] }).command
    expect(pressed('verdict:t1abc.2:0')).toMatchObject({ id: 't1abc', askedAt: 2 })
    for (const other of ['b1', 'verdict:t2.2:0', null, 7]) {
      expect(pressed(other)).toMatchObject({ id: 't1abc' })
      expect(pressed(other)).not.toHaveProperty('askedAt')
    }
  })

  it('of another button in that block is about its target alone', () => {
    const actions = [{ action_id: 'add_note', block_id: 'verdict:t1abc.2:0', value: 't1abc' }]
    const { command } = parseAction({ ...click, actions })
    expect(command).toEqual({ key: 'slack:9.9', kind: 'addNote', id: 't1abc' })
  })

  it('of an unknown button is a value, not a crash', () => {
    const incoming = parseAction({ ...click, actions: [{ action_id: 'toString' }] })
    expect(incoming.command).toMatchObject({ kind: 'unsupported', what: 'the button toString' })
  })

  it('is read without the parts that say nothing', () => {
    const { container, response_url, ...bare } = click
    const user = { ...bare.user, name: null }
    const incoming = parseAction({ ...bare, user, container: null, response_url: null })
    expect(incoming.conversation).toMatchObject({ channelId: 'C1' })
    expect(incoming.address).toMatchObject({ threadTs: '1.0', replaces: false })
  })

  it('on a private message replaces it', () => {
    const container = { ...click.container, is_ephemeral: true }
    expect(parseAction({ ...click, container }).address.replaces).toBe(true)
  })
})

describe('the publishing form', () => {
  const submit = (values: Record<string, object>) =>
    parseSubmission({
      type: 'view_submission',
      user: { id: 'U1', name: 'ana' },
      team: { id: 'T1' },
      trigger_id: '5.5',
      view: {
        callback_id: 'publish_form',
        private_metadata: JSON.stringify({ channel: 'C1' }),
        blocks: [{ type: 'context' }, { type: 'input', block_id: 'text' }],
        state: {
          values: Object.fromEntries(
            Object.entries(values).map(([block, field]) => [block, { [block]: field }]),
          ),
        },
      },
    })
  const options = (...values: string[]) => ({
    type: 'multi_static_select',
    selected_options: values.map((value) => ({ text: { type: 'plain_text', text: value }, value })),
  })
  const typed = (value: string | null) => ({ type: 'plain_text_input', value })

  it('reads every field', () => {
    const { command, conversation, fields } = submit({
      text: typed(' Hello '),
      targets: options('x', 'facebook'),
      media: {
        type: 'file_input',
        files: [{ id: 'F1', name: 'a.png', url_private_download: 'https://files.slack.com/a' }],
      },
      media_url: typed('https://example.com/b.png\n'),
      alt: typed('First\nSecond'),
      at: { type: 'datetimepicker', selected_date_time: 1_800_000_000 },
      'text:x': typed('Hello, X'),
      'text:facebook': typed(null),
    })
    expect(command).toEqual({
      key: 'slack:5.5',
      kind: 'publish',
      text: 'Hello',
      texts: { x: 'Hello, X' },
      targets: ['x', 'facebook'],
      media: [
        { from: 'upload', url: 'https://files.slack.com/a', filename: 'a.png', alt: 'First' },
        { from: 'url', url: 'https://example.com/b.png', alt: 'Second' },
      ],
      when: { kind: 'instant', at: 1_800_000_000_000 },
    })
    expect(conversation.channelId).toBe('C1')
    expect(fields).toEqual(['text'])
  })

  it('reads an almost empty one', () => {
    expect(submit({ text: typed('Hello'), at: { selected_date_time: null } }).command).toEqual({
      key: 'slack:5.5',
      kind: 'publish',
      text: 'Hello',
      texts: {},
      media: [],
    })
  })

  it('knows its fields by their values where its blocks are not sent along', () => {
    const { fields } = parseSubmission({
      user: { id: 'U1' },
      team: { id: 'T1' },
      trigger_id: '5.5',
      view: {
        callback_id: 'publish_form',
        private_metadata: JSON.stringify({ channel: 'C1' }),
        state: { values: { text: { text: typed(null) }, alt: { alt: typed(null) } } },
      },
    })
    expect(fields).toEqual(['text', 'alt'])
  })

  it('takes a time in words as well', () => {
    expect(submit({ text: typed('Hello'), at: typed('tomorrow 9:00') }).command).toMatchObject({
      when: { kind: 'words', words: 'tomorrow 9:00' },
    })
  })

  it('names what is wrong with addresses and descriptions', () => {
    expect(
      submit({ media_url: typed('example.com/a.png ftp://x'), alt: typed('a\nb\nc') }).command,
    ).toMatchObject({
      kind: 'malformed',
      problems: [{ field: 'media_url' }, { field: 'media_url' }, { field: 'alt' }],
    })
  })
})
