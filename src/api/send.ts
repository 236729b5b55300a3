import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Log } from '../log.js'
import { isAway } from '../store/server-connections.js'
import type { Answer } from './operation.js'
import { ProblemError } from './problem.js'

const PROBLEM_JSON = 'application/problem+json'

/** The refusal that an error stands for; one that nobody foresaw is logged. */
export function problemOf(error: unknown, log: Log): ProblemError {
  if (error instanceof ProblemError) return error
  log.error({ err: error }, 'a request to the API failed')
  if (isAway(error)) {
    return new ProblemError(
      'store-unavailable',
      'It is not certain whether this took effect. Send the very same request again, with the same Idempotency-Key.',
      { headers: { 'retry-after': '5' } },
    )
  }
  return new ProblemError(
    'internal-error',
    'It was logged. It is not certain whether this took effect.',
  )
}

/** Answers with a refusal. */
export function sendProblem(
  request: IncomingMessage,
  response: ServerResponse,
  problem: ProblemError,
): void {
  // What was not read would be taken for the next request.
  const rest = request.complete ? {} : { connection: 'close' }
  const headers = { 'content-type': PROBLEM_JSON, ...problem.extras.headers, ...rest }
  send(response, { status: problem.status, body: problem.body(), headers })
}

/** Answers, as JSON unless the body is text. */
export function send(response: ServerResponse, { status, body, headers }: Answer): void {
  const isText = typeof body === 'string'
  const text = isText ? body : `${JSON.stringify(body)}\n`
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(text)
}
