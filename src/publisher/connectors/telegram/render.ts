import type { Content, ImageRule, Media, Problem } from '../connector.js'
import type { HttpBody } from '../http.js'
import { standsStill } from '../images.js'
import { checkSize } from '../limits.js'

const MB = 1024 * 1024

/** @see Bot API, sendMessage, sendPhoto, sendVideo, sendMediaGroup, "Sending files" */
export const LIMITS = {
  text: 4096,
  caption: 1024,
  album: 10,
  photoBytes: 10 * MB,
  photoSides: 10_000,
  photoRatio: 20,
  photoTypes: ['image/jpeg', 'image/png', 'image/webp'],
  videoBytes: 50 * MB,
  videoTypes: ['video/mp4'],
} as const

/** What images become when they do not fit; see `ImageRule`. */
export const IMAGES: ImageRule = {
  types: LIMITS.photoTypes,
  maxBytes: LIMITS.photoBytes,
  maxSides: LIMITS.photoSides,
  moving: [],
}

/** What Telegram would refuse in this content. Lengths count code points. */
export function checkTelegram({ text, media }: Content): readonly Problem[] {
  const problems: Problem[] = []
  const length = [...text.trim()].length
  const most = media.length === 0 ? LIMITS.text : LIMITS.caption
  if (length === 0 && media.length === 0) {
    problems.push({ field: 'text', message: 'Telegram needs a text, a picture or a video.' })
  }
  if (length > most) {
    const beside = media.length === 0 ? '' : ' beside pictures or videos'
    const message = `The text has ${length} characters; Telegram takes ${most}${beside}.`
    problems.push({ field: 'text', message, next: 'Give Telegram a shorter text of its own.' })
  }
  if (media.length > LIMITS.album) {
    const message = `There are ${media.length} files; Telegram takes ${LIMITS.album}.`
    problems.push({ field: 'media', message })
  }
  return [
    ...problems,
    ...media.flatMap((medium) => (medium.kind === 'image' ? checkPhoto : checkVideo)(medium)),
  ]
}

function checkPhoto(photo: Media): readonly Problem[] {
  const { filename, mime, width, height } = photo
  const still = standsStill('Telegram', photo, IMAGES)
  if (still) return [still]
  const problems: Problem[] = []
  if (!LIMITS.photoTypes.some((type) => type === mime)) {
    const message = `${filename} is ${mime}; Telegram takes JPEG, PNG and WebP.`
    problems.push({ field: 'media', message, next: 'Save it as JPEG, or a GIF as MP4.' })
  }
  problems.push(...checkSize('Telegram', photo, LIMITS.photoBytes))
  const ratio = width > 0 && height > 0 ? Math.max(width / height, height / width) : 1
  if (width + height > LIMITS.photoSides || ratio > LIMITS.photoRatio) {
    const message = `${filename} is ${width} by ${height}; Telegram takes 10000 for both together, and shapes up to 20:1.`
    problems.push({ field: 'media', message })
  }
  return problems
}

function checkVideo(video: Media): readonly Problem[] {
  const { filename, mime } = video
  const problems: Problem[] = []
  if (!LIMITS.videoTypes.some((type) => type === mime)) {
    problems.push({ field: 'media', message: `${filename} is ${mime}; Telegram takes MP4.` })
  }
  return [...problems, ...checkSize('Telegram', video, LIMITS.videoBytes)]
}

export interface Loaded {
  readonly media: Media
  readonly bytes: Uint8Array
}

/** The method and body that publish this content with one call. The text goes as it is, unformatted. */
export function sendCall(
  chatId: string,
  text: string,
  files: readonly Loaded[],
): { readonly method: string; readonly body: HttpBody } {
  const [first, ...more] = files
  if (!first) return { method: 'sendMessage', body: { json: { chat_id: chatId, text } } }
  if (more.length === 0) return sendOne(chatId, text, first)
  const items = files.map(({ media }, at) => ({
    type: typeOf(media),
    media: `attach://file${at}`,
    ...(at === 0 && text !== '' ? { caption: text } : {}),
  }))
  return {
    method: 'sendMediaGroup',
    body: {
      multipart: [
        { name: 'chat_id', value: chatId },
        { name: 'media', value: JSON.stringify(items) },
        ...files.map((file, at) => ({ name: `file${at}`, value: fileOf(file) })),
      ],
    },
  }
}

function sendOne(chatId: string, text: string, file: Loaded) {
  const type = typeOf(file.media)
  return {
    method: type === 'photo' ? 'sendPhoto' : 'sendVideo',
    body: {
      multipart: [
        { name: 'chat_id', value: chatId },
        ...(text === '' ? [] : [{ name: 'caption', value: text }]),
        ...(type === 'video' ? [{ name: 'supports_streaming', value: 'true' }] : []),
        { name: type, value: fileOf(file) },
      ],
    },
  }
}

function typeOf({ kind }: Media): 'photo' | 'video' {
  return kind === 'image' ? 'photo' : 'video'
}

function fileOf({ media, bytes }: Loaded) {
  return { bytes, filename: media.filename, contentType: media.mime }
}
