import { describe, expect, it } from 'vitest'
import { createTurns } from '../../../src/bot/announce/turns.js'
import type { Urgency } from '../../../src/bot/rate.js'

const never = new AbortController().signal
const slow = [{ burst: 1, perSecond: 50, per: 'chat' }] as const
const open = () => createTurns({ post: slow, edit: slow, find: slow }, () => performance.now())
const want = (urgency: Urgency, since = 0) =>
  ({ operation: 'post', channelId: 'C1', urgency, since }) as const

describe('waiting for a turn', () => {
  it('serves what matters more first, and who has waited longer among equals', async () => {
    const turns = open()
    await turns.take(want(0), never)
    const served: string[] = []
    const line = [want(3), want(2, 5), want(2, 1), want(0)].map((one) =>
      turns.take(one, never).then(() => served.push(`${one.urgency}/${one.since}`)),
    )
    await Promise.all(line)
    expect(served).toEqual(['0/0', '2/1', '2/5', '3/0'])
  })

  it('gives up a wait for something newer, but not a turn that is free', async () => {
    const turns = open()
    const changed = AbortSignal.abort()
    expect(await turns.take(want(0), changed)).toBe(true)
    expect(await turns.take(want(0), changed)).toBe(false)
    const later = new AbortController()
    const waiting = turns.take(want(0), later.signal)
    later.abort()
    expect(await waiting).toBe(false)
  })

  it('lets nobody go before a pause is over', async () => {
    const turns = open()
    const startedAt = performance.now()
    turns.pause(want(0), 60)
    await turns.take(want(0), never)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(60)
  })

  it('passes on a turn that was given back', async () => {
    const turns = createTurns(
      { post: [{ burst: 1, perSecond: 0.001, per: 'chat' }], edit: [], find: [] },
      () => performance.now(),
    )
    await turns.take(want(0), never)
    const waiting = turns.take(want(1), never)
    turns.giveBack(want(0))
    expect(await waiting).toBe(true)
  })
})
