import { describe, expect, it } from 'vitest'
import { createLog, createRedactor } from '../../src/log.js'
import { createDatabaseWatch } from '../../src/observe/database-watch.js'

describe('watching the database', () => {
  it('says once that it is away and once that it is back, and nothing of one slow answer', async () => {
    const lines: { level: number; msg: string; awayMs?: number }[] = []
    const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
    const log = createLog({ level: 'info', redactor: createRedactor(), destination })
    let isAway = false
    let now = 0
    const ping = async () => {
      if (isAway) throw new Error('refused')
    }
    const look = createDatabaseWatch(ping, log, () => now)
    const looks = async (away: boolean, times: number) => {
      isAway = away
      for (let i = 0; i < times; i++) {
        await look()
        now += 2_000
      }
    }
    await looks(false, 2)
    await looks(true, 1)
    await looks(false, 2)
    expect(lines).toEqual([])
    await looks(true, 5)
    await looks(false, 3)
    expect(lines).toMatchObject([
      { level: 50, msg: 'the database does not answer: nothing is queued or sent until it does' },
      { level: 40, msg: 'the database answers again', awayMs: 10_000 },
    ])
    await looks(true, 2)
    expect(lines).toHaveLength(3)
  })
})
