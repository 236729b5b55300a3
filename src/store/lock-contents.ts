import { sql } from 'drizzle-orm'
import type { Orm } from './database.js'

/**
 * Makes whoever queues the same content to the same account wait until this transaction ends, so
 * that the second one sees the first. Taken in one order, so that two never wait for each other.
 */
export async function lockContents(
  tx: Orm,
  contents: readonly { account: string; contentHash: string }[],
): Promise<void> {
  const keys = contents.map(({ account, contentHash }) => `${account}/${contentHash}`)
  for (const key of [...new Set(keys)].sort()) {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}::text, 0))`)
  }
}
