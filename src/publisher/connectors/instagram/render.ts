import type { Content, ImageRule, Media, Problem } from '../connector.js'
import { standsStill } from '../images.js'
import { checkAlt, checkSize } from '../limits.js'
import type { ContainerPlan } from '../meta/containers.js'
import { AAC_TO_48_KHZ, checkStorage, H264_AND_H265 } from '../videos.js'

const MB = 1024 * 1024
const MINUTE_MS = 60_000

/**
 * No least or greatest width of images: Instagram scales them.
 * @see Instagram Platform "Content Publishing" and reference "IG User Media"
 */
export const LIMITS = {
  captionLength: 2200,
  hashtags: 30,
  mentions: 20,
  altLength: 1000,
  carousel: 10,
  imageBytes: 8 * MB,
  /** 4:5 and 1.91:1, with room for sizes that are rounded to whole pixels. */
  minRatio: 0.795,
  maxRatio: 1.915,
  videoBytes: 300 * MB,
  videoMinMs: 3000,
  videoMaxMs: 15 * MINUTE_MS,
  videoTypes: ['video/mp4', 'video/quicktime'],
  videoMaxWidth: 1920,
  video: {
    codecs: H264_AND_H265,
    framesPerSecond: { min: 23, max: 60 },
    sound: AAC_TO_48_KHZ,
    describedFirst: true,
  },
} as const

/** What images become when they do not fit; see `ImageRule`. */
export const IMAGES: ImageRule = {
  types: ['image/jpeg'],
  maxBytes: LIMITS.imageBytes,
  moving: [],
}

/** What Instagram would refuse in this content. */
export function checkInstagram({ text, media }: Content): readonly Problem[] {
  return [...checkCaption(text), ...checkCount(media), ...media.flatMap(checkMedium)]
}

function checkCaption(text: string): readonly Problem[] {
  const counts = [
    { found: [...text].length, limit: LIMITS.captionLength, what: 'characters' },
    {
      found: (text.match(/#[\p{L}\p{N}_]+/gu) ?? []).length,
      limit: LIMITS.hashtags,
      what: 'hashtags',
    },
    {
      found: (text.match(/(?<![\p{L}\p{N}_.])@[\w.]+/gu) ?? []).length,
      limit: LIMITS.mentions,
      what: 'mentions',
    },
  ]
  return counts
    .filter(({ found, limit }) => found > limit)
    .map(({ found, limit, what }) => ({
      field: 'text',
      message: `The caption has ${found} ${what}; Instagram takes ${limit}.`,
    }))
}

function checkCount(media: readonly Media[]): readonly Problem[] {
  if (media.length === 0) {
    const message = 'Instagram has no posts without an image or a video.'
    return [{ field: 'media', message, next: 'Add a JPEG image or a video.' }]
  }
  if (media.length <= LIMITS.carousel) return []
  const message = `There are ${media.length} images and videos; Instagram takes ${LIMITS.carousel}.`
  return [{ field: 'media', message }]
}

function checkMedium(medium: Media): readonly Problem[] {
  return medium.kind === 'image' ? checkImage(medium) : checkVideo(medium)
}

function checkImage(image: Media): readonly Problem[] {
  const { filename, mime, width, height } = image
  const still = standsStill('Instagram', image, IMAGES)
  if (still) return [still]
  const problems: Problem[] = []
  const ratio = width / height
  if (mime !== 'image/jpeg') {
    const message = `${filename} is ${mime}; Instagram takes only JPEG.`
    problems.push({ field: 'media', message, next: 'Save it as JPEG.' })
  }
  problems.push(...checkSize('Instagram', image, LIMITS.imageBytes))
  if (ratio < LIMITS.minRatio || ratio > LIMITS.maxRatio) {
    const message = `${filename} is ${width} by ${height}; Instagram takes shapes from 4:5 to 1.91:1.`
    problems.push({ field: 'media', message, next: 'Crop it.' })
  }
  return [...problems, ...checkAlt('Instagram', image, LIMITS.altLength)]
}

function checkVideo(video: Media): readonly Problem[] {
  const { filename, mime, width, durationMs } = video
  const problems: Problem[] = []
  if (!LIMITS.videoTypes.some((type) => type === mime)) {
    const message = `${filename} is ${mime}; Instagram takes MP4 and MOV.`
    problems.push({ field: 'media', message })
  }
  problems.push(...checkSize('Instagram', video, LIMITS.videoBytes))
  if (width > LIMITS.videoMaxWidth) {
    const message = `${filename} is ${width} pixels wide; Instagram takes ${LIMITS.videoMaxWidth}.`
    problems.push({ field: 'media', message })
  }
  const tooShort = durationMs !== undefined && durationMs < LIMITS.videoMinMs
  if (tooShort || (durationMs ?? 0) > LIMITS.videoMaxMs) {
    const seconds = Math.round((durationMs ?? 0) / 1000)
    const message = `${filename} lasts ${seconds} s; Instagram takes 3 s to 15 minutes.`
    problems.push({ field: 'media', message })
  }
  return [...problems, ...checkStorage('Instagram', video, LIMITS.video)]
}

/** One image, one reel, or a carousel; only images carry alt text. */
export function planInstagram(
  { text, media }: Content,
  urlOf: (media: Media) => string,
): ContainerPlan {
  const caption = text === '' ? {} : { caption: text }
  const [only, ...more] = media
  if (only && more.length === 0) {
    const reel = { media_type: 'REELS', video_url: urlOf(only), ...caption }
    return {
      parts: [],
      whole: () => (only.kind === 'video' ? reel : { ...imageForm(only, urlOf), ...caption }),
    }
  }
  return {
    parts: media.map((part) => ({
      is_carousel_item: 'true',
      ...(part.kind === 'video'
        ? { media_type: 'VIDEO', video_url: urlOf(part) }
        : imageForm(part, urlOf)),
    })),
    whole: (partIds) => ({ media_type: 'CAROUSEL', children: partIds.join(','), ...caption }),
  }
}

function imageForm(image: Media, urlOf: (media: Media) => string): Record<string, string> {
  return { image_url: urlOf(image), ...(image.alt ? { alt_text: image.alt } : {}) }
}
