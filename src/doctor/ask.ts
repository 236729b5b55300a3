/** What an API answered to a question that changes nothing. */
export interface Told {
  readonly status: number
  readonly headers: Headers
  /** Undefined when the body is not JSON. */
  readonly body: Readonly<Record<string, unknown>> | undefined
  /** This machine's clock against the server's, from its `Date` header, to about a second. */
  readonly aheadMs?: number
}

const ANSWER_WITHIN_MS = 10_000

/**
 * Asks a chat's API.
 * @throws Error with the reason when there is no answer
 */
export async function ask(
  url: string,
  request: { method: 'GET' | 'POST'; authorization: string; form?: Record<string, string> },
  now: () => number,
): Promise<Told> {
  const { method, authorization, form } = request
  let answer: Response
  const askedAt = now()
  try {
    answer = await fetch(url, {
      method,
      headers: { authorization, 'user-agent': 'DiscordBot (Pressroom, 1)' },
      ...(form ? { body: new URLSearchParams(form) } : {}),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
  } catch (error) {
    throw new Error(`${new URL(url).host} cannot be reached (${reasonOf(error)})`)
  }
  const answeredAt = now()
  const body = await answer.json().catch(() => undefined)
  const date = Date.parse(answer.headers.get('date') ?? '')
  return {
    status: answer.status,
    headers: answer.headers,
    body: body as Told['body'],
    // The header is cut to whole seconds: on average it is half a second behind.
    ...(Number.isNaN(date) ? {} : { aheadMs: (askedAt + answeredAt) / 2 - (date + 500) }),
  }
}

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error
  if (name === 'TimeoutError') return 'no answer within 10 s'
  const { code, message: why } = (cause ?? {}) as { code?: string; message?: string }
  return code ?? why ?? message
}
