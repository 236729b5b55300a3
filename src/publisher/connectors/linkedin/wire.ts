import { z } from 'zod'
import type { Listed } from '../read.js'
import { comparable, plainText } from './little-text.js'

/** @see Microsoft Learn, LinkedIn "Error responses" */
export const errorBody = z.object({
  status: z.number(),
  message: z.string(),
  code: z.string().optional().catch(undefined),
  serviceErrorCode: z.number().optional().catch(undefined),
})
export type LinkedInError = z.infer<typeof errorBody>

export const startedImage = z.object({
  value: z.object({ image: z.string().startsWith('urn:li:'), uploadUrl: z.url() }),
})

export const startedVideo = z.object({
  value: z.object({
    video: z.string().startsWith('urn:li:'),
    uploadToken: z.string().catch(''),
    uploadInstructions: z
      .array(
        z.object({
          uploadUrl: z.url(),
          firstByte: z.number().int().nonnegative(),
          lastByte: z.number().int().nonnegative(),
        }),
      )
      .min(1),
  }),
})

/** Posts have one of these URNs; a refusal may name other things too. */
export const POST_URN = /urn:li:(?:share|ugcPost|activity):[\w-]+/

const media = z.object({ id: z.string() })

/** A post as an organisation may read it. @see Microsoft Learn, LinkedIn "Post API schema" */
export const readPost = z
  .object({
    id: z.string().min(1),
    commentary: z.string().catch(''),
    createdAt: z.number().optional().catch(undefined),
    publishedAt: z.number().optional().catch(undefined),
    lifecycleState: z.string().catch('PUBLISHED'),
    content: z
      .object({
        media: media.optional().catch(undefined),
        multiImage: z
          .object({ images: z.array(media) })
          .optional()
          .catch(undefined),
      })
      .optional()
      .catch(undefined),
  })
  .transform(({ id, commentary, createdAt, publishedAt, lifecycleState, content }) => {
    const listed: Listed = {
      id,
      text: comparable(plainText(commentary)),
      // One that tells no time is never taken for ours.
      createdAt: createdAt ?? publishedAt ?? Number.NaN,
      photos: [
        ...(content?.media ? [content.media.id] : []),
        ...(content?.multiImage?.images.map((image) => image.id) ?? []),
      ],
    }
    // `PUBLISH_REQUESTED` is on its way; drafts and failures are no posts.
    return { listed, shown: lifecycleState.startsWith('PUBLISH') && lifecycleState !== FAILED }
  })
const FAILED = 'PUBLISH_FAILED'

/** A page of a list; `links` names the next one where there is one. */
export const postList = z.object({
  elements: z.array(z.unknown()),
  paging: z
    .object({ links: z.array(z.object({ rel: z.string() })).catch([]) })
    .optional()
    .catch(undefined),
})

export const userInfo = z.object({
  sub: z.string(),
  name: z.string().optional().catch(undefined),
})
