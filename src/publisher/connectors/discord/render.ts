import type { Content, ImageRule, Problem } from '../connector.js'
import type { HttpBody } from '../http.js'
import { checkAlt, checkSize } from '../limits.js'

const MB = 1024 * 1024

/** @see discord-api-docs resources/webhook.mdx, reference.mdx "Uploading files" */
export const LIMITS = {
  content: 2000,
  files: 10,
  fileBytes: 10 * MB,
  altLength: 1024,
} as const

/** What images become when they do not fit; see `ImageRule`. */
export const IMAGES: ImageRule = {
  types: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
  maxBytes: LIMITS.fileBytes,
  moving: ['image/gif', 'image/png', 'image/webp'],
}

/** What Discord would refuse in this content. */
export function checkDiscord({ text, media }: Content): readonly Problem[] {
  const problems: Problem[] = []
  const length = [...text].length
  if (text.trim() === '' && media.length === 0) {
    problems.push({ field: 'text', message: 'Discord needs a text, a picture or a video.' })
  }
  if (length > LIMITS.content) {
    const message = `The text has ${length} characters; Discord takes ${LIMITS.content}.`
    problems.push({ field: 'text', message, next: 'Give Discord a shorter text of its own.' })
  }
  if (media.length > LIMITS.files) {
    const message = `There are ${media.length} files; Discord takes ${LIMITS.files}.`
    problems.push({ field: 'media', message })
  }
  for (const medium of media) {
    problems.push(
      ...checkSize('Discord', medium, LIMITS.fileBytes, 'Save it smaller.'),
      ...checkAlt('Discord', medium, LIMITS.altLength),
    )
  }
  return problems
}

/**
 * The body of executing a webhook. Nobody is notified by a mention: what is published is not
 * addressed to the members of the server.
 */
export function messageBody({ text, media }: Content, files: readonly Uint8Array[]): HttpBody {
  const payload = {
    ...(text === '' ? {} : { content: text }),
    allowed_mentions: { parse: [] },
    ...(media.length === 0
      ? {}
      : {
          attachments: media.map(({ filename, alt }, id) => ({
            id,
            filename,
            ...(alt ? { description: alt } : {}),
          })),
        }),
  }
  if (media.length === 0) return { json: payload }
  const parts = media.flatMap(({ filename, mime }, id) => {
    const bytes = files[id]
    return bytes ? [{ name: `files[${id}]`, value: { bytes, filename, contentType: mime } }] : []
  })
  return { multipart: [{ name: 'payload_json', value: JSON.stringify(payload) }, ...parts] }
}
