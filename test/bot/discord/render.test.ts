import { describe, expect, it } from 'vitest'
import { postCard } from '../../../src/bot/card.js'
import { targetButtons } from '../../../src/bot/card-buttons.js'
import { repliesFor } from '../../../src/bot/card-replies.js'
import { targetCard } from '../../../src/bot/card-target.js'
import type { Card } from '../../../src/bot/chat.js'
import { COMMANDS } from '../../../src/bot/discord/commands.js'
import { renderForm } from '../../../src/bot/discord/form.js'
import { isMarked, nonceOf, textOf } from '../../../src/bot/discord/marker.js'
import { render } from '../../../src/bot/discord/render.js'
import { renderReply } from '../../../src/bot/discord/reply.js'
import type { Form } from '../../../src/bot/reply.js'
import type { TargetState } from '../../../src/publisher/core/target.js'
import { commandSet } from '../../../src/sandbox/discord/validate/command.js'
import { messageCreate, messageReply } from '../../../src/sandbox/discord/validate/message.js'
import { modal } from '../../../src/sandbox/discord/validate/modal.js'
import type { StoredTarget } from '../../../src/store/stored-target.js'
import { MINUTE, media, NOW, note, STATES, TO_APPROVE, target, view } from '../view.js'

const ANA = { authorId: '900000000000000100', authorName: 'Ana' }
type Rendered = Exclude<Card, { kind: 'media' }>

/** Renders, and has the message checked as strictly as Discord does. */
function rendered(card: Rendered) {
  const { textFile: _file, ...message } = render(card)
  messageCreate.parse({ ...message, nonce: nonceOf('k'), enforce_nonce: true })
  return render(card)
}
const anas = (shown: ReturnType<typeof view>) => ({ ...shown, post: { ...shown.post, ...ANA } })
const targetIn = (state: TargetState, change: Parameters<typeof target>[2] = {}) => {
  const stored = target('tfacebook', state, change)
  return textOf(rendered(targetCard(view([stored]), stored)))
}
const replies = (shown: ReturnType<typeof view>) =>
  repliesFor(anas(shown), []).flatMap(({ card }) => (card.kind === 'reply' ? [rendered(card)] : []))

describe('a post', () => {
  it('says what, how many, who and when, and ends with its id', () => {
    const targets = [target('ta', STATES.published), target('tb', STATES.failed)]
    const message = rendered(postCard(anas(view(targets))))
    const seconds = (NOW - MINUTE) / 1000
    expect(textOf(message)).toBe(
      `**Hello world**\n**1 live** · **1 failed** · 0 processing · 0 waiting to retry · 0 need a person\n-# by <@900000000000000100> · <t:${seconds}:f> · p1`,
    )
    expect(isMarked(message, 'post', 'p1')).toBe(true)
    expect(message.allowed_mentions).toEqual({ parse: [] })
    expect(JSON.stringify(message.components)).toContain('"custom_id":"retry_failed:p1"')
  })

  it.each([
    ['🟠', STATES.unconfirmed, 0xe67e22],
    ['🔴', STATES.failed, 0xd83c3e],
    ['🟢', STATES.published, 0x2e9e5b],
  ])('has the colour of what matters most: %s', (_symbol, state, color) => {
    const message = rendered(postCard(view([target('ta', STATES.published), target('tb', state)])))
    expect(message.components?.[0]).toMatchObject({ accent_color: color })
  })

  it('stays inside the limits with long notes and a text full of markup', () => {
    const shown = view([target('ta', STATES.failed)], {
      notes: Array.from({ length: 9 }, (_, id) => note({ id: `n${id}`, text: '*_~`'.repeat(500) })),
    })
    const long = { ...shown, post: { ...shown.post, text: '**[x](y)** <@1> '.repeat(400) } }
    const message = rendered(postCard(long))
    expect(isMarked(message, 'post', 'p1')).toBe(true)
  })
})

