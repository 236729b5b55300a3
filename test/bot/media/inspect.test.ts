import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inspect } from '../../../src/bot/media/inspect.js'
import { mp4, png } from './samples.js'

const gif = Buffer.from('GIF89a\x40\x01\xf0\x00\x00\x00\x00;', 'latin1')
const webp = Buffer.concat([
  Buffer.from('RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x3f\x01\0\xef\0\0', 'latin1'),
  Buffer.alloc(16),
])
const jpeg = Buffer.from(
  'ffd8ffe000104a46494600010100000100010000ffc0001108' +
    '00f00140' + // 240 high, 320 wide
    '03012200021101031101ffd9',
  'hex',
)

describe('inspect', () => {
  it.each([
    ['PNG', png(320, 240), 'image/png'],
    ['GIF', gif, 'image/gif'],
    ['WebP', webp, 'image/webp'],
    ['JPEG', jpeg, 'image/jpeg'],
  ])('reads type and size of a %s', (_name, bytes, mime) => {
    expect(inspect(bytes)).toMatchObject({
      kind: 'media',
      type: { kind: 'image', mime },
      width: 320,
      height: 240,
    })
  })

  it.each([0, 1] as const)('reads size and length of an MP4 of version %d', (version) => {
    const bytes = mp4({ width: 1280, height: 720, durationMs: 61_500 }, { version })
    expect(inspect(bytes)).toMatchObject({
      type: { kind: 'video', mime: 'video/mp4' },
      width: 1280,
      height: 720,
      durationMs: 61_500,
    })
  })

  it('reads a QuickTime film', () => {
    const bytes = mp4({ width: 640, height: 480, durationMs: 1000 }, { brand: 'qt  ' })
    expect(inspect(bytes)).toMatchObject({ type: { mime: 'video/quicktime' }, width: 640 })
  })

  it('tells how the pictures of a video are stored, and where it is described', () => {
    const video = { width: 640, height: 480, durationMs: 1000 }
    const stored = { codec: 'hvc1', pictures: 48, ticks: 1001 }
    const first = inspect(mp4(video, { stored, describedFirst: true }))
    expect(first).toMatchObject({ codec: 'hvc1', framesPerSecond: 23.98, width: 640 })
    expect(first).not.toHaveProperty('describedLast')
    const last = inspect(mp4(video, { stored: { ...stored, codec: 'av01' } }))
    expect(last).toMatchObject({ codec: 'av01', describedLast: true })
  })

  it('tells how the sound of a video is stored, where it says so', () => {
    const video = { width: 640, height: 480, durationMs: 1000 }
    const sound = { codec: 'mp4a', hertz: 44_100 }
    expect(inspect(mp4(video, { sound }))).toMatchObject({ sound, width: 640 })
    const pcm = { codec: 'sowt', hertz: 48_000 }
    expect(inspect(mp4(video, { sound: pcm, brand: 'qt  ' }))).toMatchObject({
      sound: { codec: 'sowt' },
    })
    expect(inspect(mp4(video))).not.toHaveProperty('sound')
  })

  it('does not count what no video has, and still tells its size', () => {
    const video = { width: 640, height: 480, durationMs: 1000 }
    const stored = { codec: 'avc1', pictures: 1, ticks: 1, claims: 4_000_000_000 }
    const seen = inspect(mp4(video, { stored }))
    expect(seen).toMatchObject({ width: 640, height: 480, durationMs: 1000 })
    expect(seen).not.toHaveProperty('framesPerSecond')
  })

  it('swaps the sides of a video filmed upright', () => {
    const bytes = mp4({ width: 1920, height: 1080, durationMs: 1000, turned: true })
    expect(inspect(bytes)).toMatchObject({ width: 1080, height: 1920 })
  })

  it.each([
    ['a web page', Buffer.from('<!DOCTYPE html><html><body>Sign in</body></html>')],
    ['an SVG drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a PDF', Buffer.from('%PDF-1.7 ................')],
    ['a HEIC picture', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1')],
    ['something else', mp4(undefined, { brand: 'M4A ' })],
    ['empty', Buffer.alloc(0)],
  ])('refuses %s and says so', (what, bytes) => {
    expect(inspect(bytes)).toMatchObject({
      kind: 'problem',
      message: expect.stringContaining(what),
    })
  })

  it('refuses a video without a picture and a file that is cut off', () => {
    expect(inspect(mp4(undefined)).kind).toBe('problem')
    const whole = mp4({ width: 640, height: 480, durationMs: 1000 })
    expect(inspect(whole.subarray(0, whole.length - 20)).kind).toBe('problem')
    expect(inspect(png(320, 240).subarray(0, 18)).kind).toBe('problem')
  })

  it('never throws, whatever the bytes are', () => {
    const stored = { codec: 'avc1', pictures: 3, ticks: 1000 }
    const film = mp4({ width: 2, height: 2, durationMs: 1 }, { stored })
    const samples = [png(3, 3), gif, webp, jpeg, film]
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
        fc.nat(),
        (sample, changes, length) => {
          const bytes = Buffer.from(sample.subarray(0, length % (sample.length + 1)))
          for (const [at, value] of changes) if (bytes.length) bytes[at % bytes.length] = value
          expect(inspect(bytes).kind).toBeTypeOf('string')
        },
      ),
      { numRuns: 500 },
    )
  })
})
