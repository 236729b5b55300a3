import { z } from 'zod'

/** The names under which schemas stand in the description of the API. */
export const shapes = z.registry<{ id: string }>()

const instant = z.iso.datetime().describe('UTC, ISO 8601')

const whoShape = z
  .object({ kind: z.enum(['person', 'api', 'bot']), id: z.string(), name: z.string().optional() })
  .register(shapes, { id: 'Who' })

const reasonShape = z
  .object({
    class: z.string(),
    text: z.string().describe('In plain words'),
    next: z.string().optional().describe('What a person can do'),
    code: z.string().optional().describe("The platform's own code"),
  })
  .register(shapes, { id: 'Reason' })

const OUTCOMES = ['live', 'failed', 'processing', 'needsRetry', 'needsPerson', 'cancelled'] as const

export const outcomeShape = z
  .enum(OUTCOMES)
  .describe(
    'live: it is there. failed: it is not, and nothing is tried by itself. processing: on its way. needsRetry: a failure that may pass, tried again by itself. needsPerson: a person has to say or decide something. cancelled: stopped before it was sent.',
  )
  .register(shapes, { id: 'Outcome' })

const countsShape = z
  .object({
    live: z.int(),
    failed: z.int(),
    processing: z.int(),
    needsRetry: z.int(),
    needsPerson: z.int(),
  })
  .describe('How many targets stand where; cancelled ones are not counted')
  .register(shapes, { id: 'Counts' })

const attemptShape = z
  .object({
    number: z.int(),
    startedAt: instant,
    mutationAt: instant.nullable().describe('From here on it may have been out'),
    endedAt: instant.nullable(),
    outcome: z
      .enum(['published', 'accepted', 'transient', 'permanent', 'ambiguous'])
      .nullable()
      .describe('Null while it goes on'),
    reason: reasonShape.optional(),
  })
  .register(shapes, { id: 'Attempt' })

const targetShape = z
  .object({
    id: z.string(),
    account: z.string(),
    platform: z.string(),
    outcome: outcomeShape,
    state: z.string().describe('The exact state, see "What a destination can be" in the README'),
    words: z.string().describe('The state in plain words'),
    attempt: z.int().describe('Attempts made so far'),
    updatedAt: instant,
    remoteId: z
      .string()
      .optional()
      .describe('As the platform names it; an album on Telegram has several, with commas'),
    permalink: z.string().optional(),
    publishedAt: instant.optional(),
    how: z
      .enum(['answer', 'found', 'person'])
      .optional()
      .describe('How it is known to be live: the platform said so, it was found, somebody said so'),
    who: whoShape.optional(),
    reason: reasonShape.optional(),
    publishAt: instant.optional(),
    retryAt: instant.optional(),
    where: z.string().optional().describe('Where a person can look'),
    evidence: z.array(z.object({ at: instant, text: z.string() })).optional(),
    attempts: z.array(attemptShape).optional().describe('With a single post only'),
  })
  .register(shapes, { id: 'Target' })

const eventShape = z
  .object({
    id: z.string(),
    at: instant,
    targetId: z.string(),
    account: z.string(),
    type: z.string(),
    from: z.string(),
    to: z.string(),
    attempt: z.int(),
    reason: z.string().nullable(),
    who: whoShape.optional(),
    note: z.string().nullable(),
  })
  .register(shapes, { id: 'HistoryEvent' })

export const postShape = z
  .object({
    id: z.string(),
    text: z.string(),
    createdAt: instant,
    publishAt: instant.nullable(),
    channel: z
      .object({ chat: z.enum(['slack', 'discord']), id: z.string() })
      .nullable()
      .describe('Where its thread is; null when it has none'),
    author: z.object({ id: z.string(), name: z.string() }),
    copyOf: z.string().nullable(),
    settled: z
      .boolean()
      .describe('Every target is live, failed or cancelled; nothing changes by itself any more'),
    allLive: z.boolean().describe('Every target is live'),
    counts: countsShape,
    targets: z.array(targetShape),
    notes: z
      .array(z.string())
      .optional()
      .describe('Said once, when it is made: how its time was understood, what was done to media'),
    history: z.array(eventShape).optional().describe('With a single post only'),
  })
  .register(shapes, { id: 'Post' })

export type ShownPost = z.infer<typeof postShape>
export type ShownTarget = z.infer<typeof targetShape>

export const problemShape = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z
      .array(
        z.object({
          field: z.string(),
          message: z.string(),
          next: z.string().optional(),
          account: z.string().optional(),
        }),
      )
      .optional(),
  })
  .describe('RFC 9457')
  .register(shapes, { id: 'Problem' })

/** What Postgres keeps as it is: no NUL, no halves of characters. */
export const storable = z
  .string()
  .refine(
    (text) => !text.includes('\0') && !/\p{Surrogate}/u.test(text),
    'It holds a character that is none (NUL, or half of one).',
  )

export const postId = z.object({
  id: z
    .string()
    .regex(/^[\w.:-]{1,200}$/)
    .describe('Of the post, or its old id if it was imported'),
})
