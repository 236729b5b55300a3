import { z } from 'zod'
import type { Handles } from '../../core/target.js'
import type { Media } from '../connector.js'

const handles = z.object({
  /** Assets are kept and used again: LinkedIn knows a duplicate only when the body is the same. */
  uploads: z.array(z.object({ media: z.string(), urn: z.string() })).catch([]),
  /** LinkedIn would not have the picture of the card: every attempt goes without it. */
  noThumb: z.literal(true).optional().catch(undefined),
  /** The first time this content was sent: an earlier attempt may be out since then. */
  sentAt: z.number().optional().catch(undefined),
  /** When a post was first sent that is gone since: it may only have been out of sight. */
  earlierAt: z.number().optional().catch(undefined),
})
/** What LinkedIn's steps leave behind. */
export type LinkedInHandles = z.infer<typeof handles>

export function readHandles(stored: unknown): LinkedInHandles {
  return handles.parse(stored)
}

/** Assets outlive the posts that show them. */
export function afterRemoval(stored: unknown): Handles {
  const { sentAt, earlierAt, ...kept } = readHandles(stored)
  return { ...kept, earlierAt: sentAt ?? earlierAt }
}

export function assetOf({ uploads }: LinkedInHandles, media: Media): string | undefined {
  return uploads.find((upload) => upload.media === media.id)?.urn
}
