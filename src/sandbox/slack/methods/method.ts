import { z } from 'zod'
import { parse } from '../block-kit/validate.js'
import type { Tier } from '../rate-limit.js'
import type { State } from '../state.js'
import { type JsonObject, SlackApiError } from '../types.js'

/** One Web API method: what it needs, what it takes, what it does. */
export interface Method {
  token: 'bot' | 'app'
  /** Scope the token must have, if any. */
  scope?: string
  tier: Tier
  run(args: JsonObject, state: State): JsonObject
}

/** Ties a method's arguments to its body. Arguments Slack does not know are refused. */
export function method<S extends z.ZodType>(options: {
  token?: 'bot' | 'app'
  scope?: string
  tier: Tier
  args: S
  run(args: z.infer<S>, state: State): JsonObject
}): Method {
  return {
    token: options.token ?? 'bot',
    ...(options.scope === undefined ? {} : { scope: options.scope }),
    tier: options.tier,
    run: (args, state) => options.run(parse(options.args, args, '', 'invalid_arguments'), state),
  }
}

/** Forms carry booleans and numbers as text. */
export const flag = z
  .preprocess(
    (value) => ({ true: true, '1': true, false: false, '0': false })[String(value)] ?? value,
    z.boolean(),
  )
  .optional()
export const integer = z
  .preprocess(
    (value) => (typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value),
    z.number().int(),
  )
  .optional()

/**
 * A structured argument: itself, or JSON text.
 * @throws SlackApiError with the given code when the text is not JSON
 */
export function structured(value: unknown, code: string): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    throw new SlackApiError(code)
  }
}

/** Cuts one page out of a list; the cursor is the index to go on from, in base64 as Slack's. */
export function page<T>(
  items: readonly T[],
  cursor: string | undefined,
  limit: number,
): { items: T[]; nextCursor: string } {
  const from = cursor ? Number(Buffer.from(cursor, 'base64').toString().replace('from:', '')) : 0
  if (!Number.isInteger(from) || from < 0) throw new SlackApiError('invalid_cursor')
  const to = from + limit
  const nextCursor = to < items.length ? Buffer.from(`from:${to}`).toString('base64') : ''
  return { items: items.slice(from, to), nextCursor }
}
