import { beforeEach, describe, expect, it } from 'vitest'
import { createDatabaseClock, type DatabaseClock } from '../../src/store/clock.js'
import type { Database } from '../../src/store/database.js'
import { NOON } from '../support/clock.js'

describe('a clock that follows a server', () => {
  /** The right time, what passes at once, and what the machine's wall clock is wrong by. */
  let passedMs: number
  let wrongMs: number
  /** How long the next question is on its way there; it is answered at once. */
  let slowMs: number
  let asked: number
  let clock: DatabaseClock

  beforeEach(async () => {
    passedMs = 0
    wrongMs = -90_000
    slowMs = 0
    asked = 0
    const orm = {
      execute: async () => {
        asked += 1
        passedMs += slowMs
        return [{ ms: String(NOON + passedMs) }]
      },
    }
    const database = { orm, driver: { engine: 'server', url: '' } } as unknown as Database
    clock = createDatabaseClock(database, {
      wall: () => NOON + passedMs + wrongMs,
      monotonic: () => passedMs,
    })
    await clock.follow()
  })
  const wrong = () => clock.now() - (NOON + passedMs)

  it('keeps what it knows when an answer took long, and takes the next that did not', async () => {
    expect(wrong()).toBe(0)
    slowMs = 18_000
    await clock.follow()
    expect(wrong()).toBe(0)
    wrongMs += 500
    slowMs = 100
    await clock.follow()
    expect(wrong()).toBe(50)
  })

  it('takes a slow answer when it knows nothing better', async () => {
    wrongMs += 3_600_000
    slowMs = 4_000
    await clock.follow()
    expect(wrong()).toBe(2_000)
  })

  it('asks every minute, and at once when the clock of the machine was set', async () => {
    passedMs += 59_000
    await clock.keepUp()
    expect(asked).toBe(1)
    passedMs += 1_000
    await clock.keepUp()
    expect(asked).toBe(2)
    wrongMs += 5_000
    await clock.keepUp()
    expect([asked, wrong()]).toEqual([3, 0])
  })
})
