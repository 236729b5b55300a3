import { imageSize } from 'image-size'
import { isAnimated } from './animated.js'
import { readVideo } from './mp4.js'
import { guessWhat, type MediaType, sniff } from './sniff.js'
import type { SoundTrack } from './sound-track.js'

export type Inspected =
  | {
      readonly kind: 'media'
      readonly type: MediaType
      readonly width: number
      readonly height: number
      readonly durationMs?: number
      readonly codec?: string
      readonly framesPerSecond?: number
      readonly sound?: SoundTrack
      readonly describedLast?: true
      readonly animated?: true
    }
  | { readonly kind: 'problem'; readonly message: string; readonly next?: string }

/** What a file is and how large it shows, from its bytes alone. */
export function inspect(bytes: Uint8Array): Inspected {
  const type = sniff(bytes)
  if (!type) {
    return {
      kind: 'problem',
      message: `This is not a picture or video that can be published; it looks like ${guessWhat(bytes)}.`,
      next: 'Use JPEG, PNG, GIF, WebP, MP4 or MOV.',
    }
  }
  const size = type.kind === 'image' ? imageFacts(bytes) : readVideo(bytes)
  const animated = isAnimated(bytes, type.mime) ? { animated: true as const } : {}
  return size
    ? { kind: 'media', type, ...size, ...animated }
    : { kind: 'problem', message: `The ${type.extension.toUpperCase()} file is broken or cut off.` }
}

function imageFacts(bytes: Uint8Array): { width: number; height: number } | undefined {
  try {
    // The library reads past the end of a view into the buffer under it.
    const isPart = bytes.byteLength !== bytes.buffer.byteLength
    const { width, height, orientation = 1 } = imageSize(isPart ? Uint8Array.from(bytes) : bytes)
    if (!(width > 0 && height > 0)) return undefined
    // EXIF 5 to 8: the camera was held on its side, and everybody shows it turned.
    return orientation >= 5 ? { width: height, height: width } : { width, height }
  } catch {
    return undefined
  }
}
