import { describe, expect, it } from 'vitest'
import {
  checkThreads,
  planThreads,
  threadsLength,
} from '../../../../src/publisher/connectors/threads/render.js'
import { IMAGE, SECOND_IMAGE, sampleMedia, VIDEO } from '../../../support/sample-media.js'

const MB = 1024 * 1024
const links = (count: number) =>
  Array.from({ length: count }, (_, index) => `https://a.example/${index}`).join(' ')

describe('what Threads takes', () => {
  it.each([
    ['nothing at all', ' ', [], ['text']],
    ['500 characters', 'é'.repeat(500), [], []],
    ['501 characters', 'a'.repeat(501), [], ['text']],
    ['125 emoji of four bytes', '🚢'.repeat(125), [], []],
    ['126 of them', '🚢'.repeat(126), [], ['text']],
    ['five links, one of them twice', `${links(5)} https://a.example/0`, [], []],
    ['six links', links(6), [], ['text']],
    ['a PNG', '', [{ ...IMAGE, mime: 'image/png' }], []],
    ['a GIF', '', [{ ...IMAGE, mime: 'image/gif' }], ['media']],
    ['20 items', '', Array.from({ length: 20 }, () => IMAGE), []],
    ['21 items', '', Array.from({ length: 21 }, () => IMAGE), ['media']],
    ['a banner beyond 10:1', '', [{ ...IMAGE, width: 4000, height: 399 }], ['media']],
    ['an image of more than 8 MB', '', [{ ...IMAGE, bytes: 8 * MB + 1 }], ['media']],
    ['an alt text of more than 1000', '', [{ ...IMAGE, alt: 'a'.repeat(1001) }], ['alt']],
    ['a video of six minutes', '', [{ ...VIDEO, durationMs: 6 * 60_000 }], ['media']],
    ['a video of more than 1 GB', '', [{ ...VIDEO, bytes: 1024 * MB + 1 }], ['media']],
  ])('%s', (_, text, media, fields) => {
    expect(checkThreads({ text, media }).map(({ field }) => field)).toEqual(fields)
  })

  it.each([
    ['plain', 5],
    ['e\u0301', 1],
    ['🚢', 4],
    ['👩‍🚀', 11],
    ['🇮🇸', 8],
    ['1️⃣', 7],
    ['12', 2],
  ])('counts %s as %i', (text, length) => {
    expect(threadsLength(text)).toBe(length)
  })
})

describe('the containers of', () => {
  const plan = (text: string, media: (typeof IMAGE)[]) => {
    const { parts, whole } = planThreads({ text, media }, sampleMedia.publicUrl)
    return { parts, whole: whole(['c1', 'c2']) }
  }

  it('a text', () => {
    expect(plan('Hello', [])).toEqual({ parts: [], whole: { media_type: 'TEXT', text: 'Hello' } })
  })

  it('one image', () => {
    expect(plan('', [IMAGE]).whole).toEqual({
      media_type: 'IMAGE',
      image_url: 'https://media.example/one.jpg',
      alt_text: 'A harbour in the morning',
    })
  })

  it('a carousel', () => {
    const { parts, whole } = plan('Hello', [SECOND_IMAGE, VIDEO])
    expect(parts).toMatchObject([
      { is_carousel_item: 'true', media_type: 'IMAGE', alt_text: 'Boats' },
      { is_carousel_item: 'true', media_type: 'VIDEO' },
    ])
    expect(whole).toEqual({ media_type: 'CAROUSEL', children: 'c1,c2', text: 'Hello' })
  })
})
