import { z } from 'zod'
import type { ContainerState } from '../meta/containers.js'
import type { Listed } from '../read.js'
import { remoteId } from '../remote-id.js'
import { failedMedia } from './classify.js'

export const CONTAINER_FIELDS = 'status,error_message'

/** @see Threads API "Troubleshooting"; the field is `status`, where Instagram has `status_code` */
export const container = z
  .object({
    status: z.enum(['IN_PROGRESS', 'FINISHED', 'PUBLISHED', 'ERROR', 'EXPIRED']),
    error_message: z.string().optional().catch(undefined),
  })
  .transform(
    ({ status: kind, error_message }): ContainerState =>
      kind === 'ERROR' ? { kind, outcome: failedMedia(error_message) } : { kind },
  )

export const THREAD_FIELDS = 'id,text,timestamp,permalink'

export const thread = z
  .object({
    id: remoteId,
    text: z.string().nullish(),
    timestamp: z.string(),
    permalink: z.string().optional().catch(undefined),
  })
  .transform(
    ({ id, text, timestamp, permalink }): Listed => ({
      id,
      text: text ?? '',
      createdAt: Date.parse(timestamp),
      permalink,
    }),
  )
