import type { Instant } from '../../core/target.js'
import type { Content, ImageRule, Media, Problem } from '../connector.js'
import { standsStill } from '../images.js'
import { checkAlt, checkSize } from '../limits.js'
import { cardLink } from '../links.js'
import { facetsOf, findFeatures } from './facets.js'
import { type Blob, COLLECTION } from './wire.js'

/** @see bluesky-social/atproto lexicons/app/bsky/feed/post.json, embed/images.json, embed/video.json */
export const LIMITS = {
  graphemes: 300,
  bytes: 3000,
  images: 4,
  /** The schema has 2,000,000 by now; servers that refuse more than this are still in use. */
  imageBytes: 1_000_000,
  imageTypes: ['image/jpeg', 'image/png', 'image/webp', 'image/gif'],
  /** What a server takes as one file. @see bsky-docs docs/advanced-guides/rate-limits.md */
  videoBytes: 50 * 1024 * 1024,
  videoAlt: 1000,
} as const

/** What images become when they do not fit; see `ImageRule`. */
export const IMAGES: ImageRule = {
  types: LIMITS.imageTypes,
  maxBytes: LIMITS.imageBytes,
  moving: [],
}

/** Characters as people count them. */
export function graphemes(text: string): number {
  return [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].length
}

/** What Bluesky would refuse in this content. */
export function checkBluesky({ text, media }: Content): readonly Problem[] {
  const problems: Problem[] = []
  const images = media.filter(({ kind }) => kind === 'image')
  const videos = media.filter(({ kind }) => kind === 'video')
  const length = graphemes(text)
  const bytes = Buffer.byteLength(text)
  if (text.trim() === '' && media.length === 0) {
    problems.push({ field: 'text', message: 'Bluesky needs a text, a picture or a video.' })
  }
  if (length > LIMITS.graphemes) {
    const message = `The text has ${length} characters; Bluesky takes ${LIMITS.graphemes}.`
    problems.push({ field: 'text', message, next: 'Give Bluesky a shorter text of its own.' })
  } else if (bytes > LIMITS.bytes) {
    const message = `The text has ${bytes} bytes; Bluesky takes ${LIMITS.bytes}.`
    problems.push({ field: 'text', message, next: 'Give Bluesky a shorter text of its own.' })
  }
  if (videos.length > 1 || (videos.length > 0 && images.length > 0)) {
    const message = 'Bluesky takes one video, or pictures, but not both in one post.'
    problems.push({ field: 'media', message })
  }
  if (images.length > LIMITS.images) {
    const message = `There are ${images.length} pictures; Bluesky takes ${LIMITS.images}.`
    problems.push({ field: 'media', message })
  }
  return [...problems, ...images.flatMap(checkImage), ...videos.flatMap(checkVideo)]
}

function checkImage(image: Media): readonly Problem[] {
  const { filename, mime } = image
  const still = standsStill('Bluesky', image, IMAGES)
  if (still) return [still]
  const problems: Problem[] = []
  if (!LIMITS.imageTypes.some((type) => type === mime)) {
    const message = `${filename} is ${mime}; Bluesky takes JPEG, PNG, WebP and GIF.`
    problems.push({ field: 'media', message, next: 'Save it as JPEG.' })
  }
  const next = 'Save it smaller or with less quality.'
  return [...problems, ...checkSize('Bluesky', image, LIMITS.imageBytes, next)]
}

function checkVideo(video: Media): readonly Problem[] {
  const problems: Problem[] = []
  if (video.mime !== 'video/mp4') {
    const message = `${video.filename} is ${video.mime}; Bluesky takes MP4.`
    problems.push({ field: 'media', message })
  }
  return [
    ...problems,
    ...checkSize('Bluesky', video, LIMITS.videoBytes),
    ...checkAlt('Bluesky', video, LIMITS.videoAlt, graphemes),
  ]
}

/** The handles that a text mentions, each once. */
export function mentionsIn(text: string): readonly string[] {
  const handles = findFeatures(text).flatMap((found) =>
    found.kind === 'mention' ? found.handle : [],
  )
  return [...new Set(handles)]
}

export interface RecordParts {
  readonly createdAt: Instant
  /** The DIDs of those handles that resolved. */
  readonly dids: ReadonlyMap<string, string>
  /** The uploaded files, by the id of their medium. */
  readonly blobs: ReadonlyMap<string, Blob>
}

/**
 * The post as a record. A link becomes a card only where there is no medium; Bluesky does not read
 * the page, so the card says what was read before the post was queued, or no more than the host.
 */
export function postRecord(
  content: Content,
  parts: RecordParts,
): Readonly<Record<string, unknown>> {
  const { text } = content
  const facets = facetsOf(text, findFeatures(text), parts.dids)
  const embed = embedOf(content, parts)
  return {
    $type: COLLECTION,
    text,
    createdAt: new Date(parts.createdAt).toISOString(),
    ...(facets.length === 0 ? {} : { facets }),
    ...(embed === undefined ? {} : { embed }),
  }
}

function embedOf(content: Content, { blobs }: RecordParts) {
  const { media } = content
  const [first] = media
  if (first?.kind === 'video') {
    return {
      $type: 'app.bsky.embed.video',
      video: blobs.get(first.id),
      ...(first.alt ? { alt: first.alt } : {}),
      ...ratioOf(first),
    }
  }
  if (first) {
    const images = media.map((image) => ({
      image: blobs.get(image.id),
      alt: image.alt ?? '',
      ...ratioOf(image),
    }))
    return { $type: 'app.bsky.embed.images', images }
  }
  const external = externalOf(content, blobs)
  return external && { $type: 'app.bsky.embed.external', external }
}

function externalOf(content: Content, blobs: RecordParts['blobs']) {
  const uri = cardLink(content)
  if (uri === undefined) return undefined
  const { card } = content
  if (card?.url !== uri) {
    return { uri, title: new URL(uri).hostname.replace(/^www\./, ''), description: '' }
  }
  const thumb = card.thumb && blobs.get(card.thumb.id)
  return { uri, title: card.title, description: card.description, ...(thumb ? { thumb } : {}) }
}

function ratioOf({ width, height }: Media) {
  return width > 0 && height > 0 ? { aspectRatio: { width, height } } : {}
}
