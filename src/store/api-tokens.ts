import { and, asc, eq, isNull, or, sql } from 'drizzle-orm'
import { type Orm, rows } from './database.js'
import { apiTokens } from './schema.js'

/** A token as it is kept: what it may do, and the hash of its secret. */
export type StoredToken = typeof apiTokens.$inferSelect

export type NewToken = Pick<StoredToken, 'id' | 'name' | 'hash' | 'scopes' | 'perSecond'> & {
  readonly createdAt: number
}

/** Keeps a token, and tells every process that there is another one. */
export async function saveToken(orm: Orm, token: NewToken): Promise<void> {
  await orm.insert(apiTokens).values({ ...token, createdAt: new Date(token.createdAt) })
  await notify(orm)
}

/** Every token that was ever made, the oldest first. */
export async function listTokens(orm: Orm): Promise<StoredToken[]> {
  return orm.select().from(apiTokens).orderBy(asc(apiTokens.createdAt), asc(apiTokens.id))
}

/**
 * Revokes for ever, in every process at once.
 * @param named a token's id, or the name of tokens
 * @returns what was revoked now
 */
export async function revokeTokens(orm: Orm, named: string, at: number): Promise<StoredToken[]> {
  const revoked = await orm
    .update(apiTokens)
    .set({ revokedAt: new Date(at) })
    .where(and(or(eq(apiTokens.id, named), eq(apiTokens.name, named)), isNull(apiTokens.revokedAt)))
    .returning()
  await notify(orm)
  return revoked
}

/** Remembers when a token was last used. */
export async function touchToken(orm: Orm, id: string, at: number): Promise<void> {
  await orm
    .update(apiTokens)
    .set({ usedAt: new Date(at) })
    .where(eq(apiTokens.id, id))
}

async function notify(orm: Orm): Promise<void> {
  await rows(orm, sql`select pg_notify('pressroom_tokens', '')`)
}
