import { describe, expect, it } from 'vitest'
import { renderForm } from '../../../src/bot/slack/form.js'
import { formErrors, renderReply } from '../../../src/bot/slack/reply.js'
import { checkMessageBlocks, checkModal } from '../../../src/sandbox/slack/block-kit/validate.js'

const newId = () => 'block'

describe('renderReply', () => {
  it('lets nothing in a text become a mention or a link', () => {
    const message = renderReply({ kind: 'text', text: '<!channel> & <@U1>' })
    expect(message?.text).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt;')
  })

  it("keeps long answers inside Slack's limits", () => {
    const line = `• ${'word '.repeat(60)}`
    const message = renderReply({ kind: 'text', text: Array(80).fill(line).join('\n') })
    expect(() => checkMessageBlocks(message?.blocks, newId)).not.toThrow()
    expect(message?.blocks.length).toBeGreaterThan(1)
  })

  it('shows what was written as it was written', () => {
    const message = renderReply({
      kind: 'problems',
      problems: [{ field: 'targets', message: '"y" is not an account here.' }],
      written: '*Bold* <b>',
    })
    expect(JSON.stringify(message?.blocks)).toContain('*Bold* <b>')
    expect(() => checkMessageBlocks(message?.blocks, newId)).not.toThrow()
  })

  it('hands back all of a long text', () => {
    const written = `${'a'.repeat(2_999)}😀${'b'.repeat(3_500)}`
    const problems = [{ field: 'text', message: 'It is too long.' }] as const
    const message = renderReply({ kind: 'problems', problems, written })
    const texts = [...JSON.stringify(message?.blocks).matchAll(/"text":"([ab😀]+)"/gu)]
    expect(texts.map(([, text]) => text).join('')).toBe(written)
    expect(() => checkMessageBlocks(message?.blocks, newId)).not.toThrow()
    const words = { field: 'text', message: 'x'.repeat(8_000) } as const
    const crowded = renderReply({ kind: 'problems', problems: [words], written })
    expect(() => checkMessageBlocks(crowded?.blocks, newId)).not.toThrow()
  })

  it('says beside verdicts when they were asked for', () => {
    const about = { value: 't1', askedAt: 2 }
    const message = renderReply({
      kind: 'question',
      text: 'Is it live?',
      buttons: [
        { action: 'confirm_live', label: "I confirmed it's live", ...about },
        { action: 'deny_live', label: "It's not there", ...about },
      ],
    })
    expect(() => checkMessageBlocks(message?.blocks, newId)).not.toThrow()
    expect(message?.blocks.at(-1)).toMatchObject({
      block_id: 'verdict:t1.2:0',
      elements: [{ value: 't1' }, { value: 't1' }],
    })
  })

  it('gives a heavy button a dialog of its own', () => {
    const message = renderReply({
      kind: 'question',
      text: 'Again?',
      buttons: [
        {
          action: 'publish_anyway',
          value: 'p1',
          label: 'Publish a new copy',
          style: 'danger',
          confirm: { title: 'Sure?', text: 'x'.repeat(400), yes: 'Publish a second copy' },
        },
      ],
    })
    expect(() => checkMessageBlocks(message?.blocks, newId)).not.toThrow()
    expect(JSON.stringify(message?.blocks)).toContain('"confirm"')
  })
})

describe('formErrors', () => {
  it('puts each problem beside its field, and names the account', () => {
    const errors = formErrors(
      [
        { field: 'text', account: 'x', message: 'Too long.' },
        { field: 'text', account: 'threads', message: 'Too long too.', next: 'Cut it.' },
        { field: 'text:x', account: 'x', message: 'Bad.' },
        { field: 'media_url', message: 'Gone.' },
      ],
      ['text', 'text:x'],
    )
    expect(errors).toEqual({
      text: 'x: Too long. threads: Too long too. Cut it. Gone.',
      'text:x': 'Bad.',
    })
  })
})

describe('renderForm', () => {
  const accounts = (count: number) =>
    Array.from({ length: count }, (_, i) => ({
      name: `account-${i}`,
      platform: 'facebook',
      ...(i % 2 ? { held: 'The token has expired. '.repeat(20) } : {}),
    }))

  it.each([1, 30, 100, 101, 400])("stays inside Slack's limits with %d accounts", (count) => {
    const notes = Array(5).fill('n'.repeat(900))
    const form = {
      kind: 'publish',
      accounts: accounts(count),
      notes,
      zone: 'Europe/Madrid',
    } as const
    expect(() => checkModal(renderForm(form, { channel: 'C1' }), newId)).not.toThrow()
    const some = { ...form, chosen: ['account-0'] }
    expect(() => checkModal(renderForm(some, { channel: 'C1' }), newId)).not.toThrow()
  })

  it('has no list without accounts chosen', () => {
    const form = {
      kind: 'publish',
      accounts: accounts(2),
      chosen: [],
      notes: [],
      zone: 'UTC',
    } as const
    expect(() => checkModal(renderForm(form, { channel: 'C1' }), newId)).not.toThrow()
  })
})
