import { describe, expect, it } from 'vitest'
import type { Media } from '../../../../src/publisher/connectors/connector.js'
import {
  checkMastodon,
  DEFAULT_LIMITS,
  limitsOf,
  statusLength,
} from '../../../../src/publisher/connectors/mastodon/render.js'
import { isMastodon } from '../../../../src/publisher/connectors/mastodon/server.js'
import { IMAGE, VIDEO } from '../../../support/sample-media.js'

const length = (text: string) => statusLength(text, DEFAULT_LIMITS)
const messages = (text: string, media: readonly Media[] = [], limits = DEFAULT_LIMITS) =>
  checkMastodon({ text, media }, limits).map(({ message }) => message)

describe('the length of a status', () => {
  it.each([
    ['hello', 5],
    ['👩‍👩‍👧‍👦 e\u0301', 3],
    ['https://acme.example/', 23],
    [`https://acme.example/${'x'.repeat(200)} ok`, 26],
    ['Hi @sam@other.example!', 8],
  ])('of %j is %i', (text, expected) => {
    expect(length(text)).toBe(expected)
  })
})

describe('checking for Mastodon', () => {
  it('names the number found and the limit', () => {
    expect(messages('x'.repeat(501))).toEqual([
      'The text has 501 characters; this server takes 500.',
    ])
    expect(messages('')).toEqual(['Mastodon needs a text, a picture or a video.'])
    expect(messages('', Array(5).fill(IMAGE))).toEqual([
      'There are 5 pictures; this server takes 4.',
    ])
    expect(messages('', [IMAGE, VIDEO])).toEqual([
      'Mastodon takes one video, or pictures, but not both in one post.',
    ])
    expect(messages('', [{ ...IMAGE, alt: 'x'.repeat(1501) }])).toEqual([
      'The alt text of one.jpg has 1501 characters; this server takes 1500.',
    ])
    expect(messages('', [{ ...IMAGE, mime: 'image/tiff' }])).toEqual([
      'one.jpg is image/tiff, which this server does not take.',
    ])
  })

  it('goes by what the server says of itself', () => {
    const limits = limitsOf({
      version: '4.5.2',
      configuration: { statuses: { max_characters: 5000 } },
    })
    expect(messages('x'.repeat(5000), [], limits)).toEqual([])
    expect(limits.attachments).toBe(4)
  })
})

describe('what a server is', () => {
  it.each([
    ['4.5.2', true],
    ['v4.3.0', true],
    ['4.4.0-alpha.2+glitch', true],
    ['3.5.19', true],
    ['2.7.2 (compatible; Pleroma 2.9.1)', false],
    ['4.2.1 (compatible; Iceshrimp 2023.12.9)', false],
    ['0.20.1+git-abc', false],
    ['nightly', false],
  ])('%s: %s', (version, expected) => {
    expect(isMastodon(version)).toBe(expected)
  })
})
