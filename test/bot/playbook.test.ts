import { describe, expect, it } from 'vitest'
import { targetCard } from '../../src/bot/card-target.js'
import { failedSince, type Reach, reachOf, surroundingsOf } from '../../src/bot/playbook.js'
import type { EndedOnAccount } from '../../src/store/last-hour.js'
import { NOW, STATES, target, view } from './view.js'

const none = { live: 0, trouble: 0 }
const live = { live: 3, trouble: 0 }
const mixed = { live: 2, trouble: 1 }
const down = { live: 0, trouble: 2 }

const ended = (account: string, change: Partial<EndedOnAccount> = {}): EndedOnAccount => {
  return { account, platform: account, ofPost: false, live: 0, trouble: 0, ...change }
}

describe('how far a failure reaches', () => {
  it.each<[Reach, typeof none, typeof none, typeof none]>([
    ['post', live, none, none],
    ['post', live, down, down],
    ['sometimes', mixed, none, live],
    ['account', down, live, none],
    ['account', none, mixed, live],
    ['platform', down, down, live],
    ['platform', none, down, none],
    ['account or platform', down, none, live],
    ['account or platform', down, none, none],
    ['everything', down, down, down],
    ['everything', none, none, down],
    ['not everything', none, none, mixed],
    ['unknown', none, none, none],
  ])('%s', (reach, own, peers, others) => {
    expect(reachOf({ own, peers, others })).toBe(reach)
  })

  it('is seen from the target: its own post counts for the others only', () => {
    const list = [
      ended('x', { ofPost: true, trouble: 1 }),
      ended('x', { live: 2 }),
      ended('x-news', { platform: 'x', ofPost: true, live: 1 }),
      ended('facebook', { ofPost: true, live: 1 }),
      ended('facebook', { trouble: 4 }),
    ]
    expect(surroundingsOf(target('tx', STATES.failed), list)).toEqual({
      own: { live: 2, trouble: 0 },
      peers: { live: 1, trouble: 0 },
      others: { live: 1, trouble: 4 },
    })
  })
})

describe('the playbook on a card', () => {
  const linesOf = (list: readonly EndedOnAccount[], checked = {}) => {
    const stored = target('tx', STATES.failed)
    const accounts = new Map([['x', checked]])
    return targetCard(view([stored], { ended: list, accounts }), stored).lines.map((line) =>
      line
        .map((piece) => {
          if (typeof piece === 'string') return piece
          return 'strong' in piece ? piece.strong : '…'
        })
        .join(''),
    )
  }

  it('says with numbers whether it is this one or everything', () => {
    expect(
      linesOf([ended('x', { trouble: 2 }), ended('facebook', { live: 5, trouble: 1 })]),
    ).toContain(
      'Only this one? In that hour other posts to x 0 of 2 live, other platforms 5 of 6 live. It is not this post: it looks like x, or X as a whole.',
    )
    expect(linesOf([])).toContain(
      'Only this one? Nothing else was sent in that hour, so there is nothing to compare it with.',
    )
  })

  it('says what a check of the credential found since', () => {
    const checked = (at: number) => ({ checked: { at, kind: 'ok', words: 'Acme' } })
    expect(linesOf([], checked(NOW + 1))).toContain('Credentials … work: Acme')
    expect(linesOf([], checked(NOW - 1)).join()).not.toContain('Credentials')
  })

  it('is for failures that others may share', () => {
    const removed = { class: 'removed', text: 'It is gone.' } as const
    expect(failedSince(target('tx', STATES.failed))).toBe(NOW)
    expect(failedSince(target('tx', { ...STATES.failed, reason: removed }))).toBeUndefined()
    expect(failedSince(target('tx', STATES.published))).toBeUndefined()
  })

  it('offers a look at the credential for every failure', () => {
    for (const state of [STATES.failed, STATES.waiting, STATES.held]) {
      const stored = target('tx', state)
      const buttons = targetCard(view([stored]), stored).buttons.map(({ action }) => action)
      expect(buttons).toContain('check_credentials')
      expect(buttons).toContain('add_note')
    }
  })
})
