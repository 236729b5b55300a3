import { describe, expect, it } from 'vitest'
import { MOST_EDITIONS, standingOf } from '../../../src/bot/announce/lost.js'
import { hashOf, nextStep, type Pass } from '../../../src/bot/announce/steps.js'
import { postCard } from '../../../src/bot/card.js'
import { targetCard } from '../../../src/bot/card-target.js'
import type { ChatMessage } from '../../../src/store/chat-messages.js'
import type { StoredTarget } from '../../../src/store/stored-target.js'
import { MINUTE, NOW, STATES, target, view } from '../view.js'

const WAITS = { settleMs: 1000, editGapMs: 500, lingerMs: 700, companyMs: 4000, lookAfterMs: 300 }
const NOTHING: Pass = { stuck: new Set(), lookAgainAt: new Map(), unshownFiles: new Map() }

function row(key: string, change: Partial<ChatMessage> = {}): ChatMessage {
  return {
    key,
    postId: 'p1',
    kind: key.includes('/') ? 'reply' : key.startsWith('p') ? 'post' : 'target',
    chat: 'slack',
    channelId: 'C1',
    messageId: `ts-${key}`,
    status: 'sent',
    shownHash: 'old',
    shownState: null,
    edition: 1,
    lostId: null,
    outside: false,
    createdAt: new Date(NOW - MINUTE),
    updatedAt: new Date(NOW - MINUTE),
    ...change,
  }
}

/** What comes next for these targets when these messages stand there. */
function next(targets: StoredTarget[], rows: ChatMessage[], pass: Pass = NOTHING, now = NOW) {
  const step = nextStep(view(targets), rows, pass, now, WAITS)
  return step && { call: step.call, key: step.key, inMs: step.notBefore - now }
}

/** Rows that show everything as it is. */
function upToDate(targets: StoredTarget[]): ChatMessage[] {
  const shown = view(targets)
  return [
    row('p1', { shownHash: hashOf(postCard(shown)) }),
    ...targets.map((stored) => row(stored.id, { shownHash: hashOf(targetCard(shown, stored)) })),
  ]
}

describe('the next call', () => {
  const queued = [target('ta', STATES.queued), target('tb', STATES.queued)]

  it('is the first message, then the targets in their order, then nothing', () => {
    const [root, a, b] = upToDate(queued) as [ChatMessage, ChatMessage, ChatMessage]
    expect(next(queued, [])).toMatchObject({ call: 'post', key: 'p1' })
    expect(next(queued, [root])).toMatchObject({ call: 'post', key: 'ta' })
    expect(next(queued, [root, a])).toMatchObject({ call: 'post', key: 'tb' })
    expect(next(queued, [root, a, b])).toBeUndefined()
  })

  it('is nothing for a draft', () => {
    const shown = view(queued)
    const draft = { ...shown, post: { ...shown.post, status: 'draft' as const } }
    expect(nextStep(draft, [], NOTHING, NOW, WAITS)).toBeUndefined()
  })

  it('is to look for what may have been posted; nothing else while it is the first message', () => {
    const begun = { status: 'sending', messageId: null, updatedAt: new Date(NOW) } as const
    expect(next(queued, [row('p1', begun)])).toEqual({ call: 'find', key: 'p1', inMs: 300 })
    const [root] = upToDate(queued) as [ChatMessage]
    expect(next(queued, [root, row('ta', begun)])).toMatchObject({ call: 'post', key: 'tb' })
    const lookAgainAt = new Map([['p1', NOW + 200]])
    expect(next(queued, [row('p1', begun)], { ...NOTHING, lookAgainAt })?.inMs).toBe(200)
  })

  it('leaves out what is stuck', () => {
    const [root] = upToDate(queued) as [ChatMessage]
    const stuck = new Set(['ta'])
    expect(next(queued, [root], { ...NOTHING, stuck })).toMatchObject({ key: 'tb' })
  })
})

