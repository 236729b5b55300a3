import { sql } from 'drizzle-orm'
import { type Database, rows } from '../../src/store/database.js'
import type { StoreImage } from './judge.js'

/** Everything the judgement needs from the product's store. */
export async function readStore({ orm }: Database): Promise<StoreImage> {
  const attempts = await rows<{
    targetId: string
    worker: string
    startedAt: string
    endedAt: string | null
  }>(
    orm,
    sql`select target_id as "targetId", worker, extract(epoch from started_at) * 1000 as "startedAt",
      extract(epoch from ended_at) * 1000 as "endedAt" from pressroom.attempts`,
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
    attempts: attempts.map(({ targetId, worker, startedAt, endedAt }) => ({
      targetId,
      worker,
      startedAt: Number(startedAt),
      endedAt: endedAt === null ? null : Number(endedAt),
    })),
  }
}
