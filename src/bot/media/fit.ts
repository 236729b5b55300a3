import type { ImageRule, Media } from '../../publisher/connectors/connector.js'

/** What an image has to become before a platform takes it. */
export interface Fit {
  readonly types: readonly string[]
  readonly maxBytes: number
  readonly maxWidth: number
  readonly maxHeight: number
}

/**
 * How an image is made to fit: another format, fewer bytes, fewer pixels. Never cropped, and what
 * moves stays as it is; what is left to say against it, the platform's own check says.
 * @returns undefined when nothing has to be done, or nothing can be
 */
export function planFit(image: Media, rule: ImageRule): Fit | undefined {
  const { width, height } = image
  if (image.kind !== 'image' || image.animated || width < 1 || height < 1) return undefined
  const byPixels = Math.sqrt((rule.maxPixels ?? Number.POSITIVE_INFINITY) / (width * height))
  const bySides = (rule.maxSides ?? Number.POSITIVE_INFINITY) / (width + height)
  const scale = Math.min(1, byPixels, bySides)
  const maxBytes = rule.maxBytes ?? Number.MAX_SAFE_INTEGER
  const fits = rule.types.includes(image.mime) && image.bytes <= maxBytes && scale === 1
  if (fits) return undefined
  return {
    types: rule.types,
    maxBytes,
    maxWidth: Math.max(1, Math.floor(width * scale)),
    maxHeight: Math.max(1, Math.floor(height * scale)),
  }
}

/** One encoding to try. */
export interface Try {
  readonly type: 'image/jpeg' | 'image/png'
  readonly quality: number
  readonly width: number
  readonly height: number
}

/** Below this, of the longer side in pixels, people would see that something is missing. */
const SMALLEST_SIDE = 1000
const SHRINK = 0.85

/**
 * The encodings to try, the best first, until one is small enough: less quality before fewer
 * pixels, and neither to where it shows. A JPEG has no transparency, so it is laid on white only
 * where the platform takes nothing else.
 */
export function* triesOf(fit: Fit, isTransparent: boolean): Generator<Try> {
  const type = isTransparent && fit.types.includes('image/png') ? 'image/png' : 'image/jpeg'
  const longer = Math.max(fit.maxWidth, fit.maxHeight)
  const smallest = Math.min(SMALLEST_SIDE, longer)
  for (let scale = 1; longer * scale >= smallest; scale *= SHRINK) {
    const width = Math.max(1, Math.round(fit.maxWidth * scale))
    const height = Math.max(1, Math.round(fit.maxHeight * scale))
    for (const quality of type === 'image/png' ? [100] : [90, 82]) {
      yield { type, quality, width, height }
    }
  }
}
