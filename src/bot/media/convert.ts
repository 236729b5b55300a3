import type { Sharp } from 'sharp'
import { type Fit, triesOf } from './fit.js'

export interface Converted {
  readonly bytes: Uint8Array
  readonly mime: 'image/jpeg' | 'image/png'
  readonly width: number
  readonly height: number
}

/** More pixels than any camera makes; a small file can claim many more than memory holds. */
const MAX_PIXELS = 120_000_000

/**
 * The image made to fit: upright, in sRGB and without hidden data such as where it was taken.
 * @returns undefined when it cannot be read, or does not get small enough without showing it
 */
export async function convert(bytes: Uint8Array, fit: Fit): Promise<Converted | undefined> {
  // Loaded when first needed: most posts need no conversion, and it takes memory.
  const { default: sharp } = await import('sharp')
  sharp.cache(false)
  const open = () => sharp(bytes, { limitInputPixels: MAX_PIXELS }).autoOrient()
  try {
    const isTransparent = await hasTransparency(open())
    for (const { type, quality, width, height } of triesOf(fit, isTransparent)) {
      const drawn = open()
        .resize({ width, height, fit: 'inside', withoutEnlargement: true })
        .toColourspace('srgb')
      const encoded =
        type === 'image/png'
          ? drawn.png({ compressionLevel: 9 })
          : drawn.flatten({ background: 'white' }).jpeg({ quality, chromaSubsampling: '4:4:4' })
      const { data, info } = await encoded.toBuffer({ resolveWithObject: true })
      if (data.byteLength > fit.maxBytes) continue
      return { bytes: Uint8Array.from(data), mime: type, width: info.width, height: info.height }
    }
  } catch {
    // What the library cannot read is said by the platform's check, in words for people.
  }
  return undefined
}

async function hasTransparency(image: Sharp): Promise<boolean> {
  const { hasAlpha } = await image.metadata()
  return hasAlpha === true && !(await image.stats()).isOpaque
}
