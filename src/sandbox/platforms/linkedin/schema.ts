import { z } from 'zod'
import type { Call } from '../frame/exchange.js'
import { refuseLinkedIn } from './errors.js'

/** Versions live at least a year; 202609 was the newest in September 2026. @see "Versioning" */
const OLDEST_VERSION = 202509
const NEWEST_VERSION = 202609

const altText = z.exactOptional(z.string().max(4086))
const imageSchema = z.strictObject({ id: z.string(), altText })
/** Body of a post; unknown fields are refused. @see "Posts API", "MultiImage Post API" */
export const createSchema = z.strictObject({
  author: z.string().regex(/^urn:li:(person|organization):[\w-]+$/),
  commentary: z.string(),
  visibility: z.enum(['PUBLIC', 'CONNECTIONS']),
  distribution: z.strictObject({
    feedDistribution: z.literal('MAIN_FEED'),
    targetEntities: z.exactOptional(z.array(z.unknown())),
    thirdPartyDistributionChannels: z.exactOptional(z.array(z.unknown())),
  }),
  lifecycleState: z.literal('PUBLISHED'),
  isReshareDisabledByAuthor: z.exactOptional(z.boolean()),
  content: z.exactOptional(
    z.union([
      z.strictObject({
        media: z.strictObject({ id: z.string(), altText, title: z.exactOptional(z.string()) }),
      }),
      z.strictObject({
        multiImage: z.strictObject({ images: z.array(imageSchema).min(2).max(20), altText }),
      }),
      z.strictObject({
        article: z.strictObject({
          source: z.url(),
          title: z.string().min(1),
          description: z.exactOptional(z.string()),
          thumbnail: z.exactOptional(z.string()),
        }),
      }),
    ]),
  ),
})
export type Draft = z.infer<typeof createSchema>

/** Refuses a call without the headers that every versioned call must have. */
export function checkHeaders({ headers }: Call): void {
  const version = headers['linkedin-version']
  if (version === undefined) {
    throw refuseLinkedIn(400, 'VERSION_MISSING', 'A version must be present')
  }
  const number = /^\d{6}$/.test(String(version)) ? Number(version) : 0
  if (number < OLDEST_VERSION || number > NEWEST_VERSION) {
    throw refuseLinkedIn(426, 'NONEXISTENT_VERSION', `Requested version ${version} is not active`)
  }
  if (headers['x-restli-protocol-version'] !== '2.0.0') {
    throw refuseLinkedIn(400, 'INVALID_REQUEST', 'X-Restli-Protocol-Version: 2.0.0 is required')
  }
}
