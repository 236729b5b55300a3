import { describe, expect, it } from 'vitest'
import {
  checkInstagram,
  planInstagram,
} from '../../../../src/publisher/connectors/instagram/render.js'
import { IMAGE, SECOND_IMAGE, sampleMedia, VIDEO } from '../../../support/sample-media.js'

const MB = 1024 * 1024
const times = (count: number, word: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => word(index)).join(' ')

describe('what Instagram takes', () => {
  it.each([
    ['a text alone', 'Hello', [], ['media']],
    ['2200 characters', '⚓'.repeat(2200), [IMAGE], []],
    ['2201 characters', 'a'.repeat(2201), [IMAGE], ['text']],
    ['30 hashtags', times(30, (n) => `#tag${n}`), [IMAGE], []],
    ['31 hashtags', times(31, (n) => `#täg${n}`), [IMAGE], ['text']],
    ['21 mentions', times(21, (n) => `@user.${n}`), [IMAGE], ['text']],
    ['addresses of mail, which mention nobody', times(21, (n) => `a${n}@b.example`), [IMAGE], []],
    ['ten items', '', Array.from({ length: 10 }, () => IMAGE), []],
    ['eleven items', '', Array.from({ length: 11 }, () => IMAGE), ['media']],
    ['a PNG', '', [{ ...IMAGE, mime: 'image/png' }], ['media']],
    ['an image of more than 8 MB', '', [{ ...IMAGE, bytes: 8 * MB + 1 }], ['media']],
    ['4:5', '', [{ ...IMAGE, width: 1080, height: 1350 }], []],
    ['taller than 4:5', '', [{ ...IMAGE, width: 1080, height: 1400 }], ['media']],
    ['1.91:1, rounded to pixels', '', [{ ...IMAGE, width: 1080, height: 565 }], []],
    ['wider than 1.91:1', '', [{ ...IMAGE, width: 1080, height: 500 }], ['media']],
    ['a small image, which is scaled', '', [{ ...IMAGE, width: 300, height: 300 }], []],
    ['a wide image, which is scaled', '', [{ ...IMAGE, width: 4000, height: 4000 }], []],
    ['an alt text of more than 1000', '', [{ ...IMAGE, alt: 'a'.repeat(1001) }], ['alt']],
    ['a WebM', '', [{ ...VIDEO, mime: 'video/webm' }], ['media']],
    ['a video of 2 s', '', [{ ...VIDEO, durationMs: 2000 }], ['media']],
    ['a video of 16 minutes', '', [{ ...VIDEO, durationMs: 16 * 60_000 }], ['media']],
    ['a video of more than 300 MB', '', [{ ...VIDEO, bytes: 300 * MB + 1 }], ['media']],
    ['a video wider than 1920', '', [{ ...VIDEO, width: 2000 }], ['media']],
  ])('%s', (_, text, media, fields) => {
    expect(checkInstagram({ text, media }).map(({ field }) => field)).toEqual(fields)
  })

  it('says what to do about the most common refusal', () => {
    expect(checkInstagram({ text: '', media: [{ ...IMAGE, mime: 'image/png' }] })).toEqual([
      {
        field: 'media',
        message: 'one.jpg is image/png; Instagram takes only JPEG.',
        next: 'Save it as JPEG.',
      },
    ])
  })
})

describe('the containers of', () => {
  const plan = (text: string, media: (typeof IMAGE)[]) => {
    const { parts, whole } = planInstagram({ text, media }, sampleMedia.publicUrl)
    return { parts, whole: whole(['c1', 'c2']) }
  }

  it('one image', () => {
    expect(plan('Hello', [IMAGE])).toEqual({
      parts: [],
      whole: {
        image_url: 'https://media.example/one.jpg',
        alt_text: 'A harbour in the morning',
        caption: 'Hello',
      },
    })
  })

  it('a reel', () => {
    expect(plan('', [VIDEO]).whole).toEqual({
      media_type: 'REELS',
      video_url: 'https://media.example/clip.mp4',
    })
  })

  it('a carousel, whose parts have alt texts and no captions', () => {
    expect(plan('Hello', [SECOND_IMAGE, VIDEO])).toEqual({
      parts: [
        { is_carousel_item: 'true', image_url: 'https://media.example/two.jpg', alt_text: 'Boats' },
        {
          is_carousel_item: 'true',
          media_type: 'VIDEO',
          video_url: 'https://media.example/clip.mp4',
        },
      ],
      whole: { media_type: 'CAROUSEL', children: 'c1,c2', caption: 'Hello' },
    })
  })
})
