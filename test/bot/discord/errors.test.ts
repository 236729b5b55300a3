import { DiscordAPIError, HTTPError, RateLimitError } from 'discord.js'
import { describe, expect, it } from 'vitest'
import { classifyDiscordError } from '../../../src/bot/discord/errors.js'

const answer = (status: number, code: number, message = 'Said by Discord') =>
  new DiscordAPIError({ code, message }, code, status, 'POST', 'https://d/api', {})
const coded = (code: string) => Object.assign(new Error('broken'), { code })

describe('a failed call to Discord', () => {
  it.each([
    [answer(403, 50013), 'channel', true],
    [answer(403, 50001), 'channel', true],
    [answer(404, 10003), 'channel', true],
    [answer(400, 160006), 'channel', true],
    [answer(400, 160005), 'thread', true],
    [answer(400, 50083), 'thread', true],
    [answer(400, 50035), 'message', true],
    [answer(404, 10008), 'message', true],
    [answer(400, 30046), 'message', false],
    [answer(401, 0), 'chat', true],
    [answer(403, 40333), 'chat', false],
    [coded('ECONNREFUSED'), 'chat', false],
    [new TypeError('fetch failed', { cause: coded('ENOTFOUND') }), 'chat', false],
  ])('%s is refused for the %s', (error, scope, final) => {
    expect(classifyDiscordError(error)).toMatchObject({ kind: 'refused', scope, final })
  })

  it.each([
    [new HTTPError(502, 'Bad Gateway', 'POST', 'https://d/api', {})],
    [answer(503, 130000)],
    [new DOMException('This operation was aborted', 'AbortError')],
    [coded('UND_ERR_SOCKET')],
    [new Error('Unexpected token < in JSON')],
  ])('may have happened after all: %s', (error) => {
    expect(classifyDiscordError(error).kind).toBe('unknown')
  })

  it('says how long to wait, and what a person can do', () => {
    const limit = {
      timeToReset: 900,
      retryAfter: 1_200,
      limit: 5,
      method: 'POST',
      hash: 'h',
      url: 'u',
      route: '/channels/:id',
      majorParameter: '1',
      global: false,
      sublimitTimeout: 0,
      scope: 'user',
    } as const
    expect(classifyDiscordError(new RateLimitError(limit))).toEqual({
      kind: 'limited',
      retryAfterMs: 1_200,
    })
    expect(classifyDiscordError(answer(404, 10003, 'Unknown Channel'))).toMatchObject({
      why: 'Unknown Channel (10003). There is no such channel any more, or the id is wrong.',
    })
    expect(classifyDiscordError(answer(401, 0))).toMatchObject({
      why: expect.stringContaining('DISCORD_TOKEN'),
    })
  })
})
