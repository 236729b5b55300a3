import type { z } from 'zod'
import type { ApiDeps } from './deps.js'
import type { ProblemType } from './problem.js'
import type { Scope } from './scopes.js'
import type { Bearer } from './tokens.js'

/** A request that was let in and understood. */
export interface Asking<P = unknown, Q = unknown, B = unknown> {
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly bearer: Bearer
  /** The Idempotency-Key header, without quotes. */
  readonly idempotencyKey?: string
}

export interface Answer {
  readonly status: number
  /** Sent as JSON, unless it is text. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** One thing the API does: what routes, checks and describes it is all taken from here. */
export interface Operation<P = unknown, Q = unknown, B = unknown> {
  readonly id: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Such as `/api/posts/{id}`. */
  readonly path: string
  /** Null: any token will do. */
  readonly scope: Scope | null
  /** Nobody is asked for a token. */
  readonly public?: true
  readonly summary: string
  readonly params?: z.ZodType<P>
  readonly query?: z.ZodType<Q>
  readonly body?: z.ZodType<B>
  /** Nothing at all is as good as `{}`. */
  readonly bodyOptional?: true
  readonly maxBytes?: number
  /** Takes an Idempotency-Key. */
  readonly idempotent?: true
  readonly answers: Readonly<
    Record<number, { description: string; schema?: z.ZodType; contentType?: string }>
  >
  /** What it refuses besides what every operation may refuse. */
  readonly problems: readonly ProblemType[]
  run(asking: Asking<P, Q, B>, deps: ApiDeps): Promise<Answer>
}

/** Keeps the types of an operation together, and then forgets them. */
export function operation<P = unknown, Q = unknown, B = unknown>(
  made: Operation<P, Q, B>,
): Operation {
  return made as unknown as Operation
}
