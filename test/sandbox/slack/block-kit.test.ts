import { describe, expect, it } from 'vitest'
import { checkMessageBlocks, checkModal } from '../../../src/sandbox/slack/block-kit/validate.js'
import { SlackApiError } from '../../../src/sandbox/slack/types.js'

const plain = (text: string) => ({ type: 'plain_text', text })
const section = { type: 'section', text: { type: 'mrkdwn', text: 'Hello' } }
const button = (over: object = {}) => ({ type: 'button', text: plain('Go'), ...over })
const actions = (...elements: object[]) => ({ type: 'actions', elements })
const option = (value: string) => ({ text: plain(value || 'x'), value })
const options = (count: number) => Array.from({ length: count }, (_, i) => option(`o${i}`))
const input = (element: object, over: object = {}) => ({
  type: 'input',
  label: plain('Label'),
  element,
  ...over,
})
const modal = (...blocks: object[]) => ({
  type: 'modal',
  title: plain('Title'),
  submit: plain('Send'),
  blocks,
})
const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item)
const long = (length: number) => 'x'.repeat(length)

const newId = () => Math.random().toString(36)

function refusal(check: () => unknown): SlackApiError {
  try {
    check()
  } catch (error) {
    if (error instanceof SlackApiError) return error
    throw error
  }
  throw new Error('accepted')
}

describe('blocks of a message', () => {
  it('are accepted up to the limits', () => {
    const full = [
      { type: 'header', text: plain(long(150)) },
      { type: 'section', text: { type: 'mrkdwn', text: long(3000) }, accessory: button() },
      { type: 'section', fields: many(10, plain('field')) },
      actions(...Array.from({ length: 25 }, (_, i) => button({ action_id: `a${i}` }))),
      actions(button({ value: long(2000), text: plain(long(75)), action_id: long(255) })),
      { type: 'context', elements: many(10, { type: 'mrkdwn', text: 'x' }) },
      { type: 'image', image_url: 'https://a.example/b.png', alt_text: long(2000) },
      { type: 'divider', block_id: long(255) },
    ]
    expect(checkMessageBlocks(full, newId)).toHaveLength(full.length)
    expect(checkMessageBlocks(many(50, section), newId)).toHaveLength(50)
  })

  it('get the ids Slack would give them', () => {
    const [block] = checkMessageBlocks([actions(button(), button())], newId)
    expect(block).toMatchObject({
      block_id: expect.any(String),
      elements: [{ action_id: expect.any(String) }, { action_id: expect.any(String) }],
    })
  })

  it.each<[string, object[], string]>([
    ['51 blocks', many(51, section), '/blocks'],
    ['an unknown block', [{ type: 'poem' }], 'unsupported type: poem'],
    ['an unknown element', [actions({ type: 'lever' })], '/blocks/0/elements/0'],
    ['an unknown field', [{ ...section, colour: 'red' }], 'colour'],
    ['a section without text', [{ type: 'section' }], '/blocks/0'],
    ['an empty section', [{ type: 'section', text: plain('') }], '/blocks/0/text/text'],
    ['a long section', [{ type: 'section', text: plain(long(3001)) }], '/blocks/0/text/text'],
    ['11 fields', [{ type: 'section', fields: many(11, plain('x')) }], '/blocks/0/fields'],
    ['a long field', [{ type: 'section', fields: [plain(long(2001))] }], '/blocks/0/fields/0/text'],
    ['a long header', [{ type: 'header', text: plain(long(151)) }], '/blocks/0/text/text'],
    ['a mrkdwn header', [{ type: 'header', text: section.text }], '/blocks/0/text/type'],
    ['26 buttons', [actions(...many(26, button()))], '/blocks/0/elements'],
    ['no buttons', [actions()], '/blocks/0/elements'],
    ['a long label', [actions(button({ text: plain(long(76)) }))], '/elements/0/text/text'],
    ['a long value', [actions(button({ value: long(2001) }))], '/elements/0/value'],
    ['a long action_id', [actions(button({ action_id: long(256) }))], '/elements/0/action_id'],
    ['a long url', [actions(button({ url: `https://a.b/${long(3000)}` }))], '/elements/0/url'],
    ['a long block_id', [{ type: 'divider', block_id: long(256) }], '/blocks/0/block_id'],
    ['11 context elements', [{ type: 'context', elements: many(11, plain('x')) }], '/elements'],
    ['an image without alt', [{ type: 'image', image_url: 'https://a.b/c' }], '/alt_text'],
    ['an image without source', [{ type: 'image', alt_text: 'x' }], '/blocks/0'],
    ['an overflow of 6', [actions({ type: 'overflow', options: options(6) })], '/options'],
    ['11 checkboxes', [actions({ type: 'checkboxes', options: options(11) })], '/options'],
    ['101 options', [actions({ type: 'static_select', options: options(101) })], '/options'],
    ['no options', [actions({ type: 'static_select', options: [] })], '/options'],
    [
      'a confirm without a title',
      [actions(button({ confirm: { text: plain('x'), confirm: plain('y'), deny: plain('n') } }))],
      '/confirm/title',
    ],
    [
      'the same block_id twice',
      [
        { type: 'divider', block_id: 'a' },
        { type: 'divider', block_id: 'a' },
      ],
      'block_id "a" already exists',
    ],
    [
      'the same action_id twice in a block',
      [section, actions(button({ action_id: 'go' }), button({ action_id: 'go' }))],
      '/blocks/1/elements/1/action_id',
    ],
    [
      'two tables',
      many(2, { type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] }),
      'one_table',
    ],
    ['a file input', [input({ type: 'file_input' })], 'file_input needs a modal'],
    [
      'an initial option that is not offered',
      [actions({ type: 'static_select', options: options(2), initial_option: option('other') })],
      'initial option',
    ],
  ])('refuse %s', (_, blocks, where) => {
    const error = refusal(() => checkMessageBlocks(blocks, newId))
    expect(error.code).toBe('invalid_blocks')
    expect(error.details.join('\n')).toContain(where)
  })

  it('may share an action_id across blocks', () => {
    const twice = [actions(button({ action_id: 'go' })), actions(button({ action_id: 'go' }))]
    expect(checkMessageBlocks(twice, newId)).toHaveLength(2)
  })

  it('are too long together before Slack would say so', () => {
    const blocks = many(4, { type: 'section', text: plain(long(2600)) })
    expect(refusal(() => checkMessageBlocks(blocks, newId)).code).toBe('msg_blocks_too_long')
  })
})