describe('a target whose worker is gone', () => {
  const doubtful = target('ta', STATES.reconciling, { updatedAt: NOW })
  const under = { shownState: 'publishing:1', updatedAt: new Date(NOW) } as const
  const rows = [row('p1', { updatedAt: new Date(NOW) }), row('ta', under)]
  const told = (urgent: number, others: readonly StoredTarget[] = []) => {
    const shown = view([doubtful, ...others])
    const post = { ...shown.post, changed: 4, told: 2, urgent }
    const step = nextStep({ ...shown, post }, rows, NOTHING, NOW, WAITS)
    return step && { key: step.key, inMs: step.notBefore - NOW, urgency: step.urgency }
  }

  it('is not called under way any longer than it takes to say so', () => {
    expect(told(3)).toEqual({ key: 'ta', inMs: 0, urgency: 1 })
  })

  it('comes before targets that nothing was said about yet', () => {
    expect(told(3, [target('tb', STATES.queued)])).toMatchObject({ key: 'ta' })
  })

  it('is a doubt like any other once that was told', () => {
    expect(told(2)).toMatchObject({ key: 'p1', inMs: 500 })
  })
})

describe('a target whose message was lost in the chat', () => {
  const lost = (stored: StoredTarget, change: Partial<ChatMessage> = {}) => {
    const [root] = upToDate([stored]) as [ChatMessage]
    const gone = row(stored.id, { status: 'gone', shownState: 'queued:0', ...change })
    const step = nextStep(view([stored]), [root, gone], NOTHING, NOW, WAITS)
    return step?.key === stored.id ? step : undefined
  }

  it.each(['scheduled', 'queued', 'publishing', 'processing', 'waiting', 'reconciling'] as const)(
    'is left alone while it is %s',
    (status) => expect(lost(target('ta', STATES[status]))).toBeUndefined(),
  )

  it.each(['unconfirmed', 'held', 'failed', 'published', 'cancelled'] as const)(
    'gets another one in the thread when it is %s',
    (status) =>
      expect(lost(target('ta', STATES[status]))).toMatchObject({
        call: 'post',
        key: 'ta',
        kind: 'target',
        edition: 2,
        rootId: 'ts-p1',
        notBefore: NOW,
      }),
  )

  it.each(['unconfirmed', 'held', 'failed', 'published', 'cancelled'] as const)(
    'gets none when the lost one said already that it is %s',
    (status) => {
      const stored = target('ta', STATES[status])
      expect(lost(stored, { shownState: standingOf(stored) })).toBeUndefined()
    },
  )

  it('gets one for the next attempt and for another request, but not for ever', () => {
    const again = target('ta', STATES.failed, { attempt: 2 })
    expect(lost(again, { shownState: 'failed:1', edition: 2 })).toMatchObject({ edition: 3 })
    expect(lost(again, { shownState: 'failed:1', edition: MOST_EDITIONS })).toBeUndefined()
    const asked = (heldAt: number) =>
      standingOf(target('ta', { ...STATES.held, hold: 'approval', heldAt }))
    expect(asked(NOW)).not.toBe(asked(NOW + MINUTE))
  })

  it('is looked for, not posted a third time, while the second one may stand there', () => {
    const begun = { status: 'sending', edition: 2, lostId: 'ts-ta', messageId: null } as const
    expect(lost(target('ta', STATES.failed), begun)).toMatchObject({
      call: 'find',
      rootId: 'ts-p1',
    })
    const outside = { ...begun, outside: true }
    expect(lost(target('ta', STATES.failed), outside)).not.toHaveProperty('rootId')
  })

  it('is edited where it stands', () => {
    const stored = target('ta', STATES.failed)
    expect(lost(stored, { status: 'sent' })).toMatchObject({ call: 'edit', rootId: 'ts-p1' })
    expect(lost(stored, { status: 'sent', outside: true })).not.toHaveProperty('rootId')
  })
})

