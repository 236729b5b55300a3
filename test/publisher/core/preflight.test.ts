import { describe, expect, it } from 'vitest'
import { judgePreflight } from '../../../src/publisher/core/preflight.js'
import { NOON } from '../../support/clock.js'

describe('a look ahead', () => {
  const well = { content: [], lost: [], credential: { kind: 'ok' } } as const
  const reason = { text: 'The token is refused.' }

  it.each([
    ['all is well', well, undefined],
    ['nothing could be found out', { ...well, credential: { kind: 'unknown' } }, undefined],
    [
      'the account is gone',
      { ...well, credential: { kind: 'gone' } },
      'no longer in the accounts file',
    ],
    [
      'the credential is refused',
      { ...well, credential: { kind: 'refused', reason } },
      'is refused',
    ],
    [
      'it expires at that moment',
      { ...well, credential: { kind: 'ok', expiresAt: NOON } },
      'expires before',
    ],
    [
      'it expires after it',
      { ...well, credential: { kind: 'ok', expiresAt: NOON + 1 } },
      undefined,
    ],
    [
      'it is renewed before its end',
      { ...well, credential: { kind: 'ok', expiresAt: NOON, renews: true } },
      undefined,
    ],
    ['a file is lost', { ...well, lost: ['a.jpg'] }, 'The file a.jpg is no longer kept.'],
    ['the text is too long', { ...well, content: [{ message: 'Too long.' }] }, 'Too long.'],
  ] as const)('says what would fail, with what to do: %s', (_what, examined, text) => {
    const problem = judgePreflight(examined, NOON)
    if (text === undefined) expect(problem).toBeUndefined()
    else {
      expect(problem?.text).toContain(text)
      expect(problem?.next).toMatch(/\w/)
    }
  })
})
