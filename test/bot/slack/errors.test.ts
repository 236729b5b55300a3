import { webApi } from '@slack/bolt'
import { describe, expect, it } from 'vitest'
import { classifySlackError, isUneditable } from '../../../src/bot/slack/errors.js'

const word = (error: string) => new webApi.WebAPIPlatformError({ ok: false, error })
const network = (code: string) => {
  const cause = Object.assign(new Error(code), { code })
  return new webApi.WebAPIRequestError(new TypeError('fetch failed', { cause }))
}

describe('what a failed Slack call tells', () => {
  it.each([
    ['not_in_channel', 'channel'],
    ['channel_not_found', 'channel'],
    ['is_archived', 'channel'],
    ['invalid_auth', 'chat'],
    ['missing_scope', 'chat'],
    ['thread_not_found', 'thread'],
    ['invalid_blocks', 'message'],
    ['message_not_found', 'message'],
  ])('%s is final, for the %s', (why, scope) => {
    expect(classifySlackError(word(why))).toEqual({ kind: 'refused', why, scope, final: true })
  })

  it.each(['fatal_error', 'internal_error', 'service_unavailable', '<html>Bad Gateway</html>'])(
    '%s may have happened',
    (why) => expect(classifySlackError(word(why))).toEqual({ kind: 'unknown', why }),
  )

  it('takes Retry-After as it is', () => {
    expect(classifySlackError(new webApi.WebAPIRateLimitedError(17))).toEqual({
      kind: 'limited',
      retryAfterMs: 17_000,
    })
    expect(classifySlackError(word('ratelimited')).kind).toBe('limited')
  })

  it.each(['ECONNRESET', 'UND_ERR_SOCKET', 'EPIPE'])('%s may have happened', (code) => {
    expect(classifySlackError(network(code)).kind).toBe('unknown')
  })

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])(
    '%s certainly did not happen, and may work later',
    (code) =>
      expect(classifySlackError(network(code))).toMatchObject({ kind: 'refused', final: false }),
  )

  it('tells HTTP errors of the server from those of the request', () => {
    const http = (status: number) => new webApi.WebAPIHTTPError(status, '', {})
    expect(classifySlackError(http(503)).kind).toBe('unknown')
    expect(classifySlackError(http(408)).kind).toBe('unknown')
    expect(classifySlackError(http(404))).toMatchObject({ kind: 'refused', final: false })
  })

  it('takes what it does not know as possibly done', () => {
    expect(classifySlackError(new Error('odd')).kind).toBe('unknown')
    expect(classifySlackError('odd').kind).toBe('unknown')
  })

  it('knows what can never be edited again', () => {
    expect(isUneditable(classifySlackError(word('message_not_found')))).toBe(true)
    expect(isUneditable(classifySlackError(word('not_in_channel')))).toBe(false)
  })
})
