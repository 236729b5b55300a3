import { describe, expect, it } from 'vitest'
import { readRenewed } from '../../../../src/publisher/connectors/oauth.js'
import { withScopes } from '../../../../src/publisher/connectors/x/scopes.js'

const ok = { kind: 'ok', identity: '@acme' } as const
const ALL = ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access']
const without = (...missing: string[]) => ALL.filter((scope) => !missing.includes(scope))

describe('the scopes of a token of X', () => {
  it('are told by X when it is renewed', () => {
    const body = { access_token: 'a', scope: 'tweet.read tweet.write', expires_in: 7200 }
    const answer = { kind: 'answer', status: 200, headers: {}, text: JSON.stringify(body) } as const
    expect(readRenewed('X', answer, 0)).toMatchObject({ scopes: ['tweet.read', 'tweet.write'] })
    const { scope: _none, ...silent } = body
    const unsaid = readRenewed('X', { ...answer, text: JSON.stringify(silent) }, 0)
    expect(unsaid).not.toHaveProperty('scopes')
  })

  it('suffice when all are there, and more', () => {
    expect(withScopes(ok, [...ALL, 'like.read'])).toEqual(ok)
  })

  it.each(['tweet.read', 'tweet.write', 'users.read'])('do not publish without %s', (scope) => {
    expect(withScopes(ok, without(scope))).toMatchObject({
      kind: 'refused',
      reason: {
        class: 'permission',
        text: `X: The access token lacks the permission ${scope}.`,
        next: expect.stringContaining(scope),
      },
    })
  })

  it('name everything that is missing', () => {
    expect(withScopes(ok, ['tweet.read'])).toMatchObject({
      reason: { text: 'X: The access token lacks the permission tweet.write, users.read.' },
    })
  })

  it('publish texts without media.write, and say what is missing', () => {
    expect(withScopes(ok, without('media.write', 'offline.access'))).toEqual({
      ...ok,
      warning:
        'It lacks media.write, so pictures and videos cannot be published. It lacks offline.access, so it cannot be renewed.',
    })
  })
})
