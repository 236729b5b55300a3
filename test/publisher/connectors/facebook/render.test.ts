import { describe, expect, it } from 'vitest'
import {
  checkFacebook,
  feedForm,
  firstLink,
  videoUpload,
} from '../../../../src/publisher/connectors/facebook/render.js'
import { IMAGE, VIDEO } from '../../../support/sample-media.js'

describe('what Facebook takes', () => {
  it.each([
    ['nothing at all', '', [], ['text']],
    ['a text as long as it may be', 'a'.repeat(63_206), [], []],
    ['a longer one', 'a'.repeat(63_207), [], ['text']],
    ['ten photos', '', Array.from({ length: 10 }, () => IMAGE), []],
    ['eleven photos', '', Array.from({ length: 11 }, () => IMAGE), ['media']],
    ['a WebP', '', [{ ...IMAGE, mime: 'image/webp' }], ['media']],
    ['a photo of 10 MB', '', [{ ...IMAGE, bytes: 10 * 1024 * 1024 }], []],
    ['a larger one', '', [{ ...IMAGE, bytes: 10 * 1024 * 1024 + 1 }], ['media']],
    ['a video', '', [VIDEO], []],
    ['two videos', '', [VIDEO, VIDEO], ['media']],
    ['a video beside a photo', '', [VIDEO, IMAGE], ['media']],
  ])('%s', (_, text, media, fields) => {
    expect(checkFacebook({ text, media }).map(({ field }) => field)).toEqual(fields)
  })
})

describe('the form of a post', () => {
  it('has a link card for the first address, but not beside photos', () => {
    const text = 'See https://a.example/x, and https://b.example.'
    expect(feedForm(text, [])).toEqual({ message: text, link: 'https://a.example/x' })
    expect(feedForm(text, ['p1'])).not.toHaveProperty('link')
    expect(feedForm('', ['p1'])).not.toHaveProperty('message')
  })

  it.each([
    ['(see https://a.example/x)', 'https://a.example/x'],
    ['https://a.example/Harbour_(old)', 'https://a.example/Harbour_(old)'],
    ['“https://a.example/x?y=1&z=2”!', 'https://a.example/x?y=1&z=2'],
    ['a.example', undefined],
    ['https://', undefined],
  ])('reads the link of %s', (text, link) => {
    expect(firstLink(text)).toBe(link)
  })

  it('names a video by its first line', () => {
    const parts = videoUpload({ text: 'Moving\nmore', media: [] }, VIDEO, new Uint8Array())
    expect(parts.slice(0, 2)).toEqual([
      { name: 'title', value: 'Moving' },
      { name: 'description', value: 'Moving\nmore' },
    ])
  })
})
