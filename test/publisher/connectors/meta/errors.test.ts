import { describe, expect, it } from 'vitest'
import type { CallKind } from '../../../../src/publisher/connectors/classify.js'
import { facebookMeanings } from '../../../../src/publisher/connectors/facebook/classify.js'
import { instagramMeanings } from '../../../../src/publisher/connectors/instagram/classify.js'
import { createGraph } from '../../../../src/publisher/connectors/meta/graph.js'
import { regainAccessMs } from '../../../../src/publisher/connectors/meta/refine.js'
import { json, metaError } from '../scripted-steps.js'

const TOKEN = 'EAAB-a-page-token'
const account = { apiUrl: 'https://graph.facebook.com', apiVersion: 'v26.0', accessToken: TOKEN }
const facebook = createGraph('Facebook', account, facebookMeanings)
const instagram = createGraph('Instagram', account, instagramMeanings)
const MINUTE = 60_000

describe('an error of Meta', () => {
  it.each([
    // code, subcode, on a read or preparing call, on the mutation
    [1, undefined, 'transient platform', 'ambiguous platform'],
    [2, undefined, 'transient platform', 'ambiguous platform'],
    [1, 2853006, 'permanent permission', 'permanent permission'],
    [3, undefined, 'permanent permission', 'permanent permission'],
    [10, undefined, 'permanent permission', 'permanent permission'],
    [200, undefined, 'permanent permission', 'permanent permission'],
    [299, undefined, 'permanent permission', 'permanent permission'],
    [200, 2069030, 'permanent platform', 'ambiguous platform, refused'],
    [190, undefined, 'permanent auth', 'permanent auth'],
    [190, 2069032, 'permanent auth', 'permanent auth'],
    [190, 460, 'permanent auth', 'permanent auth'],
    [102, undefined, 'permanent auth', 'permanent auth'],
    [4, undefined, 'transient rate_limit', 'transient rate_limit'],
    [17, undefined, 'transient rate_limit', 'transient rate_limit'],
    [341, undefined, 'transient rate_limit', 'transient rate_limit'],
    [613, undefined, 'transient rate_limit', 'transient rate_limit'],
    [80001, undefined, 'transient rate_limit', 'transient rate_limit'],
    [9, 2207042, 'transient rate_limit', 'transient rate_limit'],
    [4, 2207051, 'transient policy', 'ambiguous policy'],
    [368, undefined, 'permanent policy', 'ambiguous policy, refused'],
    [100, undefined, 'permanent validation', 'ambiguous validation, refused'],
    [506, undefined, 'permanent duplicate', 'ambiguous duplicate, refused'],
    [100, 1366051, 'permanent duplicate', 'ambiguous duplicate, refused'],
    [1609005, undefined, 'permanent validation', 'ambiguous validation, refused'],
    [424242, undefined, 'permanent unknown', 'ambiguous unknown, refused'],
  ])(
    '%i/%s reads as %s, and when it answers the mutation as %s',
    (code, subcode, other, mutation) => {
      const answer = metaError(code, subcode)
      expect(inWords(facebook.judge(answer, 'other'))).toBe(other)
      expect(inWords(facebook.judge(answer, 'mutation'))).toBe(mutation)
    },
  )

  it.each([
    [9004, 2207052, 'transient media, discards', 'ambiguous media'],
    [-1, 2207032, 'transient media, discards', 'ambiguous media'],
    [-1, 2207001, 'transient platform', 'ambiguous platform'],
    [24, 2207008, 'transient platform', 'ambiguous platform'],
    [4, 2207051, 'permanent policy', 'ambiguous policy, refused'],
    [36003, 2207009, 'permanent media', 'ambiguous media, refused'],
    [36004, 2207010, 'permanent validation', 'ambiguous validation, refused'],
  ])(
    '%i/%i of Instagram reads as %s, and on the mutation as %s',
    (code, subcode, other, mutation) => {
      const answer = metaError(code, subcode)
      expect(inWords(instagram.judge(answer, 'other'))).toBe(other)
      expect(inWords(instagram.judge(answer, 'mutation'))).toBe(mutation)
    },
  )

  it('settles nothing on the mutation when it comes with a 5xx, whatever it says', () => {
    for (const code of [4, 100, 190, 506]) {
      const outcome = facebook.judge(metaError(code, undefined, 500), 'mutation')
      expect(inWords(outcome)).toBe('ambiguous platform')
    }
  })

  it('counts as an error on a 200', () => {
    const outcome = facebook.judge(metaError(100, undefined, 200), 'mutation')
    expect(inWords(outcome)).toBe('ambiguous validation, refused')
  })

  it.each([
    // code, subcode, as before on a read or preparing call, in doubt on the mutation
    [4, undefined, 'transient rate_limit', 'ambiguous rate_limit, refused'],
    [17, 2446079, 'transient rate_limit', 'ambiguous rate_limit, refused'],
    [32, undefined, 'transient rate_limit', 'ambiguous rate_limit, refused'],
    [613, undefined, 'transient rate_limit', 'ambiguous rate_limit, refused'],
    [9, 2207042, 'transient rate_limit', 'ambiguous rate_limit, refused'],
    [368, undefined, 'permanent policy', 'ambiguous policy'],
    [190, undefined, 'permanent auth', 'ambiguous auth'],
    [190, 463, 'permanent auth', 'ambiguous auth'],
    [200, undefined, 'permanent permission', 'ambiguous permission'],
    [10, undefined, 'permanent permission', 'ambiguous permission'],
    [100, undefined, 'transient platform', 'ambiguous platform'],
    [506, undefined, 'permanent duplicate', 'ambiguous duplicate'],
    [324, 2069019, 'permanent media', 'ambiguous media'],
    [424242, undefined, 'transient platform', 'ambiguous platform'],
  ])(
    '%i/%s that calls itself transient reads as %s, and on the mutation as %s',
    (code, subcode, other, mutation) => {
      const answer = metaError(code, subcode, 400, { is_transient: true })
      expect(inWords(facebook.judge(answer, 'other'))).toBe(other)
      expect(inWords(facebook.judge(answer, 'mutation'))).toBe(mutation)
    },
  )

  it('that takes the account for a spammer is never waited out, however transient', () => {
    const spam = metaError(4, 2207051, 400, { is_transient: true })
    expect(inWords(instagram.judge(spam, 'mutation'))).toBe('ambiguous policy, refused')
  })

  it('says in doubt what Meta said, and nothing that sounds like the last word', () => {
    const token = metaError(190, 463, 400, { is_transient: true, message: 'Try it once more' })
    expect(facebook.judge(token, 'mutation')).toMatchObject({
      reason: { text: 'Facebook had an error of its own: Try it once more' },
    })
  })

  it('is told in the words meant for people, without the token', () => {
    const message = `Malformed access token ${TOKEN}`
    const told = facebook.judge(metaError(100, undefined, 400, { message }), 'other')
    expect(told).toMatchObject({
      reason: { text: 'Facebook refuses it: Malformed access token ***' },
    })
    const better = { error_user_msg: 'The link is not reachable.' }
    const user = facebook.judge(metaError(100, undefined, 400, better), 'other')
    expect(user).toMatchObject({
      reason: { text: 'Facebook refuses it: The link is not reachable.' },
    })
  })

  it.each(['other', 'mutation'] as CallKind[])(
    'in another shape is a doubt or a pause (%s)',
    (call) => {
      const html = { kind: 'answer', status: 403, headers: {}, text: '<html>' } as const
      expect(facebook.judge(html, call).kind).toBe(call === 'mutation' ? 'ambiguous' : 'transient')
      const odd = json({ error: 'teapot' }, 400)
      expect(facebook.judge(odd, call).kind).toBe(call === 'mutation' ? 'ambiguous' : 'transient')
    },
  )
})

