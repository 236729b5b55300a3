import { describe, expect, it } from 'vitest'
import {
  classifyAnswer,
  failureOf,
  permanent,
  rateLimited,
  retryAfterMs,
  unreadable,
} from '../../../src/publisher/connectors/classify.js'
import type { Answer } from '../../../src/publisher/connectors/http.js'

const answer = (status: number, text = '', headers: Record<string, string> = {}): Answer => ({
  kind: 'answer',
  status,
  headers,
  text,
})
const kindOf = (given: Answer, call: 'mutation' | 'other') =>
  classifyAnswer('Acme', given, call, () => undefined).kind

describe('classifyAnswer', () => {
  it.each<[string, Answer, mutation: string, other: string]>([
    ['nothing was sent', { kind: 'notSent', why: 'refused' }, 'transient', 'transient'],
    ['no answer came', { kind: 'noAnswer', why: 'reset' }, 'ambiguous', 'transient'],
    ['200', answer(200, '{}'), 'success', 'success'],
    ['201 that is no JSON', answer(201, '<html>'), 'success', 'success'],
    ['302', answer(302), 'ambiguous', 'transient'],
    ['400 in a foreign form', answer(400, '<html>'), 'ambiguous', 'transient'],
    ['401 in a foreign form', answer(401), 'ambiguous', 'transient'],
    ['404 in a foreign form', answer(404), 'ambiguous', 'transient'],
    ['408', answer(408), 'ambiguous', 'transient'],
    ['422 in a foreign form', answer(422), 'ambiguous', 'transient'],
    ['429', answer(429), 'transient', 'transient'],
    ['500', answer(500), 'ambiguous', 'transient'],
    ['502', answer(502), 'ambiguous', 'transient'],
    ['503', answer(503), 'ambiguous', 'transient'],
    ['504', answer(504), 'ambiguous', 'transient'],
  ])('%s: a mutation is %s, any other call %s', (_what, given, mutation, other) => {
    expect(kindOf(given, 'mutation')).toBe(mutation)
    expect(kindOf(given, 'other')).toBe(other)
  })

  it('lets the platform read its own refusals, and nothing that is not an answer', () => {
    const refused = permanent('validation', 'Too long.')
    const refine = () => refused
    expect(classifyAnswer('Acme', answer(400, '{}'), 'mutation', refine)).toBe(refused)
    const lost: Answer = { kind: 'noAnswer', why: 'reset' }
    expect(classifyAnswer('Acme', lost, 'mutation', refine).kind).toBe('ambiguous')
  })

  it('hands a success over parsed, or undefined where it is no JSON', () => {
    const success = (text: string) =>
      classifyAnswer('Acme', answer(200, text), 'other', () => undefined)
    expect(success('{"id":"1"}')).toMatchObject({ status: 200, json: { id: '1' } })
    expect(success('oops')).toMatchObject({ text: 'oops', json: undefined })
  })

  it('pauses the account on a rate limit, for as long as the platform says', () => {
    const limited = answer(429, '', { 'retry-after': '30' })
    expect(classifyAnswer('Acme', limited, 'mutation', () => undefined)).toMatchObject({
      kind: 'transient',
      scope: 'account',
      retryAfterMs: 30_000,
      reason: { class: 'rate_limit', code: '429' },
    })
  })

  it('says in words what happened', () => {
    const text = (given: Answer) => {
      const outcome = classifyAnswer('Acme', given, 'mutation', () => undefined)
      return 'reason' in outcome ? outcome.reason.text : ''
    }
    expect(text({ kind: 'notSent', why: 'the connection was refused' })).toBe(
      'Acme could not be reached: the connection was refused.',
    )
    expect(text({ kind: 'noAnswer', why: 'the connection was reset' })).toBe(
      'Acme gave no answer: the connection was reset.',
    )
    expect(text(answer(503))).toBe('Acme answered 503.')
    expect(text(answer(400))).toBe('Acme answered 400 in a form that is not its own.')
  })
})

describe('a success that cannot be read', () => {
  it('is a doubt after a mutation and a failure else', () => {
    expect(unreadable('Acme', 'mutation', 'an id').kind).toBe('ambiguous')
    expect(unreadable('Acme', 'other', 'an id').kind).toBe('transient')
    expect(unreadable('Acme', 'other', 'an id')).toMatchObject({
      reason: { text: 'Acme answered without an id.' },
    })
  })
})

describe('retryAfterMs', () => {
  const now = Date.parse('Mon, 05 Jan 2026 12:00:00 GMT')

  it.each([
    [{}, undefined],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '120' }, 120_000],
    [{ 'retry-after': '1.5' }, 1_500],
    [{ 'retry-after': '-5' }, 0],
    [{ 'retry-after': 'Mon, 05 Jan 2026 12:00:30 GMT' }, 30_000],
    [{ 'retry-after': 'Mon, 05 Jan 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
  ])('%j is %s ms', (headers, expected) => {
    expect(retryAfterMs(headers, now)).toBe(expected)
  })

  it("measures a date by the answer's own clock where it has one", () => {
    const headers = {
      date: 'Mon, 05 Jan 2015 12:00:00 GMT',
      'retry-after': 'Mon, 05 Jan 2015 12:01:00 GMT',
    }
    expect(retryAfterMs(headers)).toBe(60_000)
  })
})

describe('failureOf', () => {
  it('gives the reason and the wait of what did not succeed', () => {
    expect(failureOf(rateLimited('Acme', 5_000))).toMatchObject({
      reason: { class: 'rate_limit' },
      retryAfterMs: 5_000,
    })
    expect(failureOf(permanent('media', 'Bad.', 'Fix it.', '36000'))).toEqual({
      reason: { class: 'media', text: 'Bad.', next: 'Fix it.', code: '36000' },
    })
  })

  it('is not asked about a success', () => {
    expect(() => failureOf({ kind: 'published' })).toThrow(TypeError)
  })
})
