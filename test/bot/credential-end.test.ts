import { describe, expect, it } from 'vitest'
import { repliesFor } from '../../src/bot/card-replies.js'
import { endOf, endWarning } from '../../src/bot/credential-end.js'
import { MINUTE, NOW, target, view } from './view.js'

const DAY = 86_400_000

describe('the end of a credential', () => {
  it.each([
    ['is what its check said', { kind: 'ok', identity: 'Acme', expiresAt: NOW }, NOW],
    ['is nothing to think of where it renews itself', { kind: 'ok', expiresAt: NOW, renews: true }],
    ['is not known when no check said it', { kind: 'ok', identity: 'Acme' }],
    ['is past when it is refused', { kind: 'refused', expiresAt: NOW }],
    ['is not known before the first check', null],
  ])('%s', (_what, checked, end?: number) => {
    expect(endOf(checked)).toBe(end)
  })

  it.each([
    [
      3 * DAY,
      'The credential of x ends in 3 days. Put a new one into the accounts file before that, and restart.',
    ],
    [8 * DAY, undefined],
    [-MINUTE, undefined],
  ])('%d ms ahead is told to whoever publishes', (ms, words) => {
    const checked = { kind: 'ok', expiresAt: NOW + ms }
    expect(endWarning({ name: 'x', checked }, NOW)).toBe(words)
  })
})

describe('a post for after the end of a credential', () => {
  const scheduled = target('tx', { status: 'scheduled', publishAt: NOW + 2 * DAY })
  const said = (endsAt: number | undefined, known: string[] = []) =>
    repliesFor(
      view([scheduled], {
        now: NOW,
        accounts: new Map([['x', endsAt === undefined ? {} : { endsAt }]]),
      }),
      known,
    )

  it('is told once in its thread, to the one who published it', () => {
    const [due, ...more] = said(NOW + DAY)
    expect(more).toEqual([])
    expect(due?.card).toMatchObject({
      mention: { id: 'U000000ANA' },
      lines: [
        [
          { strong: 'x' },
          ' could not go out as it stands: the credential of the account ends ',
          { at: NOW + DAY },
          ', before that. Put a new one into the accounts file before it ends, and restart.',
        ],
      ],
      urgent: true,
    })
    expect(said(NOW + DAY, [due?.card.key ?? ''])).toEqual([])
  })

  it('is no matter when the credential lasts longer, or nobody knows', () => {
    expect(said(NOW + 3 * DAY)).toEqual([])
    expect(said(undefined)).toEqual([])
  })
})
