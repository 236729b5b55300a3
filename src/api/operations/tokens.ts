import { z } from 'zod'
import { operation } from '../operation.js'
import { ProblemError } from '../problem.js'
import { ALL_SCOPES, type Scope } from '../scopes.js'
import { shapes } from '../shapes.js'
import { createToken, revoke, showTokens } from '../token-store.js'

const scope = z.enum(ALL_SCOPES as [Scope, ...Scope[]], `Use ${ALL_SCOPES.join(', ')}`)

const newTokenShape = z
  .strictObject({
    name: z
      .string()
      .trim()
      .regex(/^[\w .@/-]{1,80}$/, 'Use letters, digits, spaces and . @ / - _'),
    scopes: z.array(scope).min(1),
    perSecond: z.int().min(1).max(100_000).nullish().describe('Requests a second; usually 100'),
  })
  .register(shapes, { id: 'NewToken' })

const fields = {
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  perSecond: z.int().nullable(),
  createdAt: z.iso.datetime(),
  usedAt: z.iso.datetime().nullable(),
  revokedAt: z.iso.datetime().nullable(),
}
const tokensShape = z
  .object({ tokens: z.array(z.object(fields)) })
  .register(shapes, { id: 'Tokens' })

export const makeToken = operation({
  id: 'makeToken',
  method: 'POST',
  path: '/api/tokens',
  scope: 'admin',
  summary: 'Makes a token, and shows its secret for the only time',
  body: newTokenShape,
  answers: {
    201: { description: 'Made', schema: z.object({ ...fields, token: z.string() }) },
  },
  problems: [],
  async run({ body: { name, scopes, perSecond } }, deps) {
    const wanted = { name, scopes, perSecond: perSecond ?? null }
    return { status: 201, body: await createToken(deps.database.orm, wanted, deps) }
  },
})

export const readTokens = operation({
  id: 'readTokens',
  method: 'GET',
  path: '/api/tokens',
  scope: 'admin',
  summary: 'Every token that was made, without its secret',
  answers: { 200: { description: 'The oldest first', schema: tokensShape } },
  problems: [],
  run: async (_asking, { database }) => ({
    status: 200,
    body: { tokens: await showTokens(database.orm) },
  }),
})

export const revokeToken = operation({
  id: 'revokeToken',
  method: 'DELETE',
  path: '/api/tokens/{token}',
  scope: 'admin',
  summary: 'Revokes a token by its id or name, at once and for ever',
  params: z.object({ token: z.string().max(80) }),
  answers: { 200: { description: 'What was revoked', schema: tokensShape } },
  problems: ['not-found'],
  async run({ params: { token } }, { database, now }) {
    const tokens = await revoke(database.orm, token, now())
    if (tokens.length > 0) return { status: 200, body: { tokens } }
    throw new ProblemError('not-found', `There is no token "${token}" that could be revoked.`)
  },
})
