import { sql } from 'drizzle-orm'
import { type Database, rows } from '../../src/store/database.js'
import type { StoreImage } from './judge.js'

/** Everything the judgement needs from the product's store. */
export async function readStore({ orm }: Database): Promise<StoreImage> {
  const attempts = await rows<{ targetId: string; worker: string; startedAt: string }>(
    orm,
    sql`select target_id as "targetId", worker, extract(epoch from started_at) * 1000 as "startedAt"
      from pressroom.attempts`,
  )
  const ends = await rows<{ targetId: string; at: string; isLeaseEnd: boolean }>(
    orm,
    sql`select target_id as "targetId", extract(epoch from at) * 1000 as at, type <> 'attempted' as "isLeaseEnd"
      from pressroom.events
      where type in ('attempted', 'leaseEnded')
        or (type = 'claimed' and from_status = 'publishing' and to_status = 'reconciling')
      order by id`,
  )
  return {
    posts: await rows(
      orm,
      sql`select id, text, source_key as "sourceKey" from pressroom.posts where status = 'open'`,
    ),
    targets: await rows(
      orm,
      sql`select id, post_id as "postId", account, status, remote_id as "remoteId" from pressroom.targets`,
    ),
    attempts: attempts.map((one) => ({ ...one, startedAt: Number(one.startedAt) })),
    ends: ends.map((one) => ({ ...one, at: Number(one.at) })),
  }
}
