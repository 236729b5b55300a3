import { describe, expect, it } from 'vitest'
import { postCard } from '../../../src/bot/card.js'
import { repliesFor } from '../../../src/bot/card-replies.js'
import { targetCard } from '../../../src/bot/card-target.js'
import type { Card } from '../../../src/bot/chat.js'
import { render } from '../../../src/bot/slack/render.js'
import type { TargetState } from '../../../src/publisher/core/target.js'
import { checkMessageBlocks } from '../../../src/sandbox/slack/block-kit/validate.js'
import { ANA, MINUTE, NOW, note, STATES, TO_APPROVE, target, view } from '../view.js'

const ZONE = 'Europe/Madrid'
type Rendered = Exclude<Card, { kind: 'media' }>

/** Renders, and has the blocks checked as strictly as Slack does. */
function rendered(card: Rendered) {
  const message = render(card, ZONE)
  let ids = 0
  checkMessageBlocks(message.blocks, () => `b${ids++}`)
  expect(message.text.length).toBeLessThanOrEqual(4000)
  expect(message.text).not.toBe('')
  return message
}
const targetIn = (state: TargetState, change: Parameters<typeof target>[2] = {}) => {
  const stored = target('tfacebook', state, change)
  return rendered(targetCard(view([stored]), stored))
}
const replies = (shown: ReturnType<typeof view>) =>
  repliesFor(shown, []).flatMap(({ card }) => (card.kind === 'reply' ? [rendered(card)] : []))

describe('a post in Slack', () => {
  const targets = [target('ta', STATES.published), target('tb', STATES.failed)]

  it('takes three blocks: what and how many, who and when, buttons', () => {
    const { blocks } = rendered(postCard(view(targets)))
    expect(blocks.map(({ type }) => type)).toEqual(['rich_text', 'context', 'actions'])
    const text = JSON.stringify(blocks)
    expect(text).toContain('Hello world')
    expect(text).toContain(`by <@${ANA.id}>`)
    expect(text).toContain(`<!date^${(NOW - MINUTE) / 1000}^{date_short_pretty} {time}|20 Nov`)
    for (const count of ['1 live', '1 failed', '0 processing', '0 waiting to retry']) {
      expect(text).toContain(count)
    }
  })

  it('carries the counts for other tools', () => {
    expect(rendered(postCard(view(targets))).metadata).toEqual({
      event_type: 'pressroom_post',
      event_payload: {
        postId: 'p1',
        counts: { live: 1, failed: 1, processing: 0, needsRetry: 0, needsPerson: 0 },
      },
    })
  })

  it('shows what people wrote as they wrote it', () => {
    const base = view(targets)
    const text = '<!channel> *sale* & _more_ <https://evil.example|click>'
    const message = rendered(postCard({ ...base, post: { ...base.post, text } }))
    expect(message.text).toContain('&lt;!channel&gt; *sale* &amp; _more_')
    expect(message.text).not.toContain('<!channel>')
    expect(message.blocks[0]).toMatchObject({
      elements: [{ elements: expect.arrayContaining([expect.objectContaining({ text })]) }],
    })
  })

  it('names an author who is not in Slack', () => {
    const base = view(targets)
    const post = { ...base.post, authorId: 'api', authorName: 'Deploy <bot>' }
    const text = JSON.stringify(rendered(postCard({ ...base, post })).blocks)
    expect(text).toContain('by Deploy &lt;bot&gt;')
  })
})

