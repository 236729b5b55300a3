import { describe, expect, it } from 'vitest'
import type { Media } from '../../../src/publisher/connectors/connector.js'
import { checkInstagram } from '../../../src/publisher/connectors/instagram/render.js'
import { checkThreads } from '../../../src/publisher/connectors/threads/render.js'
import { VIDEO } from '../../support/sample-media.js'

const onInstagram = (more: Partial<Media>) =>
  checkInstagram({ text: 'Hello', media: [{ ...VIDEO, ...more }] }).map(({ message }) => message)
const onThreads = (more: Partial<Media>) =>
  checkThreads({ text: 'Hello', media: [{ ...VIDEO, ...more }] }).map(({ message }) => message)

describe('how a video is stored', () => {
  it.each([
    ['what its file does not tell', {}],
    ['H.264 at 23.976 a second', { codec: 'avc1', framesPerSecond: 23.98 }],
    ['H.265 at a little over 60 a second', { codec: 'hvc1', framesPerSecond: 60.02 }],
    ['AAC at 48 kHz', { sound: { codec: 'mp4a.40.2', hertz: 48_000 } }],
    ['AAC that is called so by its box alone', { sound: { codec: 'mp4a' } }],
    ['H.265 with Dolby Vision', { codec: 'dvh1', framesPerSecond: 30 }],
  ] as [string, Partial<Media>][])('is taken with %s', (_, more) => {
    expect(onInstagram(more)).toEqual([])
    expect(onThreads(more)).toEqual([])
  })

  it.each([
    [{ codec: 'av01' }, 'clip.mp4 holds AV1; Instagram takes H.264 and H.265.'],
    [{ codec: 'xyz1' }, 'clip.mp4 holds xyz1; Instagram takes H.264 and H.265.'],
    [{ framesPerSecond: 15 }, 'clip.mp4 has 15 pictures a second; Instagram takes 23 to 60.'],
    [{ framesPerSecond: 120 }, 'clip.mp4 has 120 pictures a second; Instagram takes 23 to 60.'],
    [
      { sound: { codec: 'sowt', hertz: 48_000 } },
      'The sound of clip.mp4 is uncompressed sound (PCM); Instagram takes AAC up to 48 kHz.',
    ],
    [
      { sound: { codec: 'mp4a.6b', hertz: 44_100 } },
      'The sound of clip.mp4 is MP3; Instagram takes AAC up to 48 kHz.',
    ],
    [
      { sound: { codec: 'mp4a.40.2', hertz: 96_000 } },
      'The sound of clip.mp4 has 96 kHz; Instagram takes AAC up to 48 kHz.',
    ],
    [
      { describedLast: true },
      'clip.mp4 has its description (moov) at the end; Instagram wants it first.',
    ],
  ] as [Partial<Media>, string][])('is told before queueing: %j', (more, message) => {
    expect(onInstagram(more)).toEqual([message])
  })

  it('is checked on Threads by what Threads says, which is the frame rate', () => {
    expect(onThreads({ codec: 'av01', describedLast: true })).toEqual([])
    expect(onThreads({ framesPerSecond: 12 })).toEqual([
      'clip.mp4 has 12 pictures a second; Threads takes 23 to 60.',
    ])
  })
})
