import { describe, expect, it } from 'vitest'
import { checkBluesky, postRecord } from '../../../../src/publisher/connectors/bluesky/render.js'
import type { Media } from '../../../../src/publisher/connectors/connector.js'
import { IMAGE, VIDEO } from '../../../support/sample-media.js'

const blob = (id: string) =>
  ({ $type: 'blob', ref: { $link: `cid-${id}` }, mimeType: 'image/jpeg', size: 1 }) as const
const parts = {
  createdAt: Date.UTC(2026, 0, 5, 12),
  dids: new Map<string, string>(),
  blobs: new Map([IMAGE, VIDEO].map(({ id }) => [id, blob(id)])),
}
const messages = (text: string, media: readonly Media[] = []) =>
  checkBluesky({ text, media }).map(({ message }) => message)

describe('checking for Bluesky', () => {
  it('counts graphemes, not code points', () => {
    expect(messages('👩‍👩‍👧‍👦'.repeat(120))).toEqual([])
    expect(messages(`${'e\u0301'.repeat(300)}`)).toEqual([])
    expect(messages('x'.repeat(301))).toEqual(['The text has 301 characters; Bluesky takes 300.'])
  })

  it('counts bytes where graphemes are long', () => {
    expect(messages('👩‍👩‍👧‍👦'.repeat(121))).toEqual([
      'The text has 3025 bytes; Bluesky takes 3000.',
    ])
  })

  it.each([
    ['nothing at all', '', [], 'Bluesky needs a text, a picture or a video.'],
    ['five pictures', '', Array(5).fill(IMAGE), 'There are 5 pictures; Bluesky takes 4.'],
    [
      'a picture and a video',
      '',
      [IMAGE, VIDEO],
      'Bluesky takes one video, or pictures, but not both in one post.',
    ],
    [
      'a large picture',
      '',
      [{ ...IMAGE, bytes: 1_000_001 }],
      'one.jpg has 1 MB; Bluesky takes 0.9 MB.',
    ],
    [
      'a TIFF',
      '',
      [{ ...IMAGE, mime: 'image/tiff' }],
      'one.jpg is image/tiff; Bluesky takes JPEG, PNG, WebP and GIF.',
    ],
    [
      'a QuickTime video',
      '',
      [{ ...VIDEO, mime: 'video/quicktime' }],
      'clip.mp4 is video/quicktime; Bluesky takes MP4.',
    ],
  ] as [string, string, Media[], string][])('refuses %s', (_, text, media, message) => {
    expect(messages(text, media)).toEqual([message])
  })
})

describe('the record of a post', () => {
  it('has nothing but text and time where nothing else is needed', () => {
    expect(postRecord({ text: 'Hello', media: [] }, parts)).toEqual({
      $type: 'app.bsky.feed.post',
      text: 'Hello',
      createdAt: '2026-01-05T12:00:00.000Z',
    })
  })

  it('makes a card of a link, and none beside a picture', () => {
    const text = 'Open: https://www.acme.example/harbour.'
    expect(postRecord({ text, media: [] }, parts)).toHaveProperty('embed', {
      $type: 'app.bsky.embed.external',
      external: { uri: 'https://www.acme.example/harbour', title: 'acme.example', description: '' },
    })
    expect(postRecord({ text, media: [IMAGE] }, parts)).toHaveProperty('embed', {
      $type: 'app.bsky.embed.images',
      images: [
        { image: blob(IMAGE.id), alt: IMAGE.alt, aspectRatio: { width: 1080, height: 1080 } },
      ],
    })
  })

  it('shows on the card what the page said, with its picture if that was taken', () => {
    const uri = 'https://acme.example/news'
    const { alt: _none, ...thumb } = IMAGE
    const card = { url: uri, title: 'News', description: 'From the quay', thumb }
    const content = { text: `Read ${uri}`, media: [], card }
    expect(postRecord(content, parts)).toHaveProperty('embed', {
      $type: 'app.bsky.embed.external',
      external: { uri, title: 'News', description: 'From the quay', thumb: blob(IMAGE.id) },
    })
    const bare = postRecord(content, { ...parts, blobs: new Map() })
    expect(bare).toHaveProperty('embed.external', {
      uri,
      title: 'News',
      description: 'From the quay',
    })
    const other = { ...content, text: 'Read https://acme.example/other' }
    expect(postRecord(other, parts)).toHaveProperty('embed.external.title', 'acme.example')
  })

  it('has an alt text for every picture, empty where none was given', () => {
    const { alt: _none, ...bare } = IMAGE
    const record = postRecord({ text: '', media: [bare] }, parts)
    expect(record).toHaveProperty('embed.images.0.alt', '')
  })

  it('embeds a video', () => {
    expect(postRecord({ text: '', media: [VIDEO] }, parts)).toHaveProperty('embed', {
      $type: 'app.bsky.embed.video',
      video: blob(VIDEO.id),
      aspectRatio: { width: 1080, height: 1920 },
    })
  })
})
