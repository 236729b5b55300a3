import type { Content, ImageRule, Media, Problem } from '../connector.js'
import type { FormPart } from '../http.js'
import { standsStill } from '../images.js'
import { checkSize } from '../limits.js'

/** @see Graph API reference "Page Photos"; the two marked numbers are not documented */
export const LIMITS = {
  /** Not in the API reference; in general use. */
  textLength: 63_206,
  /** Not documented; what Facebook's own composer was known to take. */
  photos: 10,
  photoBytes: 10 * 1024 * 1024,
  photoTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/bmp', 'image/tiff'],
  titleLength: 255,
} as const

/** What images become when they do not fit; see `ImageRule`. */
export const IMAGES: ImageRule = {
  types: LIMITS.photoTypes,
  maxBytes: LIMITS.photoBytes,
  moving: [],
}

/** What Facebook would refuse in this content. */
export function checkFacebook({ text, media }: Content): readonly Problem[] {
  const problems: Problem[] = []
  const length = [...text].length
  const videos = media.filter(({ kind }) => kind === 'video')
  const photos = media.filter(({ kind }) => kind === 'image')
  if (length === 0 && media.length === 0) {
    problems.push({ field: 'text', message: 'Facebook needs a text, a photo or a video.' })
  }
  if (length > LIMITS.textLength) {
    const message = `The text has ${length} characters; Facebook takes ${LIMITS.textLength}.`
    problems.push({ field: 'text', message })
  }
  if (videos.length > 1 || (videos.length > 0 && photos.length > 0)) {
    const message = 'Facebook takes one video, or photos, but not both in one post.'
    problems.push({ field: 'media', message })
  }
  if (photos.length > LIMITS.photos) {
    const message = `There are ${photos.length} photos; Facebook takes ${LIMITS.photos}.`
    problems.push({ field: 'media', message })
  }
  return [...problems, ...photos.flatMap(checkPhoto)]
}

function checkPhoto(photo: Media): readonly Problem[] {
  const { filename, mime } = photo
  const still = standsStill('Facebook', photo, IMAGES)
  if (still) return [still]
  const problems: Problem[] = []
  if (!LIMITS.photoTypes.some((type) => type === mime)) {
    const message = `${filename} is ${mime}; Facebook takes JPEG, PNG, GIF, BMP and TIFF.`
    problems.push({ field: 'media', message, next: 'Save it as JPEG or PNG.' })
  }
  return [...problems, ...checkSize('Facebook', photo, LIMITS.photoBytes)]
}

/** A photo that nobody sees until a post carries it. */
export function photoUpload(photo: Media, bytes: Uint8Array): readonly FormPart[] {
  return [
    { name: 'published', value: 'false' },
    ...(photo.alt ? [{ name: 'alt_text_custom', value: photo.alt }] : []),
    filePart(photo, bytes),
  ]
}

/** The form of `POST /{page}/feed`; a link becomes a card only where there are no photos. */
export function feedForm(text: string, photoIds: readonly string[]): Record<string, string> {
  const link = photoIds.length === 0 ? firstLink(text) : undefined
  return {
    ...(text === '' ? {} : { message: text }),
    ...(link === undefined ? {} : { link }),
    ...Object.fromEntries(
      photoIds.map((id, index) => [`attached_media[${index}]`, JSON.stringify({ media_fbid: id })]),
    ),
  }
}

export function videoUpload(
  { text }: Content,
  video: Media,
  bytes: Uint8Array,
): readonly FormPart[] {
  const title = [...(text.split('\n')[0] ?? '')].slice(0, LIMITS.titleLength).join('').trim()
  return [
    ...(title === '' ? [] : [{ name: 'title', value: title }]),
    ...(text === '' ? [] : [{ name: 'description', value: text }]),
    filePart(video, bytes),
  ]
}

function filePart({ filename, mime }: Media, bytes: Uint8Array): FormPart {
  return { name: 'source', value: { bytes, filename, contentType: mime } }
}

/** The first web address in a text, without the punctuation that ends the sentence. */
export function firstLink(text: string): string | undefined {
  const found = /https?:\/\/[^\s<>"]+/i.exec(text)?.[0].replace(/[.,;:!?'’”»]+$/, '')
  if (found === undefined) return undefined
  const link = found.includes('(') ? found : found.replace(/\)+$/, '')
  return URL.canParse(link) ? link : undefined
}