describe('the wait of a throttle', () => {
  const usage = (minutes: readonly number[]) => ({
    'x-business-use-case-usage': JSON.stringify({
      1029: minutes.map((estimated_time_to_regain_access) => ({
        type: 'pages',
        call_count: 100,
        estimated_time_to_regain_access,
      })),
    }),
  })

  it('is the longest that the usage header names, in minutes', () => {
    expect(regainAccessMs(usage([3, 28, 0]))).toBe(28 * MINUTE)
    const throttled = json({ error: { message: 'Too many', code: 80001 } }, 400, usage([28]))
    expect(facebook.judge(throttled, 'mutation')).toMatchObject({
      scope: 'account',
      retryAfterMs: 28 * MINUTE,
    })
  })

  it('is kept when the throttle leaves a doubt', () => {
    const error = { message: 'Too many', code: 80001, is_transient: true }
    const named = json({ error }, 400, usage([28]))
    expect(facebook.judge(named, 'mutation')).toMatchObject({
      kind: 'ambiguous',
      retryAfterMs: 28 * MINUTE,
    })
    const seconds = json({ error }, 400, { 'retry-after': '90' })
    expect(facebook.judge(seconds, 'mutation')).toMatchObject({ retryAfterMs: 90_000 })
    expect(facebook.judge(json({ error }, 400), 'mutation')).not.toHaveProperty('retryAfterMs')
  })

  it('is not named by a header that is absent, zero or broken', () => {
    expect(regainAccessMs({})).toBeUndefined()
    expect(regainAccessMs(usage([0]))).toBeUndefined()
    expect(regainAccessMs({ 'x-business-use-case-usage': '{"1029":' })).toBeUndefined()
  })
})

function inWords(outcome: ReturnType<typeof facebook.judge>): string {
  if (!('reason' in outcome)) return outcome.kind
  const refused = 'refusal' in outcome && outcome.refusal ? ', refused' : ''
  const discards = 'discardHandles' in outcome && outcome.discardHandles ? ', discards' : ''
  return `${outcome.kind} ${outcome.reason.class}${refused}${discards}`
}
