import { z } from 'zod'
import type { Handles, Instant } from '../../core/target.js'
import type { Media } from '../connector.js'

const HOUR = 3_600_000
/** Uploads can be attached for about 24 h. @see X API docs, "Chunked media upload" */
const UPLOAD_LIFE_MS = 23 * HOUR

const upload = z.object({ media: z.string(), id: z.string(), at: z.number(), ready: z.boolean() })
export type Upload = z.infer<typeof upload>

const handles = z.object({
  uploads: z.array(upload).catch([]),
  /** The first time this content was sent: an earlier attempt may be out since then. */
  sentAt: z.number().optional().catch(undefined),
  /** When a post was first sent that is gone since: it may only have been out of sight. */
  earlierAt: z.number().optional().catch(undefined),
})
/** What X's steps leave behind. Uploads stay listed, so that old ones are known. */
export type XHandles = z.infer<typeof handles>

export function readHandles(stored: unknown): XHandles {
  return handles.parse(stored)
}

/** Whether files of a post that is gone can be attached again is not known. */
export function afterRemoval(stored: unknown): Handles {
  const { uploads, sentAt, earlierAt } = readHandles(stored)
  return { uploads: uploads.map((kept) => ({ ...kept, at: 0 })), earlierAt: sentAt ?? earlierAt }
}

/** The upload of this medium that can still be attached. */
export function freshUpload({ uploads }: XHandles, media: Media, now: Instant) {
  return uploads.findLast((kept) => kept.media === media.id && now - kept.at < UPLOAD_LIFE_MS)
}

export function replaceUpload(handles: XHandles, changed: Upload): XHandles {
  const uploads = handles.uploads.map((kept) => (kept.id === changed.id ? changed : kept))
  return { ...handles, uploads }
}
