import { z } from 'zod'
import { loadEvents } from '../../store/load-attempts.js'
import { type Imported, showFlat } from '../flat.js'
import { loadOpenPost } from '../load-open-post.js'
import { operation } from '../operation.js'
import { postId, shapes } from '../shapes.js'

const resultFields = {
  success: z.boolean(),
  postId: z.string().optional(),
  permalink: z.string().optional(),
  error: z.string().optional(),
}

const flatShape = z
  .looseObject({
    id: z.string(),
    status: z.enum(['posted', 'failed']).describe('posted: every target is live. failed: not yet'),
    error_message: z.string().nullable().describe('"<platform>: <reason>"'),
    insights: z.object({
      publish_results: z.array(z.object({ platform: z.string(), ...resultFields })),
    }),
    published_at: z.iso.datetime().nullable(),
    last_retry_at: z.iso.datetime().nullable(),
    post_url: z.string().nullable(),
    results: z.record(z.string(), z.object(resultFields)),
    retry_info: z
      .object({
        is_retry: z.boolean(),
        previous_attempts: z.int(),
        retried_platform: z.string(),
      })
      .optional()
      .describe('After a retry'),
  })
  .describe(
    'Besides these, "<platform>_post_id" for each platform that is live, and for Instagram "instagram_media_id" and "instagram_permalink"',
  )
  .register(shapes, { id: 'Insights' })

export const readInsights = operation({
  id: 'readInsights',
  method: 'GET',
  path: '/api/posts/{id}/insights',
  scope: 'read',
  summary: 'A post in the older flat shape',
  params: postId,
  answers: { 200: { description: 'The post as it stands now', schema: flatShape } },
  problems: ['not-found'],
  async run({ params: { id } }, { database: { orm } }) {
    const found = await loadOpenPost(orm, id)
    const events = await loadEvents(orm, found.post.id)
    const { imported: brought } = found.post.request as { imported?: Imported }
    return { status: 200, body: showFlat(found, events, brought) }
  },
})