describe('a target in Slack', () => {
  it.each(Object.keys(STATES) as (keyof typeof STATES)[])('fits while it is %s', (status) => {
    const { metadata, blocks } = targetIn(STATES[status])
    expect(metadata).toEqual({
      event_type: 'pressroom_target',
      event_payload: {
        postId: 'p1',
        targetId: 'tfacebook',
        account: 'facebook',
        platform: 'facebook',
        state: status,
        attempt: 1,
        permalink: status === 'published' ? 'https://example.com/42' : '',
      },
    })
    expect(blocks.length).toBeLessThanOrEqual(3)
  })

  it('puts fixed action ids and the target id on its buttons', () => {
    const actions = targetIn(STATES.unconfirmed).blocks.find(({ type }) => type === 'actions')
    expect(actions).toMatchObject({
      elements: [
        { action_id: 'confirm_live', value: 'tfacebook', style: 'primary' },
        { action_id: 'deny_live', value: 'tfacebook', confirm: {} },
        { action_id: 'add_note', value: 'tfacebook' },
      ],
    })
  })

  it('says beside its verdicts when they were asked for, and nowhere else', () => {
    const idsIn = (state: TargetState) =>
      targetIn(state).blocks.flatMap(({ block_id }) => block_id ?? [])
    const askedAt = (at: number) => idsIn({ ...STATES.unconfirmed, askedAt: at })
    expect(askedAt(2)).toEqual(['verdict:tfacebook.2:0'])
    expect(askedAt(3)).toEqual(['verdict:tfacebook.3:0'])
    expect(idsIn(STATES.failed)).toEqual([])
  })

  it('shows all of the text that somebody is asked to approve, as it was written', () => {
    const text = `*Not bold* <!channel>\n${'Word '.repeat(600)}the end`
    const blocks = (text: string) => targetIn(TO_APPROVE, { content: { text, media: [] } }).blocks
    expect(blocks(text)[1]).toEqual({
      type: 'rich_text',
      elements: [{ type: 'rich_text_quote', elements: [{ type: 'text', text }] }],
    })
    const cut = JSON.stringify(blocks('Word '.repeat(2_000)))
    expect(cut).toContain('Word…')
    expect(cut).toContain('The text goes on; it has 10,000 characters in all.')
  })

  it('stays inside the limits whatever is said', () => {
    const text = `<&>${'very '.repeat(2000)}long 🙂`
    const stored = target('tfacebook', {
      ...STATES.failed,
      reason: { class: 'unknown', text, next: text },
    })
    const notes = Array.from({ length: 30 }, () => note({ targetId: 'tfacebook', text }))
    rendered(targetCard(view([stored], { notes }), stored))
    rendered(postCard(view([stored], { notes: notes.map((n) => ({ ...n, targetId: null })) })))
    replies(view([stored]))
  })

  it('makes no link of what is not an address', () => {
    const where = 'javascript:alert(1)|<https://evil.example>'
    const text = JSON.stringify(targetIn({ ...STATES.unconfirmed, where }).blocks)
    expect(text).toContain('javascript:alert(1)|&lt;https://evil.example&gt;')
  })
})

describe('a reply in Slack', () => {
  it('mentions the author where notifications are made', () => {
    const [message] = replies(view([target('ta', STATES.failed)]))
    expect(message?.text).toMatch(/^<@U000000ANA> /)
    expect(JSON.stringify(message?.blocks)).toContain('<@U000000ANA> ')
    expect(message?.metadata).toEqual({
      event_type: 'pressroom_reply',
      event_payload: { postId: 'p1', key: 'p1/ta:failed:1' },
    })
  })

  it('lists several things one under the other', () => {
    const [message] = replies(view([target('ta', STATES.failed), target('tb', STATES.held)]))
    expect(message?.text.match(/\n• /g)).toHaveLength(2)
    expect(message?.text).toMatch(/\nAll in all: 1 failed, 1 needs a person\.$/)
  })

  it('holds a text to copy as it is', () => {
    const content = { text: 'Hello *you* <3\n```x```', media: [] }
    const shown = view([target('tn', STATES.unconfirmed, { platform: 'manual', content })])
    const [message] = replies(shown)
    expect(message?.blocks[1]).toMatchObject({
      type: 'rich_text',
      elements: [{ type: 'rich_text_preformatted', elements: [{ text: content.text }] }],
    })
    const long = { text: 'x'.repeat(9000), media: [] }
    replies(view([target('tn', STATES.unconfirmed, { platform: 'manual', content: long })]))
  })
})
