import { describe, expect, it } from 'vitest'
import { judge } from '../../../../src/publisher/connectors/x/classify.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  ({ kind: 'answer', status, headers, text: JSON.stringify(body) }) as const
const problem = (status: number, detail: string, type = 'about:blank') =>
  answer(status, { title: 'A title', detail, type, status })

describe('a refusal by X', () => {
  it.each([
    [400, 'One or more parameters to your request was invalid.', 'permanent', 'validation'],
    [401, 'Unauthorized', 'permanent', 'auth'],
    [402, 'Your account does not have any credits.', 'permanent', 'policy'],
    [403, 'You are not permitted to perform this action.', 'permanent', 'permission'],
    [413, 'Request Entity Too Large', 'permanent', 'media'],
    [500, 'Something is broken.', 'ambiguous', 'platform'],
    [503, 'Over capacity', 'ambiguous', 'platform'],
  ])('%i %s is %s (%s)', (status, detail, kind, reasonClass) => {
    expect(judge(problem(status, detail), 'mutation', NOW)).toMatchObject({
      kind,
      reason: { class: reasonClass },
    })
  })

  it('says what is wrong in the words of its errors', () => {
    const body = { title: 'Invalid Request', errors: [{ message: 'Your Tweet text is too long.' }] }
    expect(judge(answer(400, body), 'mutation', NOW)).toMatchObject({
      reason: { text: 'X refuses it: Invalid Request Your Tweet text is too long.' },
    })
  })

  it.each([
    [401, 'Could not authenticate you', 'auth', 'X refuses the access token.'],
    [403, 'This account is locked', 'permission', 'X does not allow it: This account is locked'],
    [400, 'Bad request', 'validation', 'X refuses it: Bad request'],
  ])('%i is known as one error with a code', (status, message, reasonClass, text) => {
    const plain = answer(status, { code: 32, message })
    expect(judge(plain, 'mutation', NOW)).toMatchObject({
      kind: 'permanent',
      reason: { class: reasonClass, text },
    })
    expect(judge(answer(status, { message }), 'mutation', NOW).kind).toBe('ambiguous')
  })

  it('of a duplicate may mean our own post, and is final only when that is not found', () => {
    const detail = 'You are not allowed to create a Tweet with duplicate content.'
    expect(judge(problem(403, detail), 'mutation', NOW)).toMatchObject({
      kind: 'ambiguous',
      reason: { class: 'duplicate' },
      refusal: { class: 'duplicate' },
    })
  })

  it('leaves the doubt when a 4xx is not in its own form', () => {
    expect(judge(answer(403, { reason: 'blocked' }), 'mutation', NOW)).toMatchObject({
      kind: 'ambiguous',
    })
  })

  it('says how long to wait, from the reset in epoch seconds', () => {
    const headers = { 'x-rate-limit-reset': String(NOW / 1000 + 300) }
    expect(
      judge(answer(429, { title: 'Too Many Requests' }, headers), 'mutation', NOW),
    ).toMatchObject({ kind: 'transient', scope: 'account', retryAfterMs: 300_000 })
  })

  it('waits for the day when the day is used up', () => {
    const headers = {
      'x-rate-limit-remaining': '80',
      'x-rate-limit-reset': String(NOW / 1000 + 300),
      'x-user-limit-24hour-remaining': '0',
      'x-user-limit-24hour-reset': String(NOW / 1000 + 7200),
    }
    expect(judge(answer(429, {}, headers), 'mutation', NOW)).toMatchObject({
      retryAfterMs: 7_200_000,
    })
  })
})
