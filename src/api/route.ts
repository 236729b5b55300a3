import type { IncomingMessage, ServerResponse } from 'node:http'
import type { z } from 'zod'
import type { Route } from '../server.js'
import type { Access } from './access.js'
import type { ApiDeps } from './deps.js'
import type { Answer, Operation } from './operation.js'
import { type FieldError, ProblemError } from './problem.js'
import { MAX_BODY_BYTES, readJson } from './read-body.js'
import { createReads } from './reads.js'
import { problemOf, send, sendProblem } from './send.js'

const ROOT = '/api/'
/** However many ask, publishing finds the store free. */
const READS_AT_ONCE = 4

/** Answers everything below `/api/`: routes, lets in, checks, carries out, and explains refusals. */
export function createApiRoute(
  operations: readonly Operation[],
  access: Access,
  deps: ApiDeps,
): { route: Route; drain(): Promise<void> } {
  const underWay = new Set<Promise<void>>()
  const reads = createReads(READS_AT_ONCE)
  let stopping = false
  const table = operations.map((operation) => ({ operation, pattern: patternOf(operation.path) }))

  async function answer(request: IncomingMessage, path: string): Promise<Answer> {
    const fitting = table.flatMap(({ operation, pattern }) => {
      const found = pattern.exec(path)
      return found ? [{ operation, params: found.groups ?? {} }] : []
    })
    const chosen = fitting.find(({ operation }) => operation.method === request.method)
    // Whoever may not see anything does not learn what there is either.
    const isPublic = chosen?.operation.public === true
    const address = request.socket.remoteAddress ?? ''
    const { authorization } = request.headers
    const admitted = isPublic
      ? undefined
      : access.admit(authorization, address, chosen?.operation.scope ?? null)
    if (!chosen) throw notThere(request, path, fitting)
    const { operation } = chosen
    const body = operation.method === 'POST' ? await bodyOf(request, operation) : undefined
    const idempotencyKey = operation.idempotent ? keyOf(request) : undefined
    const asked = {
      params: check(operation.params, decoded(chosen.params), 'not-found'),
      query: check(operation.query, queryOf(request), 'invalid-request'),
      body,
      ...(admitted ? admitted : { bearer: NOBODY }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    }
    const run = () => operation.run(asked, deps)
    // What is read depends on the address alone, not on who asks.
    return operation.method === 'GET' ? reads(request.url ?? path, run) : run()
  }

  async function respond(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
  ): Promise<void> {
    try {
      if (stopping) throw new ProblemError('stopping', 'Ask again in a moment.', STOPPING)
      send(response, await answer(request, path))
    } catch (error) {
      sendProblem(request, response, problemOf(error, deps.log))
    }
  }

  return {
    async route(request, response, path) {
      if (!path.startsWith(ROOT)) return false
      const responded = respond(request, response, path)
      underWay.add(responded)
      await responded.finally(() => underWay.delete(responded))
      return true
    },
    async drain() {
      stopping = true
      await Promise.allSettled(underWay)
    },
  }
}

const STOPPING = { headers: { 'retry-after': '5', connection: 'close' } }
const NOBODY = { id: 'nobody', name: 'nobody', scopes: new Set<never>(), perSecond: 0 }

function patternOf(path: string): RegExp {
  const segments = path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')
  return new RegExp(`^${segments}/?$`)
}

function notThere(
  request: IncomingMessage,
  path: string,
  fitting: readonly { operation: Operation }[],
): ProblemError {
  if (fitting.length === 0) {
    return new ProblemError('not-found', `There is no ${path} here; see /api/openapi.json.`)
  }
  const allow = [...new Set(fitting.map(({ operation }) => operation.method))].join(', ')
  return new ProblemError('method-not-allowed', `${request.method} is not for ${path}: ${allow}.`, {
    headers: { allow },
  })
}

async function bodyOf(request: IncomingMessage, operation: Operation): Promise<unknown> {
  const given = await readJson(request, operation.maxBytes ?? MAX_BODY_BYTES)
  if (!operation.body) return undefined
  if (given === undefined && !operation.bodyOptional) {
    throw new ProblemError('malformed-request', 'A JSON body is missing.')
  }
  return check(operation.body, given ?? {}, 'invalid-request')
}

function check(
  schema: z.ZodType | undefined,
  given: unknown,
  type: 'invalid-request' | 'not-found',
): unknown {
  if (!schema) return undefined
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  const errors = parsed.error.issues.flatMap(errorsOf)
  const [first] = errors
  const detail = first
    ? `${first.field ? `${first.field}: ` : ''}${first.message}`
    : 'It is not valid.'
  if (type === 'not-found') throw new ProblemError('not-found', 'There is no such thing here.')
  throw new ProblemError('invalid-request', detail, { errors })
}

function errorsOf(issue: z.core.$ZodIssue): FieldError[] {
  const path = issue.path.map(String)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [...path, key].join('.'),
      message: 'There is no such field; see /api/openapi.json.',
    }))
  }
  return [{ field: path.join('.'), message: sentence(issue.message) }]
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function queryOf(request: IncomingMessage): Record<string, string> {
  const { searchParams } = new URL(request.url ?? '/', 'http://localhost')
  const query: Record<string, string> = {}
  for (const [name, value] of searchParams) {
    if (Object.hasOwn(query, name)) {
      const errors = [{ field: name, message: 'It is there more than once.' }]
      throw new ProblemError('invalid-request', `${name} is there more than once.`, { errors })
    }
    query[name] = value
  }
  return query
}

function decoded(params: Readonly<Record<string, string>>): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]),
    )
  } catch {
    throw new ProblemError('not-found', 'There is no such thing here.')
  }
}

const LONGEST_KEY = 255

/** @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/ */
function keyOf(request: IncomingMessage): string | undefined {
  const header = request.headers['idempotency-key']
  if (header === undefined) return undefined
  const key = String(header)
    .trim()
    .replace(/^"(.*)"$/, '$1')
  if (key !== '' && key.length <= LONGEST_KEY && /^[\x20-\x7e]+$/.test(key)) return key
  throw new ProblemError(
    'malformed-request',
    `Idempotency-Key has 1 to ${LONGEST_KEY} printable ASCII characters.`,
    { errors: [{ field: 'Idempotency-Key', message: 'It is empty, too long, or not ASCII.' }] },
  )
}
