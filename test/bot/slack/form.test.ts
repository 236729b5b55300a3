import type { types } from '@slack/bolt'
import { describe, expect, it } from 'vitest'
import { renderForm } from '../../../src/bot/slack/form.js'
import { checkModal } from '../../../src/sandbox/slack/block-kit/validate.js'

const accounts = Array.from({ length: 130 }, (_, index) => ({
  name: `page-${index}`,
  platform: 'facebook',
}))

/** The field for accounts, in a form that Slack takes, when the channel has so many of its own. */
function fieldOf(own: number | undefined) {
  const chosen = own === undefined ? {} : { chosen: accounts.slice(0, own).map(({ name }) => name) }
  const form = { kind: 'publish', accounts, ...chosen, notes: [], zone: 'UTC' } as const
  const view = renderForm(form, { channel: 'C1' })
  let ids = 0
  expect(() => checkModal(view, () => `id${ids++}`)).not.toThrow()
  const block = view.blocks.find(({ block_id }) => block_id === 'targets') as types.InputBlock
  const element = block.element as types.MultiExternalSelect
  return { named: element.initial_options?.length ?? 0, hint: block.hint?.text }
}

describe('the notes of the form', () => {
  it.each(['😀', '&'])('are shortened at a whole %s', (character) => {
    const note = character.repeat(1_000)
    const form = { kind: 'publish', accounts: [], notes: [note, note], zone: 'UTC' } as const
    const view = JSON.stringify(renderForm(form, { channel: 'C1' }))
    expect(view).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/)
    expect(view.replaceAll('&amp;', '')).not.toContain('&')
  })
})

describe('the accounts of the form, beyond what a list holds', () => {
  it("are the channel's own, all of them, where they fit", () => {
    expect(fieldOf(100)).toEqual({ named: 100, hint: "Empty means this channel's 100 accounts." })
  })

  it('are left empty where naming a part would hide the rest', () => {
    const hint = "Empty means this channel's 101 accounts, too many to list."
    expect(fieldOf(101)).toEqual({ named: 0, hint })
    expect(fieldOf(130)).toEqual({ named: 0, hint: hint.replace('101', '130') })
  })

  it('are left empty where the channel means all', () => {
    expect(fieldOf(undefined)).toEqual({ named: 0, hint: 'Empty means all 130.' })
  })
})
