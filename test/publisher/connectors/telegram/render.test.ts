import { describe, expect, it } from 'vitest'
import type { Media } from '../../../../src/publisher/connectors/connector.js'
import { Bot } from '../../../../src/publisher/connectors/telegram/bot.js'
import { telegramAccount } from '../../../../src/publisher/connectors/telegram/index.js'
import { checkTelegram } from '../../../../src/publisher/connectors/telegram/render.js'
import { IMAGE, VIDEO } from '../../../support/sample-media.js'

const messages = (text: string, media: readonly Media[] = []) =>
  checkTelegram({ text, media }).map(({ message }) => message)

describe('checking for Telegram', () => {
  it.each([
    ['nothing', '', [], 'Telegram needs a text, a picture or a video.'],
    ['a long text', '🚢'.repeat(4097), [], 'The text has 4097 characters; Telegram takes 4096.'],
    [
      'a long caption',
      'x'.repeat(1025),
      [IMAGE],
      'The text has 1025 characters; Telegram takes 1024 beside pictures or videos.',
    ],
    ['eleven files', '', Array(11).fill(IMAGE), 'There are 11 files; Telegram takes 10.'],
    [
      'a GIF',
      '',
      [{ ...IMAGE, mime: 'image/gif' }],
      'one.jpg is image/gif; Telegram takes JPEG, PNG and WebP.',
    ],
    [
      'a panorama',
      '',
      [{ ...IMAGE, width: 4200, height: 200 }],
      'one.jpg is 4200 by 200; Telegram takes 10000 for both together, and shapes up to 20:1.',
    ],
    [
      'a large video',
      '',
      [{ ...VIDEO, bytes: 51 * 1024 * 1024 }],
      'clip.mp4 has 51 MB; Telegram takes 50 MB.',
    ],
  ] as [string, string, Media[], string][])('refuses %s', (_, text, media, message) => {
    expect(messages(text, media)).toEqual([message])
  })
})

describe('the page of a message', () => {
  const bot = (apiUrl: string, chatId = '@acme') => new Bot({ apiUrl, botToken: 't', chatId })
  const message = (chat: { id: number; username?: string }) => ({ message_id: 7, chat })

  it('is public for a channel with a name, and the members’ for one without', () => {
    const real = bot('https://api.telegram.org')
    expect(real.linkTo(message({ id: -1001234, username: 'acme' }))).toBe('https://t.me/acme/7')
    expect(real.linkTo(message({ id: -1001234 }))).toBe('https://t.me/c/1234/7')
    expect(real.linkTo(message({ id: -1234 }))).toBeUndefined()
  })

  it('is Telegram’s also behind a Bot API server of one’s own', () => {
    const chat = { id: -1001234, username: 'acme' }
    expect(bot('http://127.0.0.1:8081').linkTo(message(chat))).toBe('https://t.me/acme/7')
    expect(bot('https://proxy.example/telegram').linkTo(message(chat))).toBe('https://t.me/acme/7')
  })

  it('tells people where to look', () => {
    expect(bot('https://api.telegram.org').where()).toBe('https://t.me/acme')
    expect(bot('https://api.telegram.org', '-100123').where()).toContain('-100123')
  })
})

describe('an account', () => {
  const parse = (chatId: unknown) =>
    telegramAccount.safeParse({ name: 'tg', platform: 'telegram', chatId, botToken: 't' })

  it.each(['@acme', '-1001234', -1001234])('takes %j', (chatId) => {
    expect(parse(chatId).data?.chatId).toBe(String(chatId))
  })

  it.each(['acme', '', 1.5, undefined])('refuses %j', (chatId) => {
    expect(parse(chatId).success).toBe(false)
  })
})
