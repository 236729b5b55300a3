import { DrizzleQueryError } from 'drizzle-orm'
import { PgPreparedQuery } from 'drizzle-orm/pg-core'

/**
 * A statement failed. Says why and which one, and never with which values: those are texts of posts
 * and bytes of files, and whatever is thrown ends up in a log some day.
 */
export class StatementError extends Error {
  override readonly name = 'StatementError'
}

/** What a driver says of the values by the side, in properties of its error. */
const TELLING = ['params', 'detail', 'where']

/** The same failure without the values of the statement; anything else stays as it is. */
export function withoutValues(error: unknown): unknown {
  if (!(error instanceof DrizzleQueryError)) return error
  const { query, cause } = error
  for (const key of cause ? TELLING : []) Reflect.deleteProperty(cause as Error, key)
  return new StatementError(`${cause?.message ?? 'it failed'}, in: ${query}`, { cause })
}

type Run = (query: string, values: unknown[], run: () => Promise<unknown>) => Promise<unknown>

// Drizzle puts the values into what it throws, and lets nobody say otherwise. Every statement of both
// engines comes through here, those of transactions and migrations too.
const ofDrizzle = PgPreparedQuery.prototype as unknown as { queryWithCache: Run }
const { queryWithCache } = ofDrizzle
ofDrizzle.queryWithCache = async function (this: unknown, ...given) {
  try {
    return await queryWithCache.apply(this, given)
  } catch (error) {
    throw withoutValues(error)
  }
}
