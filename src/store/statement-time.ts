import { sql } from 'drizzle-orm'

const MARK = '/* takes long */'
/** Stands in a statement that may take minutes to be answered, so that it is not given up before. */
export const TAKES_LONG = sql.raw(MARK)

/** Far beyond what an ordinary statement takes, also on a busy server. */
const ORDINARY_MS = 20_000
const LONG_MS = 10 * 60_000
/** Values that are larger are on their way for a while. */
const LARGE_BYTES = 1_000_000

/**
 * How long the answer to a statement is waited for, in milliseconds. A server that vanished without
 * a word gives none, and a connection would wait for a quarter of an hour. Pure.
 */
export function answerWithinMs(
  statement: string,
  values: readonly unknown[],
  ordinaryMs: number = ORDINARY_MS,
): number {
  const isLarge = (value: unknown) => value instanceof Uint8Array && value.byteLength > LARGE_BYTES
  return statement.includes(MARK) || values.some(isLarge) ? LONG_MS : ordinaryMs
}
