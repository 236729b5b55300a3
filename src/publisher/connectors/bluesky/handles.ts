import { z } from 'zod'
import type { Instant } from '../../core/target.js'
import type { Media } from '../connector.js'
import { blob } from './wire.js'

/** Files that no record refers to are dropped after minutes. @see com.atproto.repo.uploadBlob */
const BLOB_LIFE_MS = 5 * 60_000

const handles = z.object({
  blobs: z.array(z.object({ media: z.string(), blob, at: z.number() })).catch([]),
  /** The record as it was first sent: every attempt of a round sends the same one. */
  record: z.record(z.string(), z.unknown()).optional().catch(undefined),
})
/** What Bluesky's steps leave behind. */
export type BlueskyHandles = z.infer<typeof handles>

export function readHandles(stored: unknown): BlueskyHandles {
  return handles.parse(stored)
}

/** The upload of this medium that is surely still there. */
export function freshBlob({ blobs }: BlueskyHandles, media: Media, now: Instant) {
  return blobs.findLast((kept) => kept.media === media.id && now - kept.at < BLOB_LIFE_MS)?.blob
}
