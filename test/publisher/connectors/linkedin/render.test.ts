import { describe, expect, it } from 'vitest'
import type { Content, Media } from '../../../../src/publisher/connectors/connector.js'
import { Page } from '../../../../src/publisher/connectors/linkedin/page.js'
import { checkLinkedIn, postBody } from '../../../../src/publisher/connectors/linkedin/render.js'
import { IMAGE, SECOND_IMAGE, VIDEO } from '../../../support/sample-media.js'

const AUTHOR = 'urn:li:organization:77'
const messages = (text: string, media: readonly Media[] = []) =>
  checkLinkedIn({ text, media }).map(({ message }) => message)

describe('checking for LinkedIn', () => {
  it.each([
    ['nothing', '', [], 'LinkedIn needs a text, a picture or a video.'],
    [
      'a long text, escapes included',
      `${'x'.repeat(2998)}()`,
      [],
      'The text counts as 3002 characters on LinkedIn, which takes 3000.',
    ],
    ['21 pictures', '', Array(21).fill(IMAGE), 'There are 21 pictures; LinkedIn takes 20.'],
    [
      'a picture and a video',
      '',
      [IMAGE, VIDEO],
      'LinkedIn takes one video, or pictures, but not both in one post.',
    ],
    [
      'a huge picture',
      '',
      [{ ...IMAGE, width: 8000, height: 5000 }],
      'one.jpg has 40000000 pixels; LinkedIn takes fewer than 36152320.',
    ],
    [
      'a WebP',
      '',
      [{ ...IMAGE, mime: 'image/webp' }],
      'one.jpg is image/webp; LinkedIn takes JPEG, PNG and GIF.',
    ],
    [
      'a short video',
      '',
      [{ ...VIDEO, durationMs: 2000 }],
      'clip.mp4 lasts 2 s; LinkedIn takes 3 s to 30 min.',
    ],
  ] as [string, string, Media[], string][])('refuses %s', (_, text, media, message) => {
    expect(messages(text, media)).toEqual([message])
  })
})

describe('the body of a post', () => {
  const assets = (...media: Media[]) => ({
    assets: media.map((one) => ({ urn: `urn:li:image:${one.id}`, media: one })),
  })
  const words = (text: string): Content => ({ text, media: [] })

  it('has no content where there is only text', () => {
    const body = postBody(AUTHOR, words('Hello (all)'), assets())
    expect(body).not.toHaveProperty('content')
    expect(body).toMatchObject({ author: AUTHOR, commentary: 'Hello \\(all\\)' })
  })

  it('has one picture as media, and more as a multi-image', () => {
    expect(postBody(AUTHOR, words(''), assets(IMAGE))).toHaveProperty('content', {
      media: { id: 'urn:li:image:image-1', altText: IMAGE.alt },
    })
    expect(postBody(AUTHOR, words(''), assets(IMAGE, SECOND_IMAGE))).toHaveProperty('content', {
      multiImage: {
        images: [
          { id: 'urn:li:image:image-1', altText: IMAGE.alt },
          { id: 'urn:li:image:image-2', altText: SECOND_IMAGE.alt },
        ],
      },
    })
  })

  it('shows a link as what its page said, and only the link of its text', () => {
    const url = 'https://acme.example/news'
    const card = { url, title: 'News', description: 'From the quay' }
    const content = { ...words(`Read ${url}.`), card }
    expect(postBody(AUTHOR, content, assets())).toHaveProperty('content', {
      article: { source: url, title: 'News', description: 'From the quay' },
    })
    const thumbUrn = 'urn:li:image:thumb'
    expect(postBody(AUTHOR, content, { assets: [], thumbUrn })).toHaveProperty(
      'content.article.thumbnail',
      thumbUrn,
    )
    expect(postBody(AUTHOR, { ...content, text: 'Read this' }, assets())).not.toHaveProperty(
      'content',
    )
  })

  it('is the same, byte for byte, at every attempt', () => {
    const once = JSON.stringify(postBody(AUTHOR, words('Hello'), assets(IMAGE)))
    expect(JSON.stringify(postBody(AUTHOR, words('Hello'), assets(IMAGE)))).toBe(once)
  })
})

describe('the access token', () => {
  const page = new Page({
    apiUrl: 'https://api.linkedin.com',
    apiVersion: '202609',
    accessToken: 'secret',
    author: AUTHOR,
  })
  const headersTo = (url: string) => page.upload(url, new Uint8Array(), 'image/jpeg').headers

  it('goes to LinkedIn’s own upload addresses and to no others', () => {
    const bearer = { authorization: 'Bearer secret' }
    expect(headersTo('https://www.linkedin.com/dms-uploads/sp/v2/1')).toEqual(bearer)
    expect(headersTo('https://api.linkedin.com/upload/1')).toEqual(bearer)
    expect(headersTo('http://www.linkedin.com/dms-uploads/1')).toEqual({})
    expect(headersTo('https://linkedin.com.other.example/1')).toEqual({})
    expect(headersTo('https://notlinkedin.com/1')).toEqual({})
  })
})
