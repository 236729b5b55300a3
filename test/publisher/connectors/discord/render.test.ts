import { describe, expect, it } from 'vitest'
import type { Media } from '../../../../src/publisher/connectors/connector.js'
import { checkDiscord, messageBody } from '../../../../src/publisher/connectors/discord/render.js'
import { IMAGE, VIDEO } from '../../../support/sample-media.js'

const messages = (text: string, media: readonly Media[] = []) =>
  checkDiscord({ text, media }).map(({ message }) => message)

describe('checking for Discord', () => {
  it.each([
    ['nothing', '', [], 'Discord needs a text, a picture or a video.'],
    ['a long text', '🚢'.repeat(2001), [], 'The text has 2001 characters; Discord takes 2000.'],
    ['eleven files', '', Array(11).fill(IMAGE), 'There are 11 files; Discord takes 10.'],
    [
      'a large file',
      '',
      [{ ...VIDEO, bytes: 11 * 1024 * 1024 }],
      'clip.mp4 has 11 MB; Discord takes 10 MB.',
    ],
    [
      'a long alt text',
      '',
      [{ ...IMAGE, alt: 'x'.repeat(1025) }],
      'The alt text of one.jpg has 1025 characters; Discord takes 1024.',
    ],
  ] as [string, string, Media[], string][])('refuses %s', (_, text, media, message) => {
    expect(messages(text, media)).toEqual([message])
  })
})

describe('the body of a message', () => {
  it('mentions nobody', () => {
    expect(messageBody({ text: 'Hi @everyone', media: [] }, [])).toEqual({
      json: { content: 'Hi @everyone', allowed_mentions: { parse: [] } },
    })
  })

  it('describes its files by their numbers', () => {
    const bytes = new Uint8Array([1])
    const body = messageBody({ text: '', media: [IMAGE, VIDEO] }, [bytes, bytes])
    expect(body).toMatchObject({
      multipart: [
        { name: 'payload_json' },
        { name: 'files[0]', value: { filename: 'one.jpg', contentType: 'image/jpeg' } },
        { name: 'files[1]', value: { filename: 'clip.mp4', contentType: 'video/mp4' } },
      ],
    })
    const [payload] = 'multipart' in body ? body.multipart : []
    expect(JSON.parse(String(payload?.value))).toEqual({
      allowed_mentions: { parse: [] },
      attachments: [
        { id: 0, filename: 'one.jpg', description: IMAGE.alt },
        { id: 1, filename: 'clip.mp4' },
      ],
    })
  })
})
