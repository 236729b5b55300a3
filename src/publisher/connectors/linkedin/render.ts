import type { Content, ImageRule, Media, Problem } from '../connector.js'
import { standsStill } from '../images.js'
import { checkAlt, checkSize } from '../limits.js'
import { cardLink } from '../links.js'
import { littleText } from './little-text.js'

const MB = 1024 * 1024

/** @see Microsoft Learn, LinkedIn "Posts API", "Images API", "MultiImage Post API", "Videos API" */
export const LIMITS = {
  /** Known from its error `FIELD_LENGTH_TOO_LONG`; counted with the escapes, to be cautious. */
  commentary: 3000,
  images: 20,
  imagePixels: 36_152_320,
  imageTypes: ['image/jpeg', 'image/png', 'image/gif'],
  altLength: 4086,
  videoBytes: 500 * MB,
  videoMs: { min: 3000, max: 1_800_000 },
} as const

/** What images become when they do not fit; see `ImageRule`. */
export const IMAGES: ImageRule = {
  types: LIMITS.imageTypes,
  maxPixels: LIMITS.imagePixels - 1,
  moving: ['image/gif'],
}

/** What LinkedIn would refuse in this content. */
export function checkLinkedIn({ text, media }: Content): readonly Problem[] {
  const problems: Problem[] = []
  const length = [...littleText(text)].length
  const images = media.filter(({ kind }) => kind === 'image')
  const videos = media.filter(({ kind }) => kind === 'video')
  if (text.trim() === '' && media.length === 0) {
    problems.push({ field: 'text', message: 'LinkedIn needs a text, a picture or a video.' })
  }
  if (length > LIMITS.commentary) {
    const message = `The text counts as ${length} characters on LinkedIn, which takes ${LIMITS.commentary}.`
    problems.push({ field: 'text', message, next: 'Give LinkedIn a shorter text of its own.' })
  }
  if (videos.length > 1 || (videos.length > 0 && images.length > 0)) {
    const message = 'LinkedIn takes one video, or pictures, but not both in one post.'
    problems.push({ field: 'media', message })
  }
  if (images.length > LIMITS.images) {
    const message = `There are ${images.length} pictures; LinkedIn takes ${LIMITS.images}.`
    problems.push({ field: 'media', message })
  }
  return [...problems, ...images.flatMap(checkImage), ...videos.flatMap(checkVideo)]
}

function checkImage(image: Media): readonly Problem[] {
  const { filename, mime, width, height } = image
  const still = standsStill('LinkedIn', image, IMAGES)
  if (still) return [still]
  const problems: Problem[] = []
  if (!LIMITS.imageTypes.some((type) => type === mime)) {
    const message = `${filename} is ${mime}; LinkedIn takes JPEG, PNG and GIF.`
    problems.push({ field: 'media', message, next: 'Save it as JPEG or PNG.' })
  }
  if (width * height >= LIMITS.imagePixels) {
    const message = `${filename} has ${width * height} pixels; LinkedIn takes fewer than ${LIMITS.imagePixels}.`
    problems.push({ field: 'media', message, next: 'Make it smaller.' })
  }
  return [...problems, ...checkAlt('LinkedIn', image, LIMITS.altLength)]
}

function checkVideo(video: Media): readonly Problem[] {
  const { filename, mime, durationMs } = video
  const problems: Problem[] = []
  const { min, max } = LIMITS.videoMs
  if (mime !== 'video/mp4') {
    problems.push({ field: 'media', message: `${filename} is ${mime}; LinkedIn takes MP4.` })
  }
  problems.push(...checkSize('LinkedIn', video, LIMITS.videoBytes))
  if (durationMs !== undefined && (durationMs < min || durationMs > max)) {
    const message = `${filename} lasts ${durationMs / 1000} s; LinkedIn takes 3 s to 30 min.`
    problems.push({ field: 'media', message })
  }
  return problems
}

export interface Asset {
  readonly urn: string
  readonly media: Media
}

/** What was uploaded for a post. */
export interface Uploads {
  readonly assets: readonly Asset[]
  /** The picture of the link's card. */
  readonly thumbUrn?: string
}

/**
 * The body of `POST /rest/posts`, the same for every attempt. A link gets a card where its page told
 * a title before the post was queued, because LinkedIn does not read pages; else it stays text.
 * @see Microsoft Learn, LinkedIn "Posts API"
 */
export function postBody(author: string, content: Content, uploads: Uploads) {
  return {
    author,
    commentary: littleText(content.text),
    visibility: 'PUBLIC',
    distribution: {
      feedDistribution: 'MAIN_FEED',
      targetEntities: [],
      thirdPartyDistributionChannels: [],
    },
    ...contentOf(content, uploads),
    lifecycleState: 'PUBLISHED',
    isReshareDisabledByAuthor: false,
  }
}

function contentOf(content: Content, { assets, thumbUrn }: Uploads) {
  const [first, ...more] = assets.map(({ urn, media }) => ({
    id: urn,
    ...(media.alt && media.kind === 'image' ? { altText: media.alt } : {}),
  }))
  if (!first) return articleOf(content, thumbUrn)
  const shown = more.length === 0 ? { media: first } : { multiImage: { images: [first, ...more] } }
  return { content: shown }
}

function articleOf(content: Content, thumbUrn: string | undefined) {
  const { card } = content
  if (!card || card.url !== cardLink(content)) return {}
  const article = {
    source: card.url,
    title: card.title,
    ...(card.description === '' ? {} : { description: card.description }),
    ...(thumbUrn === undefined ? {} : { thumbnail: thumbUrn }),
  }
  return { content: { article } }
}
