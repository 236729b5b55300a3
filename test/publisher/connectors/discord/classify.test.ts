import { describe, expect, it } from 'vitest'
import { judge } from '../../../../src/publisher/connectors/discord/classify.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  ({ kind: 'answer', status, headers, text: JSON.stringify(body) }) as const
const mutation = (status: number, code: number, message = 'No', errors?: object) =>
  judge(answer(status, { code, message, errors }), 'mutation', NOW)

describe('a refusal by Discord', () => {
  it.each([
    [404, 10015, 'permanent', 'auth'],
    [401, 50027, 'permanent', 'auth'],
    [401, 0, 'permanent', 'auth'],
    [403, 50013, 'permanent', 'permission'],
    [400, 50035, 'permanent', 'validation'],
    [400, 50006, 'permanent', 'validation'],
    [413, 40005, 'permanent', 'media'],
    [403, 40333, 'transient', 'platform'],
    [400, 20028, 'transient', 'rate_limit'],
    [500, 0, 'ambiguous', 'platform'],
    [503, 130000, 'ambiguous', 'platform'],
  ])('%i/%i is %s (%s)', (status, code, kind, reasonClass) => {
    expect(mutation(status, code)).toMatchObject({ kind, reason: { class: reasonClass } })
  })

  it('says what is wrong with which field', () => {
    const errors = {
      content: { _errors: [{ code: 'X', message: 'Must be 2000 or fewer in length.' }] },
    }
    expect(mutation(400, 50035, 'Invalid Form Body', errors)).toMatchObject({
      reason: { text: 'Discord refuses it: Invalid Form Body Must be 2000 or fewer in length.' },
    })
  })

  it('says how long to wait, in seconds with fractions', () => {
    const body = { message: 'You are being rate limited.', retry_after: 0.75, global: false }
    expect(judge(answer(429, body), 'mutation', NOW)).toMatchObject({
      kind: 'transient',
      scope: 'account',
      retryAfterMs: 750,
    })
  })

  it('goes by the header where the limit was not told by Discord itself', () => {
    const outcome = judge(answer(429, 'error code: 1015', { 'retry-after': '30' }), 'mutation', NOW)
    expect(outcome).toMatchObject({ kind: 'transient', retryAfterMs: 30_000 })
  })

  it('leaves the doubt when a 4xx is not in its own form', () => {
    expect(judge(answer(403, '<html>'), 'mutation', NOW)).toMatchObject({ kind: 'ambiguous' })
  })
})
