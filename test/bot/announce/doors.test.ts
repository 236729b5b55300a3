import { describe, expect, it } from 'vitest'
import { createDoors } from '../../../src/bot/announce/doors.js'
import type { Chat } from '../../../src/bot/chat.js'
import { createLog, createRedactor } from '../../../src/log.js'
import { createSteppedClock } from '../../support/clock.js'

describe('a channel that refuses us', () => {
  const clock = createSteppedClock(0)
  const lines: string[] = []
  const log = createLog({
    level: 'info',
    redactor: createRedactor(),
    destination: { write: (line) => lines.push(line) },
  })
  const doors = createDoors(clock.now, log, 1000)
  const chat = { name: 'slack' } as Chat
  const place = { chat, channelId: 'C1', inThread: false }
  const refuse = (scope: 'channel' | 'chat' = 'channel', inThread = false) =>
    doors.close({ ...place, inThread, scope, why: 'not_in_channel' })
  const succeed = (inThread = false, since = clock.now()) =>
    doors.open({ ...place, inThread, since })

  it('is left alone for a while, and then tried by one at a time', () => {
    expect(doors.knock('slack', 'C1')).toBeUndefined()
    expect(refuse()).toBe(1000)
    expect(doors.knock('slack', 'C1')).toBe(1000)
    expect(doors.knock('slack', 'C2')).toBeUndefined()
    expect(doors.refusedSince('slack', 'C1', 0)).toBe(1000)
    clock.advance(1000)
    expect(doors.knock('slack', 'C1')).toBeUndefined() // the first may try …
    expect(doors.knock('slack', 'C1')).toBe(2000) // … the others wait for how it goes
    expect(doors.refusedSince('slack', 'C1', 500)).toBeUndefined()
  })

  it('is tried less and less often, and complained about once', () => {
    const waits = [1, 2, 3, 4].map(() => refuse() - clock.now())
    expect(waits).toEqual([2000, 4000, 8000, 8000])
    expect(lines).toHaveLength(1)
  })

  it('is like any other again after a success', () => {
    clock.advance(1)
    succeed()
    expect(doors.knock('slack', 'C1')).toBeUndefined()
    expect(refuse() - clock.now()).toBe(1000)
  })

  it('is not opened by what was under way when it closed', () => {
    clock.advance(1)
    succeed(false, clock.now() - 1)
    expect(doors.knock('slack', 'C1')).toBeDefined()
    succeed()
    expect(doors.knock('slack', 'C1')).toBeUndefined()
  })

  it('is not opened by a message in the channel when threads were refused', () => {
    const before = lines.length
    refuse('channel', true)
    clock.advance(1)
    succeed(false)
    refuse('channel', true)
    expect(lines).toHaveLength(before + 1)
    clock.advance(1)
    succeed(true)
    expect(doors.knock('slack', 'C1')).toBeUndefined()
  })

  it('is every channel when the whole chat refuses us', () => {
    refuse('chat')
    expect(doors.knock('slack', 'C2')).toBeDefined()
    expect(doors.knock('discord', 'C2')).toBeUndefined()
  })
})