describe('a modal', () => {
  it('is accepted up to the limits', () => {
    const view = {
      ...modal(...many(99, section), input({ type: 'plain_text_input' })),
      title: plain(long(24)),
      private_metadata: long(3000),
      callback_id: long(255),
    }
    expect(checkModal(view, newId).blocks).toHaveLength(100)
  })

  it.each<[string, object, string]>([
    ['101 blocks', modal(...many(101, section)), '/view/blocks'],
    ['a long title', { ...modal(), title: plain(long(25)) }, '/view/title/text'],
    ['a long submit', { ...modal(), submit: plain(long(25)) }, '/view/submit/text'],
    ['long metadata', { ...modal(), private_metadata: long(3001) }, '/view/private_metadata'],
    ['a long callback_id', { ...modal(), callback_id: long(256) }, '/view/callback_id'],
    ['input without label', modal({ type: 'input', element: { type: 'datepicker' } }), '/label'],
    ['a button as input', modal(input(button())), 'unsupported type: button'],
    ['markdown', modal({ type: 'markdown', text: 'x' }), 'unsupported type: markdown'],
    ['11 files', modal(input({ type: 'file_input', max_files: 11 })), '/element/max_files'],
    [
      'a long placeholder',
      modal(input({ type: 'plain_text_input', placeholder: plain(long(151)) })),
      '/element/placeholder/text',
    ],
    [
      'a form without submit',
      { ...modal(input({ type: 'plain_text_input' })), submit: undefined },
      '/view/submit',
    ],
    [
      'two fields that want the focus',
      modal(...many(2, input({ type: 'plain_text_input', focus_on_load: true }))),
      'focus_on_load',
    ],
  ])('refuses %s', (_, view, where) => {
    const error = refusal(() => checkModal(view, newId))
    expect(error.code).toBe('invalid_arguments')
    expect(error.details.join('\n')).toContain(where)
  })

  it('is too large above 250 KB', () => {
    const view = modal(...many(90, { type: 'section', text: plain(long(2990)) }))
    expect(refusal(() => checkModal(view, newId)).code).toBe('view_too_large')
  })
})
