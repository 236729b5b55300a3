import { z } from 'zod'
import type { Handles, Instant } from '../../core/target.js'
import type { Media } from '../connector.js'

const HOUR = 3_600_000
/** Files that no post has are removed after a day. @see mastodon/mastodon app/lib/vacuum */
const UPLOAD_LIFE_MS = 23 * HOUR

const upload = z.object({ media: z.string(), id: z.string(), at: z.number(), ready: z.boolean() })
export type Upload = z.infer<typeof upload>

const handles = z.object({
  uploads: z.array(upload).catch([]),
  /** The first time this content was sent: the server keeps its key for an hour from then. */
  sentAt: z.number().optional().catch(undefined),
  /** It may have been taken: the server has not refused every send of it. */
  unsure: z.literal(true).optional().catch(undefined),
  /** When a post was first sent that is gone since: it may only have been out of sight. */
  earlierAt: z.number().optional().catch(undefined),
})
/** What Mastodon's steps leave behind. Uploads stay listed, so that old ones are known. */
export type MastodonHandles = z.infer<typeof handles>

export function readHandles(stored: unknown): MastodonHandles {
  return handles.parse(stored)
}

/** A server deletes files with the post that they belong to. */
export function afterRemoval(stored: unknown): Handles {
  const { uploads, sentAt, earlierAt } = readHandles(stored)
  return { uploads: uploads.map((kept) => ({ ...kept, at: 0 })), earlierAt: sentAt ?? earlierAt }
}

/** The key of this content; that of a post that is gone would only be answered with "not found". */
export function keyOf(idempotencyKey: string, { earlierAt }: MastodonHandles): string {
  return earlierAt === undefined ? idempotencyKey : `${idempotencyKey}-${earlierAt}`
}

/** The upload of this medium that can still be attached. */
export function freshUpload({ uploads }: MastodonHandles, media: Media, now: Instant) {
  return uploads.findLast((kept) => kept.media === media.id && now - kept.at < UPLOAD_LIFE_MS)
}

export function replaceUpload(handles: MastodonHandles, changed: Upload): MastodonHandles {
  const uploads = handles.uploads.map((kept) => (kept.id === changed.id ? changed : kept))
  return { ...handles, uploads }
}