describe('when an edit goes', () => {
  const edited = (stored: StoredTarget, change: Partial<ChatMessage> = {}) => {
    const [root] = upToDate([stored]) as [ChatMessage]
    return next([stored], [root, row(stored.id, change)])
  }

  it('at once when it needs a person', () => {
    const fresh = { updatedAt: new Date(NOW) }
    expect(edited(target('ta', STATES.unconfirmed, { updatedAt: NOW }), fresh)?.inMs).toBe(0)
  })

  it('after a gap to the one before when it is final', () => {
    const fresh = { updatedAt: new Date(NOW - 100) }
    expect(edited(target('ta', STATES.published, { updatedAt: NOW }))?.inMs).toBeLessThanOrEqual(0)
    // The end is not told before: it waits for the message that it is about.
    expect(edited(target('ta', STATES.published), fresh)).toEqual({
      call: 'edit',
      key: 'ta',
      inMs: 400,
    })
  })

  it('once it has lasted when it is a state on the way', () => {
    expect(edited(target('ta', STATES.publishing, { updatedAt: NOW - 300 }))?.inMs).toBe(700)
    expect(edited(target('ta', STATES.publishing, { updatedAt: NOW - 1000 }))?.inMs).toBe(0)
  })

  it('of the first message after those that it sums up, unless they are many', () => {
    const ids = ['ta', 'tb', 'tc', 'td', 'te', 'tf']
    const justEdited = { updatedAt: new Date(NOW - 100) }
    const shown = (count: number) => ({
      targets: ids.slice(0, count).map((id) => target(id, STATES.published)),
      rows: [row('p1'), ...ids.slice(0, count).map((id) => row(id, justEdited))],
    })
    const few = shown(5)
    expect(next(few.targets, few.rows)).toEqual({ call: 'edit', key: 'ta', inMs: 400 })
    const many = shown(6)
    expect(next(many.targets, many.rows)).toMatchObject({ key: 'p1' })
  })

  it('before calls that matter less', () => {
    const reason = { class: 'platform', text: 'It is down.' } as const
    const targets = [
      target('ta', STATES.publishing),
      target('tb', STATES.published),
      target('tc', { status: 'failed', reason, failedAt: NOW - MINUTE }),
    ]
    const rows = [row('p1'), row('ta'), row('tb'), row('tc')]
    const order: string[] = []
    for (;;) {
      const step = nextStep(view(targets), rows, NOTHING, NOW, WAITS)
      if (!step || step.call === 'find') break
      order.push(step.key)
      rows.unshift(row(step.key, { shownHash: step.hash }))
      const before = rows.findIndex(({ key }, index) => index > 0 && key === step.key)
      if (before > 0) rows.splice(before, 1)
    }
    // The failure, the mention, what is live and the roll-up of all that, what is on the way.
    expect(order).toEqual(['tc', 'p1/tc:failed:1', 'tb', 'p1', 'ta'])
  })
})

describe('when a reply goes', () => {
  const due = (targets: StoredTarget[]) => next(targets, upToDate(targets))

  it('waits a moment for more of its kind', () => {
    expect(due([target('ta', STATES.failed)])).toEqual({
      call: 'post',
      key: 'p1/ta:failed:1',
      inMs: 700,
    })
  })

  it('waits longer while others are being sent', () => {
    expect(due([target('ta', STATES.failed), target('tb', STATES.publishing)])?.inMs).toBe(4000)
  })

  it('tells the end at once', () => {
    expect(due([target('ta', STATES.published)])).toMatchObject({ key: 'p1/all:1:1', inMs: 0 })
  })

  it('tells the end after what may not stand there has been looked for', () => {
    const live = [target('ta', STATES.published)]
    const [root, a] = upToDate(live) as [ChatMessage, ChatMessage]
    const rows = [root, { ...a, status: 'sending' as const, updatedAt: new Date(NOW) }]
    const pass = { ...NOTHING, lookAgainAt: new Map([['ta', NOW + 200]]) }
    expect(next(live, rows, pass)).toMatchObject({ call: 'find', key: 'ta', inMs: 200 })
  })
})
