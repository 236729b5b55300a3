import { describe, expect, it } from 'vitest'
import { judge, type Purpose } from '../../../../src/publisher/connectors/mastodon/classify.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  ({ kind: 'answer', status, headers, text: JSON.stringify(body) }) as const
const refused = (status: number, error: string, purpose: Purpose = 'mutation') =>
  judge(answer(status, { error }), purpose, NOW)

describe('a refusal by Mastodon', () => {
  it.each([
    [401, 'The access token is invalid', 'permanent', 'auth'],
    [403, 'This action is not allowed', 'permanent', 'permission'],
    [404, 'Record not found', 'permanent', 'duplicate'],
    [422, 'Validation failed: Text character limit of 500 exceeded', 'permanent', 'validation'],
    [422, 'Cannot attach files that have not finished processing.', 'transient', 'media'],
    [500, 'Something went wrong', 'ambiguous', 'platform'],
    [503, 'There was a temporary problem', 'ambiguous', 'platform'],
  ])('%i %s is %s (%s)', (status, error, kind, reasonClass) => {
    expect(refused(status, error)).toMatchObject({ kind, reason: { class: reasonClass } })
  })

  it('concerns the file where a file was uploaded', () => {
    expect(refused(422, 'File content type is not supported', 'upload')).toMatchObject({
      kind: 'permanent',
      reason: { class: 'media' },
    })
  })

  it('leaves the doubt when a 4xx is not in its own form', () => {
    expect(judge(answer(403, 'Blocked'), 'mutation', NOW)).toMatchObject({ kind: 'ambiguous' })
  })

  it('says how long to wait, from the time of the reset in ISO 8601', () => {
    const headers = { 'x-ratelimit-reset': new Date(NOW + 90_000).toISOString() }
    expect(
      judge(answer(429, { error: 'Too many requests' }, headers), 'mutation', NOW),
    ).toMatchObject({ kind: 'transient', scope: 'account', retryAfterMs: 90_000 })
  })
})
