/** What stands against a request, next to the field it is about. */
export interface FieldError {
  /** Such as `text`, `media`, `texts.facebook`, or a path into the body such as `media.0.url`. */
  readonly field: string
  readonly message: string
  /** What would help. */
  readonly next?: string
  readonly account?: string
}

const TITLES = {
  'malformed-request': [400, 'The request cannot be read'],
  'token-missing': [401, 'A token is missing'],
  'token-refused': [401, 'The token is not accepted'],
  'scope-missing': [403, 'The token may not do this'],
  'not-found': [404, 'There is no such thing'],
  'method-not-allowed': [405, 'This cannot be done here'],
  'same-content': [409, 'The same content went to the same account before'],
  'not-possible-now': [409, 'This is not possible as things stand'],
  'body-too-large': [413, 'The body is too large'],
  'not-json': [415, 'The body is not JSON'],
  'invalid-request': [422, 'The request cannot be carried out as it is'],
  'key-used': [422, 'The idempotency key was used for something else'],
  'too-many-requests': [429, 'Too many requests'],
  'internal-error': [500, 'Something is wrong here'],
  'chat-unavailable': [503, 'The chat does not answer'],
  'queue-unavailable': [503, 'The queue does not answer'],
  stopping: [503, 'The program is stopping'],
  'store-unavailable': [503, 'The database does not answer'],
} as const

export type ProblemType = keyof typeof TITLES

export interface ProblemExtras {
  readonly errors?: readonly FieldError[]
  readonly headers?: Readonly<Record<string, string>>
  /** Further members of the problem. */
  readonly more?: Readonly<Record<string, unknown>>
}

/**
 * A refusal, as RFC 9457 has it.
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'

  constructor(
    readonly type: ProblemType,
    /** What is wrong with this very request, in a sentence. */
    readonly detail: string,
    readonly extras: ProblemExtras = {},
  ) {
    super(detail)
  }

  get status(): number {
    return TITLES[this.type][0]
  }

  body() {
    const { errors, more } = this.extras
    return {
      type: `urn:pressroom:problem:${this.type}`,
      title: TITLES[this.type][1],
      status: this.status,
      detail: this.detail,
      ...(errors ? { errors } : {}),
      ...more,
    }
  }
}

export const PROBLEM_TYPES = Object.keys(TITLES) as readonly ProblemType[]
