import { z } from 'zod'
import type { Listed } from '../read.js'
import { remoteId } from '../remote-id.js'
import { comparable, plainTextOf } from './html-text.js'

/** @see mastodon/documentation entities/Error.md */
export const errorBody = z.object({ error: z.string() })

/** A post, with its HTML as comparable text. @see mastodon/documentation entities/Status.md */
export const status = z
  .object({
    id: remoteId,
    created_at: z.string(),
    content: z.string().catch(''),
    url: z.string().nullish().catch(undefined),
    uri: z.string().nullish().catch(undefined),
    media_attachments: z.array(z.object({ id: remoteId })).catch([]),
  })
  .transform(
    (it): Listed => ({
      id: it.id,
      text: comparable(plainTextOf(it.content)),
      createdAt: Date.parse(it.created_at),
      permalink: it.url ?? it.uri ?? undefined,
      photos: it.media_attachments.map(({ id }) => id),
    }),
  )

/** Entries that cannot be read are left out. */
export const statusList = z
  .array(z.unknown())
  .transform((entries) => entries.flatMap((entry) => status.safeParse(entry).data ?? []))

/** What posting answers; only the id is needed. */
export const created = z.object({
  id: remoteId,
  url: z.string().nullish().catch(undefined),
  uri: z.string().nullish().catch(undefined),
})

export const statusSource = z.object({ text: z.string() })

/** An uploaded file; it has no address as long as it is processed. */
export const attachment = z.object({ id: remoteId })

export const ownAccount = z.object({
  id: remoteId,
  acct: z.string().optional().catch(undefined),
  username: z.string().optional().catch(undefined),
  url: z.string().optional().catch(undefined),
})

/** Scopes are told since 4.3. @see mastodon/documentation methods/apps.md */
export const ownApp = z.object({ scopes: z.array(z.string()).optional().catch(undefined) })

const count = z.number().int().positive().optional().catch(undefined)

/** @see mastodon/documentation entities/V1_Instance.md */
export const instance = z.object({
  version: z.string(),
  configuration: z
    .object({
      statuses: z
        .object({
          max_characters: count,
          max_media_attachments: count,
          characters_reserved_per_url: count,
        })
        .optional()
        .catch(undefined),
      media_attachments: z
        .object({
          description_limit: count,
          image_size_limit: count,
          image_matrix_limit: count,
          video_size_limit: count,
          supported_mime_types: z.array(z.string()).optional().catch(undefined),
        })
        .optional()
        .catch(undefined),
    })
    .optional()
    .catch(undefined),
})
export type Instance = z.infer<typeof instance>

/** What is kept of a server's description, so that every process goes by it. */
export const learnedLimits = z.object({
  host: z.string(),
  limits: z.object({
    characters: z.number(),
    attachments: z.number(),
    charactersPerLink: z.number(),
    altLength: z.number(),
    imageBytes: z.number(),
    imagePixels: z.number(),
    videoBytes: z.number(),
    types: z.array(z.string()).readonly(),
  }),
})
export type Learned = z.infer<typeof learnedLimits>