describe('a target', () => {
  it.each(Object.entries(STATES))('is inside the limits when %s', (_name, state) => {
    expect(targetIn(state)).toMatch(/\n-# tfacebook$/)
  })

  it('links to what is live, and says why it is not', () => {
    expect(targetIn(STATES.published)).toContain('[open](<https://example.com/42>)')
    expect(targetIn(STATES.failed)).toContain('The platform is down.\nPress Retry failed later.')
  })

  it('shows what platforms and people wrote as they wrote it', () => {
    const reason = {
      class: 'platform',
      text: '# <@123> **no** [a](b)\n- https://e.com/a_b_c',
    } as const
    const text = targetIn({ status: 'failed', reason, failedAt: NOW })
    expect(text).toContain('\\# \\<@123> \\*\\*no\\*\\* \\[a\\](b)\n\\- https://e.com/a_b_c')
  })

  it('shows all of the text that somebody is asked to approve, as it was written', () => {
    const shown = (text: string, change: Partial<StoredTarget['content']> = {}) =>
      targetIn(TO_APPROVE, { content: { text, media: [], ...change } })
    const text = `# Not a heading\n${'Word '.repeat(400)}the end`
    expect(shown(text)).toContain(`\n>>> \\${text}\n-# tfacebook`)
    const files = Array.from({ length: 10 }, () => media(`${'long '.repeat(50)}.png`))
    const cut = shown('*'.repeat(9_000), { media: files })
    expect(cut).toMatch(/\*…\n-# The text goes on; it has 9,000 characters in all\.\n-# tfacebook$/)
    expect(shown('', { media: [media('a.png')] })).toContain('Approve sends a.png, without a text.')
  })

  it('cuts what is too long without leaving half a token', () => {
    const reason = { class: 'platform', text: '😀*'.repeat(3_000) } as const
    const text = targetIn({ status: 'failed', reason, failedAt: NOW })
    expect(text.length).toBeLessThan(4_000)
    expect(text).toMatch(/…\n-# tfacebook$/)
    expect(text).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/)
  })
})

describe('a reply', () => {
  it('mentions the author alone, and carries its key', () => {
    const [message] = replies(view([target('ta', STATES.failed)]))
    expect(message?.content).toMatch(/^<@900000000000000100> \*\*a\*\* failed and is not live/)
    expect(message?.allowed_mentions).toEqual({ parse: [], users: ['900000000000000100'] })
    expect(message && isMarked(message, 'reply', 'p1/ta:failed:1')).toBe(true)
    expect(message && isMarked(message, 'reply', 'p1/ta:failed:2')).toBe(false)
  })

  it('names an author who is not of Discord, and mentions nobody', () => {
    const [message] = repliesFor(view([target('ta', STATES.failed)]), [])
    const shown = message?.card.kind === 'reply' ? rendered(message.card) : undefined
    expect(shown?.content).toMatch(/^Ana /)
    expect(shown?.allowed_mentions).toEqual({ parse: [] })
  })

  it('lists several things one under the other', () => {
    const [message] = replies(view([target('ta', STATES.failed), target('tb', STATES.held)]))
    expect(message?.content?.match(/\n• /g)).toHaveLength(2)
    expect(message?.content).toContain('\nAll in all: 1 failed, 1 needs a person.\n-# p1 · ')
  })

  it.each([
    ['Hello *you*\n# and you', undefined],
    ['x'.repeat(1_490), undefined],
    ['x'.repeat(1_950), 'x'.repeat(1_950)],
  ])('holds a text to copy as it is, or as a file', (text, file) => {
    const content = { text, media: [] }
    const shown = view([target('tn', STATES.unconfirmed, { platform: 'manual', content })])
    const [message] = replies(shown)
    expect(message?.textFile).toBe(file)
    if (file === undefined) expect(message?.content).toContain(`\`\`\`\n${text}\n\`\`\``)
  })
})

describe('a verdict', () => {
  const asked = target('tfacebook', { ...STATES.unconfirmed, askedAt: 2 })
  const idsIn = (shown: unknown) =>
    [...JSON.stringify(shown).matchAll(/"custom_id":"([^"]+)"/g)].map(([, id]) => id)

  it('is about the target in its thread, where the message is kept up to date', () => {
    expect(idsIn(rendered(targetCard(view([asked]), asked)))).toEqual([
      'confirm_live:tfacebook',
      'deny_live:tfacebook',
      'add_note:tfacebook',
    ])
  })

  it('is about the question in a private answer, which stays as it is', () => {
    const buttons = targetButtons(asked)
    const [{ files: _files, ...message } = {}] = renderReply({
      kind: 'question',
      text: 'Is it live?',
      buttons,
    })
    messageReply.parse(message)
    expect(idsIn(message)).toEqual([
      'confirm_live:tfacebook.2',
      'deny_live:tfacebook.2',
      'add_note:tfacebook',
    ])
  })
})

describe('a private answer', () => {
  it('is split where it is too long for one message', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `• line ${index} ${'_'.repeat(40)}`)
    const messages = renderReply({ kind: 'text', text: lines.join('\n') })
    expect(messages.length).toBeGreaterThan(1)
    for (const { files: _files, ...message } of messages) messageReply.parse(message)
    expect(messages.map(({ content }) => content).join('\n')).toContain('line 59')
  })

  it('gives back a long text as a file', () => {
    const problems = [{ field: 'text', message: 'No.' }] as const
    const [, written] = renderReply({ kind: 'problems', problems, written: 'x'.repeat(3_000) })
    expect(written?.files).toMatchObject([{ name: 'text.txt' }])
  })
})

describe('forms and commands', () => {
  const accounts = Array.from({ length: 30 }, (_, index) => ({
    name: `account-${index}-${'x'.repeat(80)}`,
    platform: 'facebook',
  }))
  const publish = { kind: 'publish', notes: [], zone: 'America/Argentina/ComodRivadavia' } as const

  it.each<Form>([
    { ...publish, accounts: accounts.slice(0, 25) },
    { ...publish, accounts, chosen: accounts.slice(0, 3).map(({ name }) => name) },
    { kind: 'edit', targetId: 't1', account: 'x'.repeat(80), text: 'a', why: 'y'.repeat(300) },
    { kind: 'note', id: 't1', about: 'x'.repeat(200) },
    { kind: 'link', targetId: 't1', account: 'x'.repeat(80) },
  ])('are what Discord takes: $kind', (form) => {
    expect(modal.parse(renderForm(form)).custom_id).toMatch(
      /^(publish|edit_retry|add_note|add_link)_form/,
    )
  })

  it('register as they are', () => {
    expect(commandSet.parse(COMMANDS)).toHaveLength(2)
  })
})
