import { z } from 'zod'
import type { ContainerState } from '../meta/containers.js'
import type { Listed } from '../read.js'
import { remoteId } from '../remote-id.js'
import { failedMedia } from './classify.js'

export const CONTAINER_FIELDS = 'status_code,status'

/** @see Instagram Platform reference "IG Container": on ERROR, `status` holds an error subcode */
export const container = z
  .object({
    status_code: z.enum(['IN_PROGRESS', 'FINISHED', 'PUBLISHED', 'ERROR', 'EXPIRED']),
    status: z.string().optional().catch(undefined),
  })
  .transform(
    ({ status_code: kind, status }): ContainerState =>
      kind === 'ERROR' ? { kind, outcome: failedMedia(status) } : { kind },
  )

export const MEDIA_FIELDS = 'id,caption,timestamp,permalink'

export const media = z
  .object({
    id: remoteId,
    caption: z.string().nullish(),
    timestamp: z.string(),
    permalink: z.string().optional().catch(undefined),
  })
  .transform(
    ({ id, caption, timestamp, permalink }): Listed => ({
      id,
      text: caption ?? '',
      createdAt: Date.parse(timestamp),
      permalink,
    }),
  )
