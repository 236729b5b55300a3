import { describe, expect, it } from 'vitest'
import {
  beginPart,
  claimScorecard,
  partNotPosted,
  partPosted,
  releaseScorecard,
} from '../../src/store/scorecard-claims.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'

const MINUTE = 60_000
const key = 'slack/C1/2026-W02'
const week = { key, chat: 'slack', channelId: 'C1', week: '2026-W02', dueAt: NOON, asOf: NOON }

describe.each(testDatabases())('the claim on a scorecard, $engine', (engine) => {
  const database = engine.use()
  const claim = (token: string, now: number) =>
    claimScorecard(database().orm, { ...week, asOf: now, token, now, expiresAt: now + MINUTE })
  const begin = (token: string, part: string, at: number) =>
    beginPart(database().orm, { key, token, part, at, expiresAt: at + MINUTE })

  it('is held by one at a time, and keeps what the first one saw', async () => {
    const claims = await Promise.all(['a', 'b', 'c'].map((token) => claim(token, NOON)))
    expect(claims.filter((row) => row !== undefined)).toHaveLength(1)
    expect(await claim('d', NOON + MINUTE - 1)).toBeUndefined()
    const taken = await claim('d', NOON + MINUTE + 1)
    expect(taken).toMatchObject({ leaseToken: 'd', asOf: new Date(NOON) })
  })

  it('ends when it is done, and rests until it may be tried again', async () => {
    const { orm } = database()
    await claim('a', NOON)
    await releaseScorecard(orm, { key, token: 'b', doneAt: NOON }) // not its own
    await releaseScorecard(orm, { key, token: 'a', retryAt: NOON + MINUTE })
    expect(await claim('b', NOON + MINUTE - 1)).toBeUndefined()
    expect(await claim('b', NOON + MINUTE)).toBeDefined()
    await releaseScorecard(orm, { key, token: 'b', doneAt: NOON + MINUTE })
    expect(await claim('c', NOON + 100 * MINUTE)).toBeUndefined()
  })

  it('tells what is known of each message', async () => {
    const { orm } = database()
    await claim('a', NOON)
    expect(await begin('a', 'card', NOON + 1)).toEqual({ kind: 'begun' })
    expect(await begin('a', 'card', NOON + 2)).toEqual({ kind: 'doubtful', begunAt: NOON + 1 })
    expect(await begin('b', 'card', NOON + 2)).toEqual({ kind: 'lost' })
    expect(await begin('b', 'failures-1', NOON + 2)).toEqual({ kind: 'lost' })
    await partNotPosted(orm, { key, token: 'a', part: 'card' })
    expect(await begin('a', 'card', NOON + 3)).toEqual({ kind: 'begun' })
    expect(await partPosted(orm, { key, part: 'card', messageId: 'm1' })).toBe('m1')
    expect(await partPosted(orm, { key, part: 'card', messageId: 'm2' })).toBe('m1')
    await partNotPosted(orm, { key, token: 'a', part: 'card' }) // too late: it stands
    expect(await begin('a', 'card', NOON + 4)).toEqual({ kind: 'posted', messageId: 'm1' })
  })
})
