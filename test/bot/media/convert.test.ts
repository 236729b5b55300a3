import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { isAnimated } from '../../../src/bot/media/animated.js'
import { convert } from '../../../src/bot/media/convert.js'
import { jpegOf, movingGif, noise, pngOf, transparentPng } from './pictures.js'

const asJpeg = { types: ['image/jpeg'], maxBytes: 8_000_000, maxWidth: 600, maxHeight: 400 }

describe('converting', () => {
  it('makes a JPEG of a PNG, of the same size and without a visible difference', async () => {
    const before = await pngOf(600, 400)
    const after = await convert(before, asJpeg)
    expect(after).toMatchObject({ mime: 'image/jpeg', width: 600, height: 400 })
    const [a, b] = await Promise.all(
      [before, after?.bytes ?? new Uint8Array()].map((bytes) => sharp(bytes).raw().toBuffer()),
    )
    const off = a?.reduce((sum, value, at) => sum + Math.abs(value - (b?.[at] ?? 0)), 0) ?? 0
    expect(off / (a?.length ?? 1)).toBeLessThan(8)
  })

  it('makes a large picture small enough, keeping its shape', async () => {
    const before = await jpegOf(2400, 1200)
    expect(before.byteLength).toBeGreaterThan(1_000_000)
    const fit = { types: ['image/jpeg'], maxBytes: 700_000, maxWidth: 2400, maxHeight: 1200 }
    const after = await convert(before, fit)
    expect(after?.bytes.byteLength).toBeLessThanOrEqual(700_000)
    expect((after?.width ?? 0) / (after?.height ?? 1)).toBeCloseTo(2, 1)
    expect(after?.width).toBeGreaterThanOrEqual(1000)
  })

  it('gives up when it would show', async () => {
    const fit = { types: ['image/jpeg'], maxBytes: 20_000, maxWidth: 1600, maxHeight: 1200 }
    expect(await convert(await jpegOf(1600, 1200), fit)).toBeUndefined()
  })

  it('turns what the camera held on its side, and drops where it was taken', async () => {
    const sideways = await noise(600, 400)
      .jpeg()
      .withExif({ IFD0: { Orientation: '6', Artist: 'Ana' } })
      .withMetadata({ orientation: 6 })
      .toBuffer()
    const upright = { ...asJpeg, maxWidth: 400, maxHeight: 600 }
    const after = await convert(sideways, upright)
    expect(after).toMatchObject({ width: 400, height: 600 })
    const { exif, orientation } = await sharp(after?.bytes).metadata()
    expect({ exif, orientation }).toEqual({ exif: undefined, orientation: undefined })
  })

  it('lays what is see-through on white where there is no other way', async () => {
    const after = await convert(await transparentPng(60, 40), asJpeg)
    const { dominant } = await sharp(after?.bytes).stats()
    expect(Math.min(dominant.r, dominant.g, dominant.b)).toBeGreaterThan(240)
  })

  it('leaves what it cannot read to the check', async () => {
    expect(await convert(Buffer.from('not a picture'), asJpeg)).toBeUndefined()
  })
})

describe('what moves', () => {
  it('is an image of more than one picture', async () => {
    const gif = await movingGif()
    expect(isAnimated(gif, 'image/gif')).toBe(true)
    const still = await noise(32, 32).gif().toBuffer()
    expect(isAnimated(still, 'image/gif')).toBe(false)
    const webp = await sharp(gif, { animated: true }).webp().toBuffer()
    expect(isAnimated(webp, 'image/webp')).toBe(true)
    expect(isAnimated(await noise(32, 32).webp().toBuffer(), 'image/webp')).toBe(false)
    expect(isAnimated(await pngOf(32, 32), 'image/png')).toBe(false)
    expect(isAnimated(gif.subarray(0, gif.length / 2), 'image/gif')).toBe(false)
  })
})
