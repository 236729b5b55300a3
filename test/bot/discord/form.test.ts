import { ComponentType } from 'discord.js'
import { describe, expect, it } from 'vitest'
import type { Draft } from '../../../src/bot/discord/drafts.js'
import { renderForm } from '../../../src/bot/discord/form.js'
import { namesIn } from '../../../src/bot/discord/parse-options.js'
import { modal } from '../../../src/sandbox/discord/validate/modal.js'

const names = Array.from({ length: 300 }, (_, index) => `account-number-${index}`)
const accounts = names.map((name) => ({ name, platform: 'facebook' }))

/** The field for accounts, in a form that Discord takes. */
function fieldOf(chosen: readonly string[] | undefined, draft?: Draft) {
  const own = chosen === undefined ? {} : { chosen }
  const form = { kind: 'publish', accounts, ...own, notes: [], zone: 'UTC' } as const
  const made = renderForm(form, draft)
  expect(() => modal.parse(made)).not.toThrow()
  const label = made.components[1]
  if (label?.type !== ComponentType.Label) throw new Error('no label')
  const { component, description } = label
  if (component.type !== ComponentType.TextInput) throw new Error('no text')
  return { named: namesIn(component.value ?? ''), hint: description }
}

describe('the accounts of the form, beyond what a list holds', () => {
  it("are the channel's own, all of them, where they fit", () => {
    const own = names.slice(0, 210) // with a space behind each comma they would not
    const hint = "Names with commas between; empty means this channel's 210 accounts."
    expect(own.join(', ').length).toBeGreaterThan(4_000)
    expect(fieldOf(own)).toEqual({ named: own, hint })
  })

  it('are left empty where naming a part would hide the rest', () => {
    const hint =
      "Names with commas between; empty means this channel's 250 accounts, too many to list."
    expect(fieldOf(names.slice(0, 250))).toEqual({ named: [], hint })
  })

  it('are left empty where the channel means all', () => {
    const hint = 'Names with commas between; empty means all 300.'
    expect(fieldOf(undefined)).toEqual({ named: [], hint })
  })

  it('are what was written when the form is opened again, also when that was many', () => {
    const own = names.slice(0, 3)
    const hint = "Names with commas between; empty means this channel's 3 accounts."
    expect(fieldOf(own, { targets: names.slice(0, 200) })).toEqual({
      named: names.slice(0, 200),
      hint,
    })
  })
})
