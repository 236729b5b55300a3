import { and, asc, count, eq, isNull, lt, lte, notInArray, or, sql } from 'drizzle-orm'
import type { Orm } from './database.js'
import { webhookDeliveries, webhooks } from './schema.js'

export type StoredWebhook = typeof webhooks.$inferSelect
export type StoredDelivery = typeof webhookDeliveries.$inferSelect

/** Brings the store in line with the accounts file; one whose address changed starts afresh. */
export async function syncWebhooks(
  orm: Orm,
  list: readonly { name: string; urlHash: string }[],
  now: number,
): Promise<void> {
  const at = new Date(now)
  await orm.transaction(async (tx) => {
    for (const { name, urlHash } of list) {
      await tx
        .insert(webhooks)
        .values({ name, urlHash, createdAt: at })
        .onConflictDoUpdate({
          target: webhooks.name,
          set: { urlHash, ...FRESH, removedAt: null },
          setWhere: sql`${webhooks.urlHash} <> ${urlHash} or ${webhooks.removedAt} is not null`,
        })
    }
    const names = list.map(({ name }) => name)
    const gone = names.length > 0 ? notInArray(webhooks.name, names) : undefined
    const removed = await tx
      .update(webhooks)
      .set({ removedAt: at })
      .where(and(isNull(webhooks.removedAt), gone))
      .returning({ name: webhooks.name })
    for (const { name } of removed) {
      await tx.delete(webhookDeliveries).where(eq(webhookDeliveries.webhook, name))
    }
  })
}

const FRESH = {
  failures: 0,
  failingSince: null,
  lastError: null,
  retryAt: null,
  pausedAt: null,
  resumedAt: null,
}

/** Takes a webhook, if nobody else has it and it may be tried now: one process tells it at a time. */
export async function claimWebhook(
  orm: Orm,
  claim: { name: string; token: string; now: number; expiresAt: number },
): Promise<StoredWebhook | undefined> {
  const at = new Date(claim.now)
  const [claimed] = await orm
    .update(webhooks)
    .set({ leaseToken: claim.token, leaseExpiresAt: new Date(claim.expiresAt) })
    .where(
      and(
        eq(webhooks.name, claim.name),
        isNull(webhooks.removedAt),
        or(isNull(webhooks.retryAt), lte(webhooks.retryAt, at)),
        or(
          isNull(webhooks.leaseExpiresAt),
          lt(webhooks.leaseExpiresAt, at),
          eq(webhooks.leaseToken, claim.token),
        ),
      ),
    )
    .returning()
  return claimed
}

/** Gives a webhook back, with what was learnt about it. */
export async function releaseWebhook(
  orm: Orm,
  name: string,
  token: string,
  learnt: Partial<
    Pick<
      StoredWebhook,
      'failures' | 'failingSince' | 'lastError' | 'retryAt' | 'pausedAt' | 'resumedAt'
    >
  >,
): Promise<void> {
  await orm
    .update(webhooks)
    .set({ ...learnt, leaseToken: null, leaseExpiresAt: null })
    .where(and(eq(webhooks.name, name), eq(webhooks.leaseToken, token)))
}

/** Lets a paused webhook be tried again at once. @returns false when there is none of that name */
export async function resumeWebhook(orm: Orm, name: string): Promise<boolean> {
  const resumed = await orm
    .update(webhooks)
    .set({ retryAt: null, failures: 0, failingSince: null })
    .where(and(eq(webhooks.name, name), isNull(webhooks.removedAt)))
    .returning({ name: webhooks.name })
  await orm
    .update(webhookDeliveries)
    .set({ retryAt: null })
    .where(eq(webhookDeliveries.webhook, name))
  return resumed.length > 0
}

/** The webhooks in use, each with how many events wait. */
export async function listWebhooks(orm: Orm): Promise<(StoredWebhook & { waiting: number })[]> {
  const found = await orm
    .select()
    .from(webhooks)
    .where(isNull(webhooks.removedAt))
    .orderBy(asc(webhooks.name))
  const waiting = await orm
    .select({ name: webhookDeliveries.webhook, waiting: count() })
    .from(webhookDeliveries)
    .groupBy(webhookDeliveries.webhook)
  const byName = new Map(waiting.map((one) => [one.name, one.waiting]))
  return found.map((webhook) => ({ ...webhook, waiting: byName.get(webhook.name) ?? 0 }))
}

/**
 * What may be told now: for each post only its oldest event, so that a post's events arrive in
 * order; the oldest first.
 */
export async function dueDeliveries(
  orm: Orm,
  webhook: string,
  now: number,
  limit: number,
): Promise<StoredDelivery[]> {
  return orm
    .select()
    .from(webhookDeliveries)
    .where(
      and(
        eq(webhookDeliveries.webhook, webhook),
        or(isNull(webhookDeliveries.retryAt), lte(webhookDeliveries.retryAt, new Date(now))),
        sql`not exists (select 1 from pressroom.webhook_deliveries earlier
          where earlier.webhook = ${webhookDeliveries.webhook}
            and earlier.post_id = ${webhookDeliveries.postId}
            and earlier.event_id < ${webhookDeliveries.eventId})`,
      ),
    )
    .orderBy(asc(webhookDeliveries.eventId))
    .limit(limit)
}

/** It was told. */
export async function deliveryDone(
  orm: Orm,
  { webhook, eventId }: Pick<StoredDelivery, 'webhook' | 'eventId'>,
): Promise<void> {
  await orm.delete(webhookDeliveries).where(ofDelivery(webhook, eventId))
}

/** It was not taken; its post waits with it. */
export async function deliveryFailed(
  orm: Orm,
  { webhook, eventId, tries }: Pick<StoredDelivery, 'webhook' | 'eventId' | 'tries'>,
  retryAt: number,
): Promise<void> {
  await orm
    .update(webhookDeliveries)
    .set({ tries: tries + 1, retryAt: new Date(retryAt) })
    .where(ofDelivery(webhook, eventId))
}

function ofDelivery(webhook: string, eventId: number) {
  return and(eq(webhookDeliveries.webhook, webhook), eq(webhookDeliveries.eventId, eventId))
}
