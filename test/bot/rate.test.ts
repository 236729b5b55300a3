import { describe, expect, it } from 'vitest'
import { createPacer, type Pace, type Want } from '../../src/bot/rate.js'

const PACE: Pace = {
  post: [
    { burst: 2, perSecond: 1, per: 'channel' },
    { burst: 3, perSecond: 3, per: 'chat' },
  ],
  edit: [{ burst: 11, perSecond: 1, per: 'chat' }],
  find: [{ burst: 1, perSecond: 1, per: 'chat' }],
}
const want = (change: Partial<Want> = {}): Want => ({
  operation: 'post',
  channelId: 'C1',
  urgency: 0,
  ...change,
})

describe('pacing', () => {
  it('lets a burst go at once and the rest at the rate', () => {
    const pacer = createPacer(PACE)
    for (const _ of [1, 2]) {
      expect(pacer.delayMs(want(), 0)).toBe(0)
      pacer.spend(want(), 0)
    }
    expect(pacer.delayMs(want(), 0)).toBe(1000)
    expect(pacer.delayMs(want(), 400)).toBe(600)
    expect(pacer.delayMs(want(), 1000)).toBe(0)
  })

  it('counts channels apart and the chat as a whole', () => {
    const pacer = createPacer(PACE)
    for (const channelId of ['C1', 'C1', 'C2']) pacer.spend(want({ channelId }), 0)
    expect(pacer.delayMs(want({ channelId: 'C2' }), 0)).toBe(334)
    expect(pacer.delayMs(want({ channelId: 'C1' }), 0)).toBe(1000)
  })

  it('keeps operations apart', () => {
    const pacer = createPacer(PACE)
    pacer.spend(want({ operation: 'find' }), 0)
    expect(pacer.delayMs(want({ operation: 'find' }), 0)).toBe(1000)
    expect(pacer.delayMs(want({ operation: 'edit' }), 0)).toBe(0)
  })

  it('leaves room for what needs a person when it gets tight', () => {
    const pacer = createPacer(PACE)
    const edit = (urgency: Want['urgency']) => want({ operation: 'edit', urgency })
    for (let i = 0; i < 6; i++) pacer.spend(edit(3), 0)
    expect(pacer.delayMs(edit(3), 0)).toBe(1000) // intermediate states wait …
    expect(pacer.delayMs(edit(2), 0)).toBe(0)
    for (let i = 0; i < 4; i++) pacer.spend(edit(2), 0)
    expect(pacer.delayMs(edit(2), 0)).toBe(1000) // … then final ones …
    expect(pacer.delayMs(edit(0), 0)).toBe(0) // … and a person is still told
  })

  it('honours a pause exactly, for that operation, without a burst after it', () => {
    const pacer = createPacer(PACE)
    pacer.pause(want(), 7000)
    expect(pacer.delayMs(want(), 0)).toBe(7000)
    expect(pacer.delayMs(want({ channelId: 'C2' }), 0)).toBe(7000)
    expect(pacer.delayMs(want({ operation: 'edit' }), 0)).toBe(0)
    expect(pacer.delayMs(want(), 7000)).toBe(0)
    pacer.spend(want(), 7000)
    expect(pacer.delayMs(want(), 7000)).toBe(1000)
  })

  it('gives back what was not used', () => {
    const pacer = createPacer(PACE)
    pacer.spend(want({ operation: 'find' }), 0)
    pacer.refund(want({ operation: 'find' }), 0)
    expect(pacer.delayMs(want({ operation: 'find' }), 0)).toBe(0)
  })
})
