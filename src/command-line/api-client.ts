import { z } from 'zod'
import { type CommandContext, UsageError } from './command.js'

/** Options of every command that talks to a running Pressroom. */
export const CLIENT_OPTIONS = { url: { type: 'string' }, json: { type: 'boolean' } } as const

export const CLIENT_USAGE = `  --url <address>   where Pressroom answers; default http://127.0.0.1:$PORT
  --json            prints the post as data

It asks a running Pressroom through its HTTP API, with the token in PRESSROOM_API_TOKEN.
`

/** The running Pressroom refused, or did not answer; the message is for the person who typed. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    message: string,
    /** The API's own word for it, such as `same-content`; absent when Pressroom gave no answer. */
    readonly problem?: string,
    /** Whether Pressroom itself said no. If not, what was asked for may have been done, or may be later. */
    readonly isRefusal = false,
  ) {
    super(message)
  }
}

const postSchema = z.looseObject({
  id: z.string(),
  settled: z.boolean(),
  allLive: z.boolean(),
  counts: z.record(z.string(), z.number()),
  targets: z.array(
    z.looseObject({
      account: z.string(),
      state: z.string(),
      words: z.string(),
      permalink: z.string().optional(),
      reason: z.looseObject({ text: z.string(), next: z.string().optional() }).optional(),
    }),
  ),
})

/** As much of a post as is shown here; everything else is kept for --json. */
export type Post = z.infer<typeof postSchema>

const retriedSchema = z.object({ post: postSchema, done: z.array(z.string()) })

const OWN_PROBLEM = 'urn:pressroom:problem:'
const problemSchema = z.object({ type: z.string().startsWith(OWN_PROBLEM), detail: z.string() })

export interface ApiClient {
  publish(body: object, idempotencyKey: string): Promise<Post>
  read(id: string): Promise<Post>
  retry(id: string, targets: readonly string[] | undefined): Promise<{ post: Post; done: string[] }>
}

const ANSWER_WITHIN_MS = 60_000

/** @throws UsageError when there is no token, or the address is none */
export function createApiClient(
  { environment }: Pick<CommandContext, 'environment'>,
  url = `http://127.0.0.1:${environment.PORT || 3000}`,
): ApiClient {
  const token = environment.PRESSROOM_API_TOKEN
  if (!token) {
    throw new UsageError('PRESSROOM_API_TOKEN is not set: it is the token that Pressroom asks for.')
  }
  if (!URL.canParse(url)) throw new UsageError(`--url ${url} is not an address.`)
  const root = url.replace(/\/+$/, '')

  async function call<T extends z.ZodType>(
    shape: T,
    method: 'GET' | 'POST',
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<z.infer<T>> {
    const answer = await fetch(`${root}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    }).catch((error: Error) => {
      throw new ApiError(
        `No Pressroom answers on ${root} (${reasonOf(error)}). Start it with PRESSROOM_API_TOKEN set, or name its address with --url.`,
      )
    })
    const data: unknown = await answer.json().catch(() => undefined)
    const read = shape.safeParse(data)
    if (answer.ok && read.success) return read.data
    throw errorOf(answer, data)
  }

  /** Also of a success that cannot be read: a proxy may have made it up. */
  function errorOf({ ok, status }: Response, data: unknown): ApiError {
    const { data: own } = problemSchema.safeParse(ok ? undefined : data)
    return new ApiError(
      own?.detail ?? `${root} answered ${status}, and not as Pressroom does.`,
      own?.type.slice(OWN_PROBLEM.length),
      own !== undefined && status < 500 && status !== 429,
    )
  }

  const idOf = (id: string) => encodeURIComponent(id)
  return {
    publish: (body, key) =>
      call(postSchema, 'POST', '/api/posts', body, { 'idempotency-key': key }),
    read: (id) => call(postSchema, 'GET', `/api/posts/${idOf(id)}`),
    retry: (id, targets) =>
      call(retriedSchema, 'POST', `/api/posts/${idOf(id)}/retry`, targets ? { targets } : {}),
  }
}

function reasonOf({ name, message, cause }: Error): string {
  if (name === 'TimeoutError') return `no answer within ${ANSWER_WITHIN_MS / 1000} s`
  return (cause as { code?: string } | undefined)?.code ?? message
}
