import type { Content, ImageRule, Media, Problem } from '../connector.js'
import { standsStill } from '../images.js'
import { checkAlt, checkSize } from '../limits.js'
import { weightedLength } from './weighted-length.js'

const MB = 1024 * 1024

/** @see X API docs, "Counting characters", "Media best practices" */
export const LIMITS = {
  weight: 280,
  photos: 4,
  imageBytes: 5 * MB,
  gifBytes: 15 * MB,
  imageTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
  videoBytes: 512 * MB,
  videoTypes: ['video/mp4', 'video/quicktime'],
  videoMs: { min: 500, max: 140_000 },
  ratio: 3,
  altLength: 1000,
  cashtags: 1,
} as const

/** What images become when they do not fit; see `ImageRule`. */
export const IMAGES: ImageRule = {
  types: LIMITS.imageTypes,
  maxBytes: LIMITS.imageBytes,
  moving: ['image/gif'],
}

/** What X would refuse in this content. */
export function checkX({ text, media }: Content): readonly Problem[] {
  const problems: Problem[] = []
  const weight = weightedLength(text)
  if (text.trim() === '' && media.length === 0) {
    problems.push({ field: 'text', message: 'X needs a text, a picture or a video.' })
  }
  if (weight > LIMITS.weight) {
    const message = `The text counts as ${weight} characters on X, which takes ${LIMITS.weight}.`
    const next = 'Give X a shorter text of its own; links count as 23, emoji and CJK as 2.'
    problems.push({ field: 'text', message, next })
  }
  const cashtags = text.match(/(?<=^|\s)\$[a-z]{1,6}(?![a-z0-9])/gi)?.length ?? 0
  if (cashtags > LIMITS.cashtags) {
    const message = `The text has ${cashtags} cashtags; X takes ${LIMITS.cashtags}.`
    problems.push({ field: 'text', message })
  }
  return [...problems, ...checkCount(media), ...media.flatMap(checkMedium)]
}

function checkCount(media: readonly Media[]): readonly Problem[] {
  const alone = media.filter((medium) => categoryOf(medium) !== 'tweet_image')
  if (alone.length > 0 && media.length > 1) {
    const message = 'X takes up to four pictures, or one GIF, or one video in one post.'
    return [{ field: 'media', message }]
  }
  if (media.length > LIMITS.photos) {
    const message = `There are ${media.length} pictures; X takes ${LIMITS.photos}.`
    return [{ field: 'media', message }]
  }
  return []
}

function checkMedium(media: Media): readonly Problem[] {
  const { filename, mime } = media
  const still = standsStill('X', media, IMAGES)
  if (still) return [still]
  const problems: Problem[] = []
  const types: readonly string[] = media.kind === 'image' ? LIMITS.imageTypes : LIMITS.videoTypes
  if (!types.includes(mime)) {
    const names = media.kind === 'image' ? 'JPEG, PNG, GIF and WebP' : 'MP4 and QuickTime'
    problems.push({ field: 'media', message: `${filename} is ${mime}; X takes ${names}.` })
  }
  problems.push(
    ...checkSize('X', media, mostBytes(media)),
    ...checkAlt('X', media, LIMITS.altLength),
  )
  return media.kind === 'video' ? [...problems, ...checkVideo(media)] : problems
}

function checkVideo({ filename, width, height, durationMs }: Media): readonly Problem[] {
  const problems: Problem[] = []
  const { min, max } = LIMITS.videoMs
  if (durationMs !== undefined && (durationMs < min || durationMs > max)) {
    const message = `${filename} lasts ${durationMs / 1000} s; X takes ${min / 1000} to ${max / 1000} s.`
    problems.push({ field: 'media', message })
  }
  const ratio = width > 0 && height > 0 ? Math.max(width / height, height / width) : 1
  if (ratio > LIMITS.ratio) {
    const message = `${filename} is ${width} by ${height}; X takes shapes from 1:3 to 3:1.`
    problems.push({ field: 'media', message })
  }
  return problems
}

function mostBytes(media: Media): number {
  if (media.kind === 'video') return LIMITS.videoBytes
  return categoryOf(media) === 'tweet_gif' ? LIMITS.gifBytes : LIMITS.imageBytes
}

/** @see X API openapi 2.167, InitializeMediaUploadRequest */
export function categoryOf({ kind, mime }: Media) {
  if (kind === 'video') return 'tweet_video'
  return mime === 'image/gif' ? 'tweet_gif' : 'tweet_image'
}

/** The body of `POST /2/tweets`, which refuses what it does not know. */
export function postForm(text: string, mediaIds: readonly string[]) {
  return {
    ...(text === '' ? {} : { text }),
    ...(mediaIds.length === 0 ? {} : { media: { media_ids: mediaIds } }),
  }
}
