import { z } from 'zod'
import type { Listed } from '../read.js'
import { remoteId } from '../remote-id.js'

const node = z.object({ id: remoteId })
const attachment = z.object({
  target: node.optional().catch(undefined),
  subattachments: z
    .object({ data: z.array(z.object({ target: node.optional().catch(undefined) })) })
    .optional()
    .catch(undefined),
})

export const POST_FIELDS = 'id,message,created_time,permalink_url'
export const LIST_FIELDS = `${POST_FIELDS},attachments{target,subattachments}`

/** A Page post; text is absent in posts that have none, and albums nest their photos. */
export const pagePost = z
  .object({
    id: remoteId,
    message: z.string().nullish(),
    created_time: z.string(),
    permalink_url: z.string().optional().catch(undefined),
    attachments: z
      .object({ data: z.array(attachment) })
      .optional()
      .catch(undefined),
  })
  .transform((post): Listed => {
    const attachments = post.attachments?.data ?? []
    const targets = attachments.flatMap((one) => [
      one.target,
      ...(one.subattachments?.data ?? []).map((sub) => sub.target),
    ])
    return {
      id: post.id,
      text: post.message ?? '',
      createdAt: Date.parse(post.created_time),
      permalink: absolute(post.permalink_url),
      photos: targets.flatMap((target) => target?.id ?? []),
    }
  })

/** The feed holds posts that nobody sees yet, too. @see Graph API reference "Page Feed" */
export const feedPost = z.looseObject({ is_published: z.literal(true).nullish() }).pipe(pagePost)

const phase = z.object({ status: z.string().optional() }).optional().catch(undefined)

export const VIDEO_FIELDS = 'status,post_id,permalink_url'

/** @see Meta docs, Video API "Publishing" and "Reels publishing", status */
export const videoStatus = z.object({
  post_id: z.string().optional().catch(undefined),
  permalink_url: z.string().optional().catch(undefined).transform(absolute),
  status: z.object({
    video_status: z.string(),
    uploading_phase: phase,
    processing_phase: phase,
    publishing_phase: phase,
  }),
})

/** Videos are linked relative to the site. */
function absolute(link: string | undefined): string | undefined {
  if (!link || !URL.canParse(link, SITE)) return undefined
  return new URL(link, SITE).href
}

export const SITE = 'https://www.facebook.com'
