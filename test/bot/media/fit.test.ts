import { describe, expect, it } from 'vitest'
import { planFit, type Try, triesOf } from '../../../src/bot/media/fit.js'
import type { ImageRule, Media } from '../../../src/publisher/connectors/connector.js'

const rule: ImageRule = { types: ['image/jpeg', 'image/png'], maxBytes: 1_000_000, moving: [] }
const image = (changes: Partial<Media> = {}): Media => ({
  id: 'm1',
  kind: 'image',
  mime: 'image/jpeg',
  bytes: 900_000,
  width: 2000,
  height: 1000,
  filename: 'a.jpg',
  ...changes,
})

describe('what an image has to become', () => {
  it.each([
    ['fits', image()],
    ['is a video', image({ kind: 'video', mime: 'video/mp4', bytes: 5_000_000 })],
    ['is animated', image({ mime: 'image/gif', animated: true })],
  ])('is nothing else when it %s', (_what, media) => {
    expect(planFit(media, rule)).toBeUndefined()
  })

  it.each([
    ['another format', image({ mime: 'image/webp' }), {}, [2000, 1000]],
    ['fewer bytes', image({ bytes: 1_000_001 }), {}, [2000, 1000]],
    ['fewer pixels', image(), { maxPixels: 500_000 }, [1000, 500]],
    ['shorter sides', image(), { maxSides: 1500 }, [1000, 500]],
  ])('is %s where its platform takes it only so', (_what, media, more, [maxWidth, maxHeight]) => {
    expect(planFit(media, { ...rule, ...more })).toEqual({
      types: rule.types,
      maxBytes: 1_000_000,
      maxWidth,
      maxHeight,
    })
  })
})

describe('the encodings to try', () => {
  const fit = { types: rule.types, maxBytes: 1, maxWidth: 2000, maxHeight: 1000 }
  const tries = (...args: Parameters<typeof triesOf>): Try[] => [...triesOf(...args)]

  it('give up quality before pixels, and neither to where it shows', () => {
    const all = tries(fit, false)
    expect(all.slice(0, 3)).toEqual([
      { type: 'image/jpeg', quality: 90, width: 2000, height: 1000 },
      { type: 'image/jpeg', quality: 82, width: 2000, height: 1000 },
      { type: 'image/jpeg', quality: 90, width: 1700, height: 850 },
    ])
    expect(Math.min(...all.map(({ width }) => width))).toBeGreaterThanOrEqual(1000)
    expect(Math.min(...all.map(({ quality }) => quality))).toBeGreaterThanOrEqual(80)
  })

  it('never shrink what is small already', () => {
    const small = tries({ ...fit, maxWidth: 300, maxHeight: 200 }, false)
    expect(small.map(({ width }) => width)).toEqual([300, 300])
  })

  it('keep transparency where the platform takes it', () => {
    expect(tries(fit, true)[0]?.type).toBe('image/png')
    expect(tries({ ...fit, types: ['image/jpeg'] }, true)[0]?.type).toBe('image/jpeg')
  })
})
