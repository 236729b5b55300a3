import { z } from 'zod'
import type { Handles, Instant } from '../../core/target.js'
import type { Media } from '../connector.js'

const HOUR = 3_600_000
/** Unpublished photos live about 24 h. @see Graph API reference "Page Photos" */
const PHOTO_LIFE_MS = 23 * HOUR

const handles = z.object({
  photos: z.array(z.object({ media: z.string(), id: z.string(), at: z.number() })).catch([]),
  /** The first time this content was sent: an earlier attempt may be out since then. */
  sentAt: z.number().optional().catch(undefined),
  /** A video that Facebook has accepted. */
  video: z.string().optional().catch(undefined),
  /** When a post was first sent that is gone since: it may only have been out of sight. */
  earlierAt: z.number().optional().catch(undefined),
  earlierId: z.string().optional().catch(undefined),
})
/** What Facebook's steps leave behind. Photos are only ever added, so that old ones are known. */
export type FacebookHandles = z.infer<typeof handles>

export function readHandles(stored: unknown): FacebookHandles {
  return handles.parse(stored)
}

/** The photos of a post that is gone cannot be attached again, and its video speaks for it. */
export function afterRemoval(stored: unknown, earlierId: string | undefined): Handles {
  const { photos, sentAt, earlierAt } = readHandles(stored)
  const used = photos.map((photo) => ({ ...photo, at: 0 }))
  return { photos: used, earlierAt: sentAt ?? earlierAt, earlierId }
}

/** The upload of this photo that can still be attached. */
export function freshPhoto(
  { photos }: FacebookHandles,
  media: Media,
  now: Instant,
): string | undefined {
  return photos.findLast((photo) => photo.media === media.id && now - photo.at < PHOTO_LIFE_MS)?.id
}

export function photoIds({ photos }: FacebookHandles): ReadonlySet<string> {
  return new Set(photos.map(({ id }) => id))
}
