import { describe, expect, it } from 'vitest'
import { actionBlocks, questionAsked } from '../../../src/bot/slack/action-rows.js'

const button = (action: string, value: string, askedAt?: number) => ({
  action,
  value,
  ...(askedAt === undefined ? {} : { askedAt }),
})
const blocksOf = (...buttons: ReturnType<typeof button>[]) =>
  actionBlocks(buttons, ({ action, value }) => `${action} ${value}`)

describe('buttons in blocks', () => {
  it('stand in one block, which needs no id when nothing is asked', () => {
    expect(blocksOf(button('retry_failed', 't1'), button('add_note', 't1'))).toEqual([
      { type: 'actions', elements: ['retry_failed t1', 'add_note t1'] },
    ])
  })

  it('begin a block of their own where the same action comes again', () => {
    const blocks = blocksOf(
      button('resolve_note', 'n1'),
      button('confirm_live', 't1', 2),
      button('resolve_note', 'n2'),
      button('deny_live', 't1', 2),
    )
    expect(blocks.map(({ elements }) => elements)).toEqual([
      ['resolve_note n1', 'confirm_live t1', 'deny_live t1'],
      ['resolve_note n2'],
    ])
  })

  it.each([
    ['another target', 't2', 1],
    ['another question', 't1', 2],
  ])('never ask about two things in one block: %s', (_what, value, askedAt) => {
    const blocks = blocksOf(button('confirm_live', 't1', 1), button('deny_live', value, askedAt))
    const asked = blocks.map(({ block_id }, index) =>
      questionAsked(block_id, index === 0 ? 't1' : value),
    )
    expect(asked).toEqual([1, askedAt])
  })

  it('have ids that are unique in a message, whatever is asked twice in it', () => {
    const twice = [button('deny_live', 't1', 3), button('deny_live', 't1', 3)]
    const ids = blocksOf(...twice).map(({ block_id }) => block_id)
    expect(new Set(ids).size).toBe(2)
    expect(ids.map((id) => questionAsked(id, 't1'))).toEqual([3, 3])
  })
})

describe('when the question of a pressed button was asked', () => {
  const [asking] = blocksOf(button('deny_live', 't0xqd', 12))

  it('is told by the id of its block', () => {
    expect(questionAsked(asking?.block_id, 't0xqd')).toBe(12)
  })

  it.each([
    ['is absent', undefined],
    ['is null', null],
    ['is one that Slack made', 'b1Xy'],
    ['is of another form', 'verdict:t0xqd:0'],
    ['names another target', 'verdict:t1.12:0'],
  ])('is not known where the id %s', (_what, id) => {
    expect(questionAsked(id, 't0xqd')).toBeUndefined()
  })
})
