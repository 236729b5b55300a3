import { z } from 'zod'
import { COUNTED_AS } from '../../bot/card.js'
import { listPosts } from '../../store/list-posts.js'
import { loadAttempts, loadEvents } from '../../store/load-attempts.js'
import { loadOpenPost } from '../load-open-post.js'
import { operation } from '../operation.js'
import { outcomeShape, postId, postShape, shapes } from '../shapes.js'
import { showPost } from '../show-post.js'

export const readPost = operation({
  id: 'readPost',
  method: 'GET',
  path: '/api/posts/{id}',
  scope: 'read',
  summary: 'A post, how each target stands, its attempts, and everything that happened',
  params: postId,
  answers: { 200: { description: 'The post as it stands now', schema: postShape } },
  problems: ['not-found'],
  async run({ params: { id } }, deps) {
    const { orm } = deps.database
    const found = await loadOpenPost(orm, id)
    const [attempts, events] = await Promise.all([
      loadAttempts(orm, found.post.id),
      loadEvents(orm, found.post.id),
    ])
    return { status: 200, body: showPost(found, { attempts, events }) }
  },
})

const queryShape = z.strictObject({
  limit: z.coerce.number('Give a number').int().min(1).max(100).default(20),
  cursor: z
    .string()
    .regex(/^p[0-9a-z]{1,40}$/, 'Take it from "next"')
    .optional()
    .describe('Where the page before ended, from its "next"'),
  outcome: outcomeShape.optional().describe('Only posts with such a target'),
})

const listShape = z
  .object({
    posts: z.array(postShape),
    next: z.string().nullable().describe('The cursor of the next page; null at the end'),
  })
  .register(shapes, { id: 'PostList' })

export const readPosts = operation({
  id: 'readPosts',
  method: 'GET',
  path: '/api/posts',
  scope: 'read',
  summary: 'The newest posts of all channels',
  query: queryShape,
  answers: { 200: { description: 'The newest first', schema: listShape } },
  problems: [],
  async run({ query: { limit, cursor, outcome } }, deps) {
    const found = await listPosts(deps.database.orm, {
      limit,
      ...(cursor === undefined ? {} : { before: cursor }),
      ...(outcome === undefined ? {} : { statuses: statusesOf(outcome) }),
    })
    const next = found.length === limit ? (found.at(-1)?.post.id ?? null) : null
    return { status: 200, body: { posts: found.map((one) => showPost(one)), next } }
  },
})

function statusesOf(outcome: z.infer<typeof outcomeShape>): string[] {
  return Object.entries(COUNTED_AS).flatMap(([status, counted]) =>
    (counted ?? 'cancelled') === outcome ? [status] : [],
  )
}
