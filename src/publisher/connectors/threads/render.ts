import type { Content, ImageRule, Media, Problem } from '../connector.js'
import { standsStill } from '../images.js'
import { checkAlt, checkSize } from '../limits.js'
import type { ContainerPlan } from '../meta/containers.js'
import { checkStorage } from '../videos.js'

const MB = 1024 * 1024

/** No least or greatest width of images: Threads scales them. @see Threads API "Overview" and "Posts" */
export const LIMITS = {
  textLength: 500,
  links: 5,
  carousel: 20,
  altLength: 1000,
  imageTypes: ['image/jpeg', 'image/png'],
  imageBytes: 8 * MB,
  maxRatio: 10,
  videoTypes: ['video/mp4', 'video/quicktime'],
  videoBytes: 1024 * MB,
  videoMaxMs: 5 * 60_000,
  video: { framesPerSecond: { min: 23, max: 60 } },
} as const

/** What images become when they do not fit; see `ImageRule`. */
export const IMAGES: ImageRule = {
  types: LIMITS.imageTypes,
  maxBytes: LIMITS.imageBytes,
  moving: [],
}

/** What Threads would refuse in this content. */
export function checkThreads({ text, media }: Content): readonly Problem[] {
  const problems: Problem[] = []
  const length = threadsLength(text)
  const links = new Set(text.match(/https?:\/\/[^\s<>"]+/gi)).size
  if (text.trim() === '' && media.length === 0) {
    problems.push({ field: 'text', message: 'Threads needs a text, an image or a video.' })
  }
  if (length > LIMITS.textLength) {
    const message = `The text counts as ${length} characters; Threads takes ${LIMITS.textLength}.`
    problems.push({ field: 'text', message, next: 'Each emoji counts as several characters.' })
  }
  if (links > LIMITS.links) {
    const message = `The text has ${links} links; Threads takes ${LIMITS.links}.`
    problems.push({ field: 'text', message })
  }
  if (media.length > LIMITS.carousel) {
    const message = `There are ${media.length} images and videos; Threads takes ${LIMITS.carousel}.`
    problems.push({ field: 'media', message })
  }
  return [...problems, ...media.flatMap(checkMedium)]
}

/** Threads counts an emoji by its UTF-8 bytes. @see Threads API reference "Publishing" */
export function threadsLength(text: string): number {
  let length = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const isEmoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(segment)
    length += isEmoji ? Buffer.byteLength(segment) : 1
  }
  return length
}

function checkMedium(medium: Media): readonly Problem[] {
  const { kind, filename, mime } = medium
  const still = standsStill('Threads', medium, IMAGES)
  if (still) return [still]
  const problems: Problem[] = []
  const [types, maxBytes] =
    kind === 'image'
      ? [LIMITS.imageTypes, LIMITS.imageBytes]
      : [LIMITS.videoTypes, LIMITS.videoBytes]
  if (!types.some((type) => type === mime)) {
    const taken = kind === 'image' ? 'JPEG and PNG' : 'MP4 and MOV'
    problems.push({ field: 'media', message: `${filename} is ${mime}; Threads takes ${taken}.` })
  }
  return [
    ...problems,
    ...checkSize('Threads', medium, maxBytes),
    ...checkAlt('Threads', medium, LIMITS.altLength),
    ...(kind === 'image' ? checkShape(medium) : checkVideo(medium)),
  ]
}

function checkShape({ filename, width, height }: Media): readonly Problem[] {
  if (Math.max(width / height, height / width) <= LIMITS.maxRatio) return []
  const message = `${filename} is ${width} by ${height}; Threads takes shapes up to 10:1.`
  return [{ field: 'media', message }]
}

function checkVideo(video: Media): readonly Problem[] {
  const { filename, durationMs = 0 } = video
  const stored = checkStorage('Threads', video, LIMITS.video)
  if (durationMs <= LIMITS.videoMaxMs) return stored
  const seconds = Math.round(durationMs / 1000)
  const message = `${filename} lasts ${seconds} s; Threads takes 5 minutes.`
  return [{ field: 'media', message }, ...stored]
}

/** A text, one image or video, or a carousel. */
export function planThreads(
  { text, media }: Content,
  urlOf: (media: Media) => string,
): ContainerPlan {
  const words = text === '' ? {} : { text }
  const [only, ...more] = media
  if (!only) return { parts: [], whole: () => ({ media_type: 'TEXT', ...words }) }
  if (more.length === 0)
    return { parts: [], whole: () => ({ ...mediaForm(only, urlOf), ...words }) }
  return {
    parts: media.map((part) => ({ is_carousel_item: 'true', ...mediaForm(part, urlOf) })),
    whole: (partIds) => ({ media_type: 'CAROUSEL', children: partIds.join(','), ...words }),
  }
}

function mediaForm(medium: Media, urlOf: (media: Media) => string): Record<string, string> {
  return {
    ...(medium.kind === 'video'
      ? { media_type: 'VIDEO', video_url: urlOf(medium) }
      : { media_type: 'IMAGE', image_url: urlOf(medium) }),
    ...(medium.alt ? { alt_text: medium.alt } : {}),
  }
}
