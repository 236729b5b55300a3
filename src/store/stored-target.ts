import { z } from 'zod'
import type { Handles, Lease, Target, TargetState } from '../publisher/core/target.js'
import type { targets } from './schema.js'

/** A target as it stands in the store, with the version that a writer must name. */
export interface StoredTarget {
  readonly id: string
  readonly postId: string
  readonly position: number
  readonly account: string
  readonly platform: string
  readonly version: number
  readonly target: Target
  /** Frozen content, as the publisher's Content. */
  readonly content: StoredContent
  readonly contentHash: string
  readonly idempotencyKey: string
  readonly dueAt: number | null
  readonly createdAt: number
  readonly updatedAt: number
}

/** What a person's edit puts in place of the frozen content; the key follows the content. */
export type EditedContent = Pick<StoredTarget, 'content' | 'contentHash' | 'idempotencyKey'>

const mediaSchema = z.object({
  id: z.string(),
  kind: z.enum(['image', 'video']),
  mime: z.string(),
  bytes: z.number(),
  width: z.number(),
  height: z.number(),
  durationMs: z.number().exactOptional(),
  codec: z.string().exactOptional(),
  framesPerSecond: z.number().exactOptional(),
  sound: z.object({ codec: z.string(), hertz: z.number().exactOptional() }).exactOptional(),
  describedLast: z.literal(true).exactOptional(),
  animated: z.literal(true).exactOptional(),
  alt: z.string().exactOptional(),
  filename: z.string(),
  sourceUrl: z.string().exactOptional(),
})
const cardSchema = z.object({
  url: z.string(),
  title: z.string(),
  description: z.string(),
  thumb: mediaSchema.exactOptional(),
})
export const contentSchema = z.object({
  text: z.string(),
  media: z.array(mediaSchema),
  card: cardSchema.exactOptional(),
})
export type StoredContent = z.infer<typeof contentSchema>

const at = z.number()
const reason = z.looseObject({ class: z.string(), text: z.string() })
const evidence = z.array(z.looseObject({ at, text: z.string() }))

/** Every member of the union names its own fields here, so that a bad row fails at the door. */
const stateSchema = z.discriminatedUnion('status', [
  z.looseObject({ status: z.literal('scheduled'), publishAt: at }),
  z.looseObject({ status: z.literal('queued'), dueAt: at }),
  z.looseObject({ status: z.literal('publishing'), startedAt: at, mutationAt: at.optional() }),
  z.looseObject({
    status: z.literal('processing'),
    stage: z.enum(['preparing', 'finishing']),
    polls: z.number(),
    pollAt: at,
    deadlineAt: at,
  }),
  z.looseObject({ status: z.literal('waiting'), retryAt: at, reason }),
  z.looseObject({
    status: z.literal('reconciling'),
    evidence,
    lookUps: z.number(),
    lookUpErrors: z.number(),
    absences: z.number(),
    lookUpAt: at,
  }),
  z.looseObject({ status: z.literal('unconfirmed'), evidence, askedAt: at, relooks: z.number() }),
  z.looseObject({
    status: z.literal('held'),
    hold: z.enum(['late', 'approval', 'account']),
    reason,
    heldAt: at,
  }),
  z.looseObject({ status: z.literal('failed'), reason, failedAt: at }),
  z.looseObject({
    status: z.literal('published'),
    publishedAt: at,
    how: z.enum(['answer', 'found', 'person']),
    rechecks: z.number(),
    missing: z.number(),
  }),
  z.looseObject({ status: z.literal('cancelled'), cancelledAt: at }),
])

/** @throws ZodError when the row is not a target */
export function readTarget(row: typeof targets.$inferSelect): StoredTarget {
  return {
    id: row.id,
    postId: row.postId,
    position: row.position,
    account: row.account,
    platform: row.platform,
    version: row.version,
    target: {
      state: stateSchema.parse(row.state) as unknown as TargetState,
      attempt: row.attempt,
      automatic: row.automatic,
      dueSince: row.dueSince.getTime(),
      handles: row.handles as Handles,
      ...(row.lease ? { lease: row.lease as Lease } : {}),
    },
    content: contentSchema.parse(row.content),
    contentHash: row.contentHash,
    idempotencyKey: row.idempotencyKey,
    dueAt: row.dueAt?.getTime() ?? null,
    createdAt: row.createdAt.getTime(),
    updatedAt: row.updatedAt.getTime(),
  }
}
