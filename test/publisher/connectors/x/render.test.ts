import { describe, expect, it } from 'vitest'
import type { Media } from '../../../../src/publisher/connectors/connector.js'
import { checkX, postForm } from '../../../../src/publisher/connectors/x/render.js'
import { IMAGE, VIDEO } from '../../../support/sample-media.js'

const GIF: Media = { ...IMAGE, id: 'gif', mime: 'image/gif', filename: 'wave.gif' }
const messages = (text: string, media: readonly Media[] = []) =>
  checkX({ text, media }).map(({ message }) => message)

describe('checking for X', () => {
  it.each([
    ['nothing', '', [], 'X needs a text, a picture or a video.'],
    [
      'a long text',
      '日'.repeat(141),
      [],
      'The text counts as 282 characters on X, which takes 280.',
    ],
    ['two cashtags', 'Buy $ACME and $EMCA', [], 'The text has 2 cashtags; X takes 1.'],
    ['five pictures', '', Array(5).fill(IMAGE), 'There are 5 pictures; X takes 4.'],
    [
      'a GIF beside a picture',
      '',
      [IMAGE, GIF],
      'X takes up to four pictures, or one GIF, or one video in one post.',
    ],
    [
      'a large picture',
      '',
      [{ ...IMAGE, bytes: 6 * 1024 * 1024 }],
      'one.jpg has 6 MB; X takes 5 MB.',
    ],
    [
      'a long video',
      '',
      [{ ...VIDEO, durationMs: 141_000 }],
      'clip.mp4 lasts 141 s; X takes 0.5 to 140 s.',
    ],
    [
      'a narrow video',
      '',
      [{ ...VIDEO, width: 100, height: 400 }],
      'clip.mp4 is 100 by 400; X takes shapes from 1:3 to 3:1.',
    ],
    [
      'a long alt text',
      '',
      [{ ...IMAGE, alt: 'x'.repeat(1001) }],
      'The alt text of one.jpg has 1001 characters; X takes 1000.',
    ],
  ] as [string, string, Media[], string][])('refuses %s', (_, text, media, message) => {
    expect(messages(text, media)).toEqual([message])
  })

  it.each([
    ['280 letters', 'x'.repeat(280), []],
    ['prices', 'From $5 to $10', []],
    ['a GIF of 15 MB', '', [{ ...GIF, bytes: 15 * 1024 * 1024 }]],
  ] as [string, string, Media[]][])('takes %s', (_, text, media) => {
    expect(messages(text, media)).toEqual([])
  })
})

describe('the body of a post', () => {
  it('has no field that is empty', () => {
    expect(postForm('Hello', [])).toEqual({ text: 'Hello' })
    expect(postForm('', ['1'])).toEqual({ media: { media_ids: ['1'] } })
  })
})
