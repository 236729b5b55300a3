import { describe, expect, it } from 'vitest'
import { parseInteraction } from '../../../src/bot/discord/parse.js'

const base = {
  id: '1',
  token: 'token',
  guild_id: 'g1',
  channel_id: 'c1',
  channel: { id: 'c1', type: 0 },
  member: { nick: 'Ana of Acme', user: { id: 'u1', username: 'ana', global_name: 'Ana' } },
}
const text = (name: string, value: string) => ({ type: 3, name, value })
const typed = (options: object[], more: object = {}) =>
  parseInteraction({ ...base, type: 2, data: { name: 'publish', options, ...more } })
const command = (options: object[], more: object = {}) => {
  const arrived = typed(options, more)
  return arrived.kind === 'command' ? arrived.incoming.command : undefined
}
const press = (custom_id: string, more: object = {}) =>
  parseInteraction({ ...base, ...more, type: 3, data: { component_type: 2, custom_id } })
const submit = (custom_id: string, components: object[], more: object = {}) => {
  const arrived = parseInteraction({ ...base, type: 5, data: { custom_id, components, ...more } })
  return arrived.kind === 'command' ? arrived.incoming.command : undefined
}

describe('a typed command', () => {
  it('is who, where and what, with a key that all deliveries share', () => {
    const arrived = typed([{ type: 1, name: 'post', options: [text('text', 'Hello')] }])
    expect(arrived.incoming).toMatchObject({
      command: { kind: 'publish', text: 'Hello', key: 'discord:1' },
      actor: { kind: 'person', id: 'u1', name: 'Ana of Acme' },
      conversation: { chat: 'discord', teamId: 'g1', channelId: 'c1' },
      address: { token: 'token', placeId: 'c1', onPrivate: false },
    })
  })

  it('may come without a subcommand', () => {
    expect(
      command([text('text', ' Hello '), text('to', 'x, facebook,,x'), text('at', 'friday 9:00')]),
    ).toEqual({
      kind: 'publish',
      text: 'Hello',
      texts: {},
      media: [],
      targets: ['x', 'facebook'],
      when: { kind: 'words', words: 'friday 9:00' },
      key: 'discord:1',
    })
    expect(command([])).toEqual({ kind: 'openForm', key: 'discord:1' })
  })

  it('never takes accounts that were given, but name none, for those of the channel', () => {
    expect(command([text('text', 'Hello'), text('to', ', ,')])).toMatchObject({ targets: [] })
    expect(command([text('text', 'Hello'), text('to', ' ')])).not.toHaveProperty('targets')
  })

  it('gives each file the description of its number, and addresses those that are left', () => {
    const attachments = {
      a1: { url: 'https://cdn/1.png', filename: '1.png' },
      a2: { url: 'https://cdn/2.png', filename: '2.png' },
    }
    const file = (name: string, value: string) => ({ type: 11, name, value })
    const options = [
      file('media2', 'a2'),
      text('alt2', 'two'),
      text('alt', 'the address'),
      text('media_url', 'https://e.com/3.png https://e.com/4.png'),
      file('media3', 'a1'),
    ]
    const parsed = command([{ type: 1, name: 'post', options }], { resolved: { attachments } })
    expect(parsed).toMatchObject({
      media: [
        { from: 'upload', url: 'https://cdn/2.png', filename: '2.png', alt: 'two' },
        { from: 'upload', url: 'https://cdn/1.png', filename: '1.png' },
        { from: 'url', url: 'https://e.com/3.png', alt: 'the address' },
        { from: 'url', url: 'https://e.com/4.png' },
      ],
    })
  })

  it.each([
    ['a description without a file', [text('alt', 'nothing')], 'alt'],
    ['an address that is none', [text('media_url', 'picture.png')], 'media_url'],
    ['a file that is not there', [{ type: 11, name: 'media', value: 'a9' }], 'media'],
    ['a text for nobody', [text('own_text', 'Hello everybody')], 'text'],
  ])('is refused with %s', (_what, options, field) => {
    expect(command([text('text', 'Hello'), ...options])).toMatchObject({
      kind: 'malformed',
      problems: [{ field }],
      written: 'Hello',
    })
  })

  it.each([
    ['status', [], { kind: 'status' }],
    ['status', [text('id', '`P1ABC23`')], { kind: 'status', id: 'p1abc23' }],
    ['status', [text('id', 'p1abc23 Hello (1 live)')], { kind: 'status', id: 'p1abc23' }],
    ['retry', [text('id', 't1abc23')], { kind: 'retry', id: 't1abc23' }],
    ['retry', [], { kind: 'malformed' }],
    ['cancel', [text('id', 'p1abc23')], { kind: 'cancel', id: 'p1abc23' }],
    ['accounts', [], { kind: 'accounts' }],
    [
      'duplicate',
      [text('link', 'https://x.com/a/2'), text('id', 'p1abc23')],
      { kind: 'duplicate', link: 'https://x.com/a/2', id: 'p1abc23' },
    ],
    [
      'duplicate',
      [text('link', 'nonsense')],
      {
        kind: 'malformed',
        problems: [
          {
            field: 'link',
            message: 'That is not an address that starts with http:// or https://.',
          },
        ],
        written: 'duplicate nonsense',
      },
    ],
    ['help', [], { kind: 'help' }],
    ['form', [], { kind: 'openForm' }],
    ['dance', [], { kind: 'unsupported', what: '/publish dance' }],
  ])('/publish %s', (name, options, expected) => {
    expect(command([{ type: 1, name, options }])).toMatchObject(expected)
  })

  it('belongs to the channel of its thread', () => {
    const thread = { channel_id: 't1', channel: { id: 't1', type: 11, parent_id: 'c1' } }
    expect(press('cancel:p1', thread).incoming).toMatchObject({
      conversation: { channelId: 'c1' },
      address: { placeId: 't1' },
    })
    const bare = {
      ...base,
      type: 3,
      channel: undefined,
      channel_id: 't1',
      data: { custom_id: 'cancel:p1' },
    }
    const known = parseInteraction(bare, (id) => (id === 't1' ? 'c1' : undefined))
    expect(known.incoming.conversation.channelId).toBe('c1')
  })
})

