import { describe, expect, it } from 'vitest'
import { judge } from '../../../../src/publisher/connectors/telegram/classify.js'

const answer = (status: number, body: unknown) =>
  ({ kind: 'answer', status, headers: {}, text: JSON.stringify(body) }) as const
const failure = (error_code: number, description: string, parameters?: object) =>
  judge(answer(error_code, { ok: false, error_code, description, parameters }), 'mutation')

describe('a refusal by Telegram', () => {
  it.each([
    [400, 'Bad Request: message is too long', 'permanent', 'validation'],
    [400, 'Bad Request: chat not found', 'permanent', 'permission'],
    [400, 'Bad Request: need administrator rights in the channel chat', 'permanent', 'permission'],
    [400, 'Bad Request: PHOTO_INVALID_DIMENSIONS', 'permanent', 'media'],
    [401, 'Unauthorized', 'permanent', 'auth'],
    [403, 'Forbidden: bot was kicked from the channel chat', 'permanent', 'permission'],
    [404, 'Not Found', 'permanent', 'auth'],
    [408, 'Request Timeout', 'ambiguous', 'platform'],
    [413, 'Request Entity Too Large', 'permanent', 'media'],
    [500, 'Internal Server Error', 'ambiguous', 'platform'],
    [502, 'Bad Gateway', 'ambiguous', 'platform'],
  ])('%i %s is %s (%s)', (code, description, kind, reasonClass) => {
    expect(failure(code, description)).toMatchObject({ kind, reason: { class: reasonClass } })
  })

  it('is read from the body, whatever the status of the answer', () => {
    const body = { ok: false, error_code: 403, description: 'Forbidden: bot was kicked' }
    expect(judge(answer(200, body), 'mutation')).toMatchObject({ kind: 'permanent' })
    const trouble = { ok: false, error_code: 500, description: 'Internal Server Error' }
    expect(judge(answer(200, trouble), 'mutation')).toMatchObject({ kind: 'ambiguous' })
  })

  it('says how long to wait, in seconds', () => {
    const outcome = failure(429, 'Too Many Requests: retry after 7', { retry_after: 7 })
    expect(outcome).toMatchObject({ kind: 'transient', scope: 'account', retryAfterMs: 7000 })
  })

  it('names the new id of a group that has moved', () => {
    const outcome = failure(400, 'Bad Request: group chat was upgraded', {
      migrate_to_chat_id: -1001234,
    })
    expect(outcome).toMatchObject({
      kind: 'permanent',
      reason: { text: expect.stringContaining('-1001234') },
    })
  })

  it('leaves the doubt when a 4xx is not in its own form', () => {
    expect(judge(answer(403, { message: 'blocked' }), 'mutation')).toMatchObject({
      kind: 'ambiguous',
    })
  })
})
