import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Pages, Route } from '../server.js'
import type { Access } from './access.js'
import type { ApiDeps } from './deps.js'
import { ProblemError } from './problem.js'
import { problemOf, sendProblem } from './send.js'

const ROOT = '/queues'

/**
 * Scripts and styles of its own and of nobody else, in no frame and no other page: a browser sends
 * the token along by itself once it was typed in.
 */
const HEADERS = {
  'content-security-policy':
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'self'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, no-cache',
}

/** The pages that show the queue, for browsers that know a token. They are opened when first asked for. */
export function createQueueBoardRoute(
  access: Access,
  deps: Pick<ApiDeps, 'openQueueBoard' | 'log'>,
): { route: Route; stop(): void } {
  let opening: Promise<Pages> | undefined
  let stopping = false

  async function pages(): Promise<Pages> {
    try {
      opening ??= deps.openQueueBoard(ROOT)
      return await opening
    } catch (error) {
      opening = undefined
      deps.log.warn({ error: (error as Error).message }, 'the queue board could not be opened')
      throw new ProblemError('queue-unavailable', (error as Error).message)
    }
  }

  async function show(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (stopping) throw new ProblemError('stopping', 'Ask again in a moment.')
    admit(access, request)
    // Whatever the pages offer beyond looking is not offered here.
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new ProblemError('method-not-allowed', 'The queue can only be looked at.', {
        headers: { allow: 'GET, HEAD' },
      })
    }
    const answer = await pages()
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost')
    request.url = `${pathname.slice(ROOT.length) || '/'}${search}`
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    await answered(answer, request, response)
  }

  return {
    async route(request, response, path) {
      if (!isBelowRoot(path)) return false
      await show(request, response).catch((error) =>
        sendProblem(request, response, problemOf(error, deps.log)),
      )
      return true
    },
    stop() {
      stopping = true
    },
  }
}

/** Says why there is no board here, where somebody looks for it. */
export function withoutQueueBoard(why: string): Route {
  return (request, response, path) => {
    if (!isBelowRoot(path)) return false
    sendProblem(request, response, new ProblemError('not-found', why))
    return true
  }
}

function isBelowRoot(path: string): boolean {
  return path === ROOT || path.startsWith(`${ROOT}/`)
}

/** A browser cannot send a bearer token by itself; it asks for a name and a password. */
function admit(access: Access, request: IncomingMessage): void {
  const address = request.socket.remoteAddress ?? ''
  try {
    access.admit(bearerOf(request.headers.authorization), address, 'read')
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== 401) throw error
    throw new ProblemError(
      error.type,
      `${error.detail} In a browser: any name, and the token as the password.`,
      { headers: { 'www-authenticate': 'Basic realm="Pressroom queue", charset="UTF-8"' } },
    )
  }
}

/** `Basic` with a token as the password says the same as `Bearer` with that token. Pure. */
export function bearerOf(authorization: string | undefined): string | undefined {
  const [, encoded] = /^Basic +([\w+/=-]+)$/i.exec(authorization?.trim() ?? '') ?? []
  if (encoded === undefined) return authorization
  const [, password = ''] = /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? []
  return password === '' ? undefined : `Bearer ${password}`
}

/** @throws ProblemError for what the pages do not have */
async function answered(
  answer: Pages,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const unanswered = await new Promise<{ error?: unknown } | undefined>((resolve) => {
    response.once('close', () => resolve(undefined))
    answer(request, response, (error) => resolve({ error }))
  })
  if (unanswered === undefined) return
  const { error } = unanswered
  // An address that cannot be decoded is an error with a status of its own.
  const isTheirs = (error as { status?: number } | undefined)?.status !== undefined
  if (error !== undefined && !isTheirs) throw error
  throw new ProblemError('not-found', `There is no such page here; the board is at ${ROOT}/.`)
}
