import { z } from 'zod'
import type { Listed } from '../read.js'
import { remoteId } from '../remote-id.js'
import { comparable, sentText } from './timeline-text.js'

const words = z.string().optional().catch(undefined)

/**
 * A problem document, a list of errors, or one error with a code of its own; `type` names what kind of
 * problem it is.
 * @see X API docs, "Response codes and errors"; its description, `Error`
 */
export const problem = z
  .object({
    title: words,
    detail: words,
    type: words,
    code: z.number().optional().catch(undefined),
    message: words,
    errors: z
      .array(z.object({ message: words, detail: words, type: words }))
      .optional()
      .catch(undefined),
  })
  .refine(
    ({ title, detail, errors, code, message }) =>
      title || detail || errors?.length || (message && code !== undefined),
  )
export type Problem = z.infer<typeof problem>

export const created = z.object({ data: z.object({ id: remoteId }) })
export const ownUser = z.object({
  data: z.object({ id: remoteId, username: z.string().min(1).optional().catch(undefined) }),
})

const link = z.object({ url: z.string(), expanded_url: z.string() })
/** One that cannot be read takes no other with it. */
const links = z
  .array(z.unknown())
  .transform((entries) => entries.flatMap((entry) => link.safeParse(entry).data ?? []))

const SNOWFLAKES_BEGIN_AT = 1_288_834_974_657

/** When a post was made: long ids count milliseconds above their last 22 bits. */
function timeOf(id: string, created_at: string | undefined): number | undefined {
  const at = Date.parse(created_at ?? '')
  if (!Number.isNaN(at)) return at
  return /^\d{15,19}$/.test(id) ? Number(BigInt(id) >> 22n) + SNOWFLAKES_BEGIN_AT : undefined
}

export const POST_FIELDS = 'created_at,entities,attachments'

/** A post, with its text as it was sent; media keys end with the id of the upload. */
const post = z
  .object({
    id: remoteId,
    text: z.string(),
    created_at: z.string().optional().catch(undefined),
    entities: z
      .object({ urls: links.catch([]) })
      .optional()
      .catch(undefined),
    attachments: z
      .object({ media_keys: z.array(z.string()).catch([]) })
      .optional()
      .catch(undefined),
  })
  .transform(({ id, text, created_at, entities, attachments }, context): Listed => {
    const createdAt = timeOf(id, created_at)
    if (createdAt === undefined) {
      context.addIssue({ code: 'custom', message: 'nobody knows when it was made' })
      return z.NEVER
    }
    return {
      id,
      text: comparable(sentText(id, text, entities?.urls ?? [])),
      createdAt,
      photos: attachments?.media_keys.map((key) => key.replace(/^\d+_/, '')),
    }
  })

export const onePost = z.object({ data: post })
export const timeline = z.object({
  data: z.array(z.unknown()).catch([]),
  meta: z
    .object({ next_token: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
})
export { post as timelinePost }

export const startedUpload = z.object({ data: z.object({ id: remoteId }) })

/** @see X API docs, "Chunked media upload" */
export const uploadState = z.object({
  data: z.object({
    processing_info: z
      .object({
        state: z.enum(['pending', 'in_progress', 'succeeded', 'failed']).catch('pending'),
        check_after_secs: z.number().nonnegative().optional().catch(undefined),
      })
      .optional(),
  }),
})
export type UploadState = z.infer<typeof uploadState>
