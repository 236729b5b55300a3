import { describe, expect, it } from 'vitest'
import { judge } from '../../../../src/publisher/connectors/linkedin/classify.js'

const NOW = Date.UTC(2026, 0, 5, 23)
const HOUR = 3_600_000
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  ({ kind: 'answer', status, headers, text: JSON.stringify(body) }) as const
const mutation = (status: number, message: string, code?: string) =>
  judge(answer(status, { status, message, code }), 'mutation', NOW)

describe('a refusal by LinkedIn', () => {
  it.each([
    [400, 'commentary is too long', 'permanent', 'validation'],
    [401, 'The token used in the request has expired', 'permanent', 'auth'],
    [403, 'Not enough permissions', 'permanent', 'permission'],
    [404, 'Not found', 'permanent', 'validation'],
    [409, 'Conflict', 'ambiguous', 'platform'],
    [422, 'unrecognized field found', 'permanent', 'validation'],
    [426, 'Requested version 202401 is not active', 'permanent', 'platform'],
    [500, 'Internal server error', 'ambiguous', 'platform'],
    [504, 'Gateway timeout', 'ambiguous', 'platform'],
  ])('%i %s is %s (%s)', (status, message, kind, reasonClass) => {
    expect(mutation(status, message)).toMatchObject({ kind, reason: { class: reasonClass } })
  })

  it.each(['urn:li:share:7', 'urn:li:ugcPost:7', 'urn:li:activity:7'])(
    'of a duplicate of %s names a post that may be ours',
    (urn) => {
      expect(mutation(422, `Content is a duplicate of ${urn}.`)).toMatchObject({
        kind: 'ambiguous',
        remoteId: urn,
        refusal: { class: 'duplicate' },
      })
    },
  )

  it('of a duplicate of something else names no post', () => {
    const outcome = mutation(422, 'Content is a duplicate of urn:li:digitalmediaAsset:7')
    expect(outcome).toMatchObject({ kind: 'ambiguous', refusal: { class: 'duplicate' } })
    expect(outcome).not.toHaveProperty('remoteId')
  })

  it('leaves the doubt when a 4xx is not in its own form', () => {
    expect(judge(answer(403, { error: 'no' }), 'mutation', NOW)).toMatchObject({
      kind: 'ambiguous',
    })
  })

  it('lasts until midnight UTC when it is for the day', () => {
    const message = 'APPLICATION_AND_MEMBER DAY limit for calls to this resource is reached.'
    expect(mutation(429, message)).toMatchObject({ scope: 'account', retryAfterMs: HOUR })
    const unnamed = mutation(429, 'Resource level throttle limit reached')
    expect(unnamed).toMatchObject({ kind: 'transient', scope: 'account' })
    expect(unnamed).not.toHaveProperty('retryAfterMs')
  })

  it('lasts as long as the answer says, when it says so', () => {
    const body = { status: 429, message: 'DAY limit for calls is reached.' }
    const limited = answer(429, body, { 'retry-after': '7' })
    expect(judge(limited, 'mutation', NOW)).toMatchObject({ retryAfterMs: 7_000 })
  })
})