describe('a button', () => {
  it('names its action and what it is about', () => {
    expect(press('confirm_live:t1').incoming.command).toMatchObject({
      kind: 'confirmLive',
      id: 't1',
    })
    expect(press('publish_anyway:p1:ask')).toMatchObject({
      kind: 'ask',
      action: 'publish_anyway',
      id: 'p1',
    })
    expect(press('publish_form').incoming.command).toMatchObject({ kind: 'openForm' })
    expect(press('dance:p1').incoming.command).toMatchObject({ kind: 'unsupported' })
    expect(press('toString:p1').incoming.command).toMatchObject({ kind: 'unsupported' })
  })

  it.each([
    ['confirm_live', 'confirmLive'],
    ['deny_live', 'denyLive'],
  ])('%s may tell when its question was asked', (action, kind) => {
    const { key: _, ...asked } = press(`${action}:t1.12`).incoming.command
    expect(asked).toEqual({ kind, id: 't1', askedAt: 12 })
    const { key: __, ...bare } = press(`${action}:t1`).incoming.command
    expect(bare).toEqual({ kind, id: 't1' })
    // What cannot be read is about no target at all, rather than about any question.
    expect(press(`${action}:t1.x`).incoming.command).toMatchObject({ id: 't1.x' })
  })

  it('knows whether only one person sees it', () => {
    expect(press('cancel:p1', { message: { flags: 64 } }).incoming.address.onPrivate).toBe(true)
    expect(press('cancel:p1', { message: { flags: 32_768 } }).incoming.address.onPrivate).toBe(
      false,
    )
  })
})

describe('a submitted form', () => {
  const label = (component: object) => ({ type: 18, id: 1, component })
  const row = (component: object) => ({ type: 1, components: [component] })

  it('is read in labels and in rows', () => {
    const attachments = { a1: { url: 'https://cdn/1.png', filename: '1.png' } }
    const parsed = submit(
      'publish_form',
      [
        label({ type: 4, custom_id: 'text', value: 'Hello\nyou' }),
        label({ type: 3, custom_id: 'targets', values: ['x', 'facebook'] }),
        label({ type: 19, custom_id: 'media', values: ['a1'] }),
        row({ type: 4, custom_id: 'alt', value: 'A boat\non water' }),
        row({ type: 4, custom_id: 'text:x', value: 'Short' }),
        { type: 10, id: 9 },
      ],
      { resolved: { attachments } },
    )
    expect(parsed).toEqual({
      kind: 'publish',
      text: 'Hello\nyou',
      texts: { x: 'Short' },
      media: [
        { from: 'upload', url: 'https://cdn/1.png', filename: '1.png', alt: 'A boat\non water' },
      ],
      targets: ['x', 'facebook'],
      key: 'discord:1',
    })
  })

  it.each([
    ['edit_retry_form:t1', 'text', { kind: 'editSubmitted', id: 't1', text: 'v' }],
    ['add_note_form:p1', 'note', { kind: 'noteSubmitted', id: 'p1', text: 'v' }],
    ['add_link_form:t1', 'link', { kind: 'linkSubmitted', id: 't1', link: 'v' }],
    ['other_form', 'text', { kind: 'unsupported' }],
  ])('%s', (id, field, expected) => {
    expect(submit(id, [label({ type: 4, custom_id: field, value: 'v' })])).toMatchObject(expected)
  })
})

it('does not take what is no interaction', () => {
  expect(() => parseInteraction({ type: 2 })).toThrow()
})
