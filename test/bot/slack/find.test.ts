import { describe, expect, it } from 'vitest'
import type { Sought } from '../../../src/bot/chat.js'
import { isSought } from '../../../src/bot/slack/find.js'

const sought: Sought = { channelId: 'C1', key: 'p1', kind: 'post', postId: 'p1', begunAt: 0 }
const metadata = { event_type: 'pressroom_post', event_payload: { postId: 'p1' } }
const message = (from: object) => ({ ts: '1.0', metadata, ...from })
const US = { userId: 'UBOT', botId: 'BBOT' }

describe('a message that carries our key', () => {
  it.each([
    ['its user is ours', { user: 'UBOT' }, US],
    ['its bot is ours', { user: 'UOTHER', bot_id: 'BBOT' }, US],
    ['it names nobody', {}, US],
    [
      'it names a bot, and nobody told us which is ours',
      { bot_id: 'BBOT' },
      { ...US, botId: undefined },
    ],
  ])('is ours when %s', (_, from, self) => {
    expect(isSought(message(from), sought, self)).toBe(true)
  })

  it.each([
    ['a person', { user: 'UANA' }],
    ['another bot', { bot_id: 'BOTHER' }],
    ['another bot’s user', { user: 'UOTHER', bot_id: 'BOTHER' }],
  ])('is not ours from %s', (_, from) => {
    expect(isSought(message(from), sought, US)).toBe(false)
  })
})
