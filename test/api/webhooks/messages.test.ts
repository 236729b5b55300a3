import { describe, expect, it } from 'vitest'
import { messagesFor } from '../../../src/api/webhooks/messages.js'
import type { TargetState } from '../../../src/publisher/core/target.js'
import type { StoredEvent } from '../../../src/store/load-attempts.js'
import type { PostWithTargets } from '../../../src/store/posts.js'
import { NOON } from '../../support/clock.js'
import { target } from '../../support/targets.js'

function post(...states: TargetState[]): PostWithTargets {
  const targets = states.map((state, index) => ({
    id: `t${index + 1}`,
    account: `a${index + 1}`,
    platform: 'x',
    target: { ...target('queued'), state },
  }))
  return { post: { id: 'p1' }, targets } as unknown as PostWithTargets
}

function event(id: number, targetId: string, fromStatus: string, toStatus: string): StoredEvent {
  const account = targetId.replace('t', 'a')
  const rest = { postId: 'p1', platform: 'x', attempt: 1, reason: null, actor: null, note: null }
  const at = new Date(NOON + id)
  return {
    id,
    at,
    targetId,
    account,
    type: 'attempted',
    fromStatus,
    toStatus,
    evidence: null,
    ...rest,
  }
}

const published = target('published').state
const failed = target('failed').state
const story = [
  event(1, 't1', 'queued', 'publishing'),
  event(2, 't2', 'queued', 'publishing'),
  event(3, 't1', 'publishing', 'published'),
  event(4, 't2', 'publishing', 'failed'),
]

describe('what a webhook is told', () => {
  it('is the change, and how the post stood at that moment, however late it is told', () => {
    const [message, ...others] = messagesFor(3, post(published, failed), story)
    expect(others).toEqual([])
    expect(message).toEqual({
      id: 'e3',
      type: 'target.changed',
      at: '2026-01-05T12:00:00.003Z',
      post: {
        id: 'p1',
        url: '/api/posts/p1',
        settled: false,
        allLive: false,
        counts: { live: 1, failed: 0, processing: 1, needsRetry: 0, needsPerson: 0 },
      },
      target: {
        id: 't1',
        account: 'a1',
        platform: 'x',
        from: 'publishing',
        to: 'published',
        outcome: 'live',
        attempt: 1,
        remoteId: 'r1',
      },
    })
  })

  it('is "settled" after the change that settles the post, and only then', () => {
    const settled = story.map(({ id }) =>
      messagesFor(id, post(published, failed), story).map(({ type }) => type),
    )
    expect(settled).toEqual([
      ['target.changed'],
      ['target.changed'],
      ['target.changed'],
      ['target.changed', 'post.settled'],
    ])
    expect(messagesFor(4, post(published, failed), story)[1]).toMatchObject({
      id: 'e4-settled',
      post: {
        settled: true,
        allLive: false,
        targets: [
          { account: 'a1', outcome: 'live', remoteId: 'r1' },
          { account: 'a2', outcome: 'failed' },
        ],
      },
    })
  })

  it('is settled once more after a retry, and the earlier events read as before', () => {
    const later = [
      ...story,
      event(5, 't2', 'failed', 'queued'),
      event(6, 't2', 'queued', 'published'),
    ]
    const now = post(published, published)
    expect(messagesFor(4, now, later)).toEqual(messagesFor(4, post(published, failed), story))
    expect(messagesFor(5, now, later)).toHaveLength(1)
    expect(messagesFor(6, now, later)[1]).toMatchObject({ post: { allLive: true } })
  })

  it('waits with "settled" for targets of which nothing was heard yet', () => {
    const quiet = post(published, target('scheduled').state)
    expect(messagesFor(3, quiet, story.slice(0, 3))).toHaveLength(1)
  })
})
