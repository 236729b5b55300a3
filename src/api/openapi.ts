import { z } from 'zod'
import type { Operation } from './operation.js'
import { PROBLEM_TYPES, ProblemError, type ProblemType } from './problem.js'
import { problemShape, shapes } from './shapes.js'

const COMPONENTS = '#/components/schemas/'

/** Refusals that every operation with a token may give. */
const USUAL: readonly ProblemType[] = [
  'token-missing',
  'scope-missing',
  'invalid-request',
  'too-many-requests',
  'internal-error',
  'store-unavailable',
]
const WITH_BODY: readonly ProblemType[] = ['malformed-request', 'body-too-large', 'not-json']

/**
 * The description of the API (OpenAPI 3.1), from the very schemas that check requests.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function describeApi(operations: readonly Operation[]) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const operation of operations) {
    const path = paths[operation.path] ?? {}
    paths[operation.path] = path
    path[operation.method.toLowerCase()] = describeOperation(operation)
  }
  const { schemas } = z.toJSONSchema(shapes, {
    io: 'input',
    uri: (id) => `${COMPONENTS}${id}`,
  })
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pressroom',
      version: '1',
      description:
        "Publishes a team's social posts and tells the truth about every destination. Problem types are urn:pressroom:problem: and one of " +
        `${PROBLEM_TYPES.join(', ')}.`,
    },
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).map(([id, one]) => [id, bare(one)])),
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  }
}

function describeOperation(operation: Operation) {
  const { params, query, body, answers, scope } = operation
  const problems = new Map<number, string[]>()
  for (const type of problemsOf(operation)) {
    const { status } = new ProblemError(type, '')
    problems.set(status, [...(problems.get(status) ?? []), type])
  }
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(scope === null ? {} : { description: `Needs a token with the scope \`${scope}\`.` }),
    security: operation.public ? [] : [{ token: scope === null ? [] : [scope] }],
    parameters: [
      ...parametersOf(params, 'path'),
      ...parametersOf(query, 'query'),
      ...(operation.idempotent ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(body
      ? {
          requestBody: {
            required: operation.bodyOptional !== true,
            content: { 'application/json': { schema: schemaOf(body, 'input') } },
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { description, schema, contentType }]) => [
          status,
          {
            description,
            ...(schema
              ? {
                  content: {
                    [contentType ?? 'application/json']: { schema: schemaOf(schema, 'output') },
                  },
                }
              : {}),
          },
        ]),
      ),
      ...Object.fromEntries(
        [...problems].map(([status, types]) => [
          status,
          {
            description: types.join(', '),
            content: { 'application/problem+json': { schema: schemaOf(problemShape, 'output') } },
          },
        ]),
      ),
    },
  }
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same key and body take effect once, however often they are sent',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

function problemsOf(operation: Operation): ProblemType[] {
  const usual = operation.public ? [] : USUAL
  return [...new Set([...usual, ...(operation.body ? WITH_BODY : []), ...operation.problems])]
}

function parametersOf(schema: z.ZodType | undefined, place: 'path' | 'query') {
  if (!schema) return []
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' })
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }))
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output') {
  const id = shapes.get(schema)?.id
  return id
    ? { $ref: `${COMPONENTS}${id}` }
    : bare(z.toJSONSchema(schema, { io, metadata: shapes }))
}

/** Inside a description, a schema has no address and names no dialect. */
function bare<T extends object>(schema: T): Omit<T, '$schema' | '$id'> {
  const {
    $schema: _dialect,
    $id: _address,
    ...rest
  } = schema as T & {
    $schema?: string
    $id?: string
  }
  return rest
}
