import type { Content, ImageRule, Media, Problem } from '../connector.js'
import type { FormPart } from '../http.js'
import { checkAlt, checkSize } from '../limits.js'
import type { Instance } from './wire.js'

export interface Limits {
  readonly characters: number
  readonly attachments: number
  readonly charactersPerLink: number
  readonly altLength: number
  readonly imageBytes: number
  readonly imagePixels: number
  readonly videoBytes: number
  readonly types: readonly string[]
}

/** What a server has unless it says otherwise. @see mastodon/documentation entities/Instance.md */
export const DEFAULT_LIMITS: Limits = {
  characters: 500,
  attachments: 4,
  charactersPerLink: 23,
  altLength: 1500,
  imageBytes: 16 * 1024 * 1024,
  imagePixels: 33_177_600,
  videoBytes: 99 * 1024 * 1024,
  types: [
    'image/jpeg',
    'image/png',
    'image/gif',
    'image/webp',
    'video/mp4',
    'video/webm',
    'video/quicktime',
  ],
}

/** The limits of a server, as far as it names them. */
export function limitsOf({ configuration }: Instance): Limits {
  const statuses = configuration?.statuses
  const media = configuration?.media_attachments
  const byDefault = DEFAULT_LIMITS
  return {
    characters: statuses?.max_characters ?? byDefault.characters,
    attachments: statuses?.max_media_attachments ?? byDefault.attachments,
    charactersPerLink: statuses?.characters_reserved_per_url ?? byDefault.charactersPerLink,
    altLength: media?.description_limit ?? byDefault.altLength,
    imageBytes: media?.image_size_limit ?? byDefault.imageBytes,
    imagePixels: media?.image_matrix_limit ?? byDefault.imagePixels,
    videoBytes: media?.video_size_limit ?? byDefault.videoBytes,
    types: media?.supported_mime_types ?? byDefault.types,
  }
}

/** What images become when they do not fit. A server turns what moves into a video by itself. */
export function imageRule({ types, imageBytes, imagePixels }: Limits): ImageRule {
  const moving = ['image/gif', 'image/png', 'image/webp']
  return { types, maxBytes: imageBytes, maxPixels: imagePixels, moving }
}

/**
 * Length as Mastodon counts it: characters as people see them, every link as 23, mentions without
 * their domain.
 * @see mastodon/documentation user/posting.md
 */
export function statusLength(text: string, { charactersPerLink }: Limits): number {
  const counted = text
    .replace(/https?:\/\/[^\s<>"]+/gi, 'x'.repeat(charactersPerLink))
    .replace(/(@\w+)@[\w.-]*\w/g, '$1')
  return graphemes(counted)
}

function graphemes(text: string): number {
  return [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].length
}

/** What the server would refuse in this content. */
export function checkMastodon({ text, media }: Content, limits: Limits): readonly Problem[] {
  const problems: Problem[] = []
  const length = statusLength(text, limits)
  const videos = media.filter(({ kind }) => kind === 'video')
  if (text.trim() === '' && media.length === 0) {
    problems.push({ field: 'text', message: 'Mastodon needs a text, a picture or a video.' })
  }
  if (length > limits.characters) {
    const message = `The text has ${length} characters; this server takes ${limits.characters}.`
    problems.push({ field: 'text', message, next: 'Give Mastodon a shorter text of its own.' })
  }
  if (videos.length > 1 || (videos.length > 0 && media.length > videos.length)) {
    const message = 'Mastodon takes one video, or pictures, but not both in one post.'
    problems.push({ field: 'media', message })
  } else if (media.length > limits.attachments) {
    const message = `There are ${media.length} pictures; this server takes ${limits.attachments}.`
    problems.push({ field: 'media', message })
  }
  return [...problems, ...media.flatMap((medium) => checkMedium(medium, limits))]
}

function checkMedium(medium: Media, limits: Limits): readonly Problem[] {
  const { kind, filename, mime, width, height } = medium
  const problems: Problem[] = []
  if (kind === 'image' && width * height > limits.imagePixels) {
    const message = `${filename} has ${width * height} pixels; this server takes ${limits.imagePixels}.`
    problems.push({ field: 'media', message, next: 'Make it smaller.' })
  }
  if (!limits.types.includes(mime)) {
    const message = `${filename} is ${mime}, which this server does not take.`
    const next = kind === 'image' ? 'Save it as JPEG.' : 'Save it as MP4.'
    problems.push({ field: 'media', message, next })
  }
  const most = kind === 'image' ? limits.imageBytes : limits.videoBytes
  return [
    ...problems,
    ...checkSize('this server', medium, most),
    ...checkAlt('this server', medium, limits.altLength, graphemes),
  ]
}

export function mediaUpload(media: Media, bytes: Uint8Array): readonly FormPart[] {
  const { filename, mime, alt } = media
  return [
    ...(alt ? [{ name: 'description', value: alt }] : []),
    { name: 'file', value: { bytes, filename, contentType: mime } },
  ]
}

/** Said in public, whatever the account's own default is: that is what publishing means. */
export function statusForm(text: string, mediaIds: readonly string[]) {
  return {
    status: text,
    visibility: 'public',
    ...(mediaIds.length === 0 ? {} : { media_ids: mediaIds }),
  }
}
