import { describe, expect, it } from 'vitest'
import { postCard } from '../../../src/bot/card.js'
import { repliesFor } from '../../../src/bot/card-replies.js'
import { targetCard } from '../../../src/bot/card-target.js'
import { COMMANDS } from '../../../src/bot/discord/commands.js'
import { renderForm } from '../../../src/bot/discord/form.js'
import { nonceOf } from '../../../src/bot/discord/marker.js'
import { render } from '../../../src/bot/discord/render.js'
import { renderReply } from '../../../src/bot/discord/reply.js'
import type { Form } from '../../../src/bot/reply.js'
import { note, STATES, target, view } from '../view.js'
import { unofficial } from './official.js'

const sent = (route: string, body: unknown) => {
  const [method = '', path = ''] = route.split(' ')
  return unofficial([{ method, route: path, path, body, at: 0, status: 200 }])
}
const POST = 'POST /channels/:channel/messages'
const states = Object.values(STATES)
const many = states.map((state, index) => target(`t${index}`, state))

describe("Discord's own description", () => {
  it('allows every card', () => {
    const shown = view(many, { notes: [note({ id: 'n1', text: '*_~`'.repeat(500) })] })
    const replies = repliesFor(shown, []).map(({ card }) => card)
    const cards = [postCard(shown), ...many.map((one) => targetCard(shown, one)), ...replies]
    const problems = cards.flatMap((card) => {
      if (card.kind === 'media') return []
      const { textFile: _file, ...message } = render(card)
      return sent(POST, { ...message, nonce: nonceOf('k'), enforce_nonce: true })
    })
    expect(cards.length).toBeGreaterThan(states.length)
    expect(problems).toEqual([])
  })

  it.each([
    { kind: 'edit', targetId: 't1', account: 'a'.repeat(60), text: 'x'.repeat(4_000), why: 'why' },
    { kind: 'note', id: 'p1', about: 'facebook' },
    { kind: 'link', targetId: 't1', account: 'a' },
    {
      kind: 'publish',
      accounts: Array.from({ length: 25 }, (_, index) => ({ name: `a${index}`, platform: 'x' })),
      notes: [],
      zone: 'UTC',
    },
  ] satisfies Form[])('allows the form $kind', (form) => {
    const body = { type: 9, data: renderForm(form) }
    expect(sent('POST /interactions/:id/:token/callback', body)).toEqual([])
  })

  it('allows the commands and private answers', () => {
    expect(sent('PUT /applications/:app/commands', COMMANDS)).toEqual([])
    const answers = renderReply({
      kind: 'question',
      text: 'word '.repeat(1_500),
      buttons: [{ action: 'publish_anyway', value: 'p1', label: 'Publish anyway' }],
    })
    expect(answers.flatMap((body) => sent('POST /webhooks/:app/:token', body))).toEqual([])
  })

  it('refuses what Discord would refuse', () => {
    const button = { type: 2, style: 1, label: 'x'.repeat(81), custom_id: 'a:b' }
    expect(sent(POST, { components: [{ type: 1, components: [button] }] })).toHaveLength(1)
    expect(sent(POST, { content: 'x'.repeat(2_001) })).toEqual([
      expect.stringContaining('too long for a bot'),
    ])
    expect(sent('PUT /applications/:app/commands', [{ name: '' }])).toHaveLength(1)
  })
})
