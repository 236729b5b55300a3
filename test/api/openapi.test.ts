import { describe, expect, it } from 'vitest'
import { operations } from '../../src/api/index.js'
import { describeApi } from '../../src/api/openapi.js'

interface Described {
  operationId: string
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> }
  parameters: { name: string; in: string; required?: boolean }[]
  responses: Record<string, unknown>
}

describe('the description of the API', () => {
  const api = describeApi(operations)
  const paths = api.paths as Record<string, Record<string, Described>>
  const described = Object.values(paths).flatMap((path) => Object.values(path))

  it('has every operation once', () => {
    expect(described.map(({ operationId }) => operationId).sort()).toEqual(
      operations.map(({ id }) => id).sort(),
    )
  })

  it('points only at schemas that are there', () => {
    const references = [...JSON.stringify(api).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to)
    expect(references.length).toBeGreaterThan(10)
    const known = Object.keys(api.components.schemas).map((id) => `#/components/schemas/${id}`)
    for (const reference of references) expect(known).toContain(reference)
  })

  it('names path parameters, bodies and refusals', () => {
    const retry = paths['/api/posts/{id}/retry']?.post
    expect(retry?.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true },
      { name: 'Idempotency-Key', in: 'header' },
    ])
    const create = paths['/api/posts']?.post
    expect(create?.requestBody?.content['application/json']?.schema.$ref).toBe(
      '#/components/schemas/NewPost',
    )
    for (const status of ['202', '400', '401', '403', '409', '413', '415', '422', '429', '503']) {
      expect(create?.responses).toHaveProperty(status)
    }
  })

  it('is plain JSON, with every field of a new post in it', () => {
    const schemas = JSON.parse(JSON.stringify(api.components.schemas))
    expect(Object.keys(schemas.NewPost.properties)).toEqual(
      expect.arrayContaining(['text', 'texts', 'targets', 'to', 'media', 'publishAt', 'at']),
    )
    expect(schemas.NewPost.additionalProperties).toBe(false)
  })
})
