import { describe, expect, it } from 'vitest'
import { judge } from '../../../../src/publisher/connectors/bluesky/classify.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  ({ kind: 'answer', status, headers, text: JSON.stringify(body) }) as const
const mutation = (status: number, error: string, message = '') =>
  judge(answer(status, { error, message }), 'mutation', NOW)

describe('a refusal by Bluesky', () => {
  it.each([
    [400, 'ExpiredToken', 'permanent', 'auth'],
    [400, 'InvalidToken', 'permanent', 'auth'],
    [401, 'AuthenticationRequired', 'permanent', 'auth'],
    [401, 'AuthFactorTokenRequired', 'permanent', 'auth'],
    [401, 'AccountTakedown', 'permanent', 'auth'],
    [400, 'AccountDeactivated', 'permanent', 'auth'],
    [403, 'Forbidden', 'permanent', 'permission'],
    [400, 'InvalidRequest', 'permanent', 'validation'],
    [413, 'PayloadTooLarge', 'permanent', 'media'],
    [400, 'BlobNotFound', 'transient', 'media'],
    [400, 'InvalidSwap', 'ambiguous', 'duplicate'],
    [500, 'InternalServerError', 'ambiguous', 'platform'],
    [503, 'NotEnoughResources', 'ambiguous', 'platform'],
  ])('%i %s is %s (%s)', (status, error, kind, reasonClass) => {
    expect(mutation(status, error)).toMatchObject({ kind, reason: { class: reasonClass } })
  })

  it('leaves the doubt when a 4xx is not in its own form', () => {
    expect(judge(answer(400, { detail: 'no' }), 'mutation', NOW)).toMatchObject({
      kind: 'ambiguous',
    })
  })

  it('says how long to wait, from the time of the reset in epoch seconds', () => {
    const headers = { 'ratelimit-reset': String(NOW / 1000 + 42) }
    expect(judge(answer(429, { error: 'RateLimitExceeded' }, headers), 'other', NOW)).toMatchObject(
      {
        kind: 'transient',
        scope: 'account',
        retryAfterMs: 42_000,
      },
    )
  })
})
