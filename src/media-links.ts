import { createHmac, timingSafeEqual } from 'node:crypto'

/** Links under which platforms fetch media: unguessable, and good for a limited time. */
export interface MediaLinks {
  /** @returns an absolute address below the public URL */
  linkTo(mediaId: string, filename: string): string
  /** @returns the media id of a path such as `/media/<id>/<expiry>/<signature>/<name>`, if it is good */
  verify(path: string): string | undefined
}

/** Platforms fetch within minutes, but an unpublished container may be retried for a day. */
const VALID_FOR_MS = 26 * 3_600_000
const HOUR_MS = 3_600_000

/** @param key 32 bytes; links made by one process are good in every process with the same key */
export function createMediaLinks(options: {
  publicUrl: string
  key: Uint8Array
  now: () => number
}): MediaLinks {
  const sign = (mediaId: string, expiresAt: string) =>
    createHmac('sha256', options.key)
      .update(`media/${mediaId}/${expiresAt}`)
      .digest('base64url')
      .slice(0, 32)
  return {
    linkTo(mediaId, filename) {
      // Whole hours, so that repeated attempts give a platform the same address.
      const expiresAt = String((Math.floor(options.now() / HOUR_MS) + 1) * HOUR_MS + VALID_FOR_MS)
      const name = encodeURIComponent(filename)
      return `${options.publicUrl}/media/${mediaId}/${expiresAt}/${sign(mediaId, expiresAt)}/${name}`
    },
    verify(path) {
      const [, root, mediaId, expiresAt, signature] = path.split('/')
      if (root !== 'media' || !mediaId || !expiresAt || !signature) return undefined
      const expected = Buffer.from(sign(mediaId, expiresAt))
      const got = Buffer.from(signature)
      if (got.length !== expected.length || !timingSafeEqual(got, expected)) return undefined
      return Number(expiresAt) > options.now() ? mediaId : undefined
    },
  }
}
