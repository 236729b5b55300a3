import { describe, expect, it } from 'vitest'
import { failuresOf } from '../../../src/bot/scorecard/failures.js'
import { NOON } from '../../support/clock.js'

describe('a worker that stopped in mid-attempt', () => {
  const history = (ended: 'claimed' | 'leaseEnded') => ({
    targetId: 't1',
    postId: 'p1',
    account: 'a',
    platform: 'facebook',
    dueAt: NOON,
    events: [
      ['claimed', 'queued', 'publishing'],
      [ended, 'publishing', 'reconciling'],
      ['lookedUp', 'reconciling', 'published'],
    ].map(([type = '', from = '', to = ''], id) => ({
      id,
      at: NOON + id * 1_000,
      type,
      from,
      to,
      attempt: 1,
      reason: null,
      copies: 1,
    })),
  })

  it.each(['claimed', 'leaseEnded'] as const)(
    'is a failure until the post is found, whoever noticed it (%s)',
    (ended) => {
      expect(failuresOf(history(ended))).toMatchObject([
        { startedAt: NOON + 1_000, end: { at: NOON + 2_000, how: 'live' } },
      ])
    },
  )
})
