import { and, eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { events, posts } from '../../src/store/schema.js'
import {
  type LoggedEvent,
  loadStories,
  type TargetHistory,
} from '../../src/store/scorecard-history.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { HERE, storeHistories } from '../support/scorecard-store.js'

const SECOND = 1_000
const WEEK = 7 * 86_400_000
/** Two weeks, of which the second still runs. */
const stretch = { starts: [NOON, NOON + WEEK], until: NOON + WEEK + 86_400_000 }

function target(id: string, dueAt: number, ...events: [number, string, string, string][]) {
  const history: TargetHistory = {
    targetId: id,
    postId: `p-${id}`,
    account: 'x',
    platform: 'x',
    dueAt,
    events: events.map(([at, type, from, to], index): LoggedEvent => {
      return { id: index + 1, at, type, from, to, attempt: 1, reason: null, copies: 0 }
    }),
  }
  return history
}

function smoothly(id: string, at: number) {
  return target(
    id,
    at,
    [at, 'claimed', 'queued', 'publishing'],
    [at + SECOND, 'attempted', 'publishing', 'processing'],
    [at + 2 * SECOND, 'attempted', 'processing', 'published'],
    [at + 300 * SECOND, 'sighted', 'published', 'published'],
  )
}

describe.each(testDatabases())('the stories of a stretch of weeks, $engine', (engine) => {
  const database = engine.use()
  const load = () => loadStories(database().orm, HERE, stretch)

  it('only count what went smoothly, by week, and nothing outside the stretch', async () => {
    await storeHistories(database(), [
      smoothly('before', NOON - 10 * SECOND),
      smoothly('first', NOON),
      smoothly('second', NOON + WEEK - 3 * SECOND),
      smoothly('third', NOON + WEEK),
      smoothly('over the edge', stretch.until - 2 * SECOND),
    ])
    const { smooth, rough } = await load()
    expect(smooth).toEqual([
      { account: 'x', platform: 'x', week: 0, count: 2 },
      { account: 'x', platform: 'x', week: 1, count: 1 },
    ])
    expect(rough).toEqual([])
  })

  it('are told whole when anything else happened, be it long before the stretch', async () => {
    const long = NOON - 10 * WEEK
    const held = target(
      'held',
      long,
      [long, 'claimed', 'scheduled', 'held'],
      [NOON + SECOND, 'publishNowRequested', 'held', 'queued'],
      [NOON + 2 * SECOND, 'attempted', 'publishing', 'published'],
    )
    // Approved long ago for a time in the stretch: in time, but not without a story.
    const approved = target(
      'approved',
      long,
      [long, 'approved', 'held', 'scheduled'],
      [NOON + SECOND, 'attempted', 'publishing', 'published'],
    )
    await storeHistories(database(), [held, approved, smoothly('smooth', NOON)])
    await database()
      .orm.update(posts)
      .set({ publishAt: new Date(NOON) })
      .where(eq(posts.id, 'p-approved'))
    const { smooth, rough } = await load()
    expect(smooth).toEqual([{ account: 'x', platform: 'x', week: 0, count: 1 }])
    expect(rough.map(({ targetId, dueAt, events }) => [targetId, dueAt, events.length])).toEqual([
      ['approved', NOON, 2],
      ['held', long, 3],
    ])
  })

  it('are cut where the stretch ends', async () => {
    const at = stretch.until - 2 * SECOND
    const failed = target(
      't1',
      at,
      [at, 'attempted', 'publishing', 'waiting'],
      [at + 5 * SECOND, 'attempted', 'publishing', 'published'],
    )
    await storeHistories(database(), [failed])
    const { smooth, rough } = await load()
    expect(smooth).toEqual([])
    expect(rough.map(({ events }) => events.length)).toEqual([1])
  })

  it('measure from when the target was made, not its post: a draft may wait for an answer', async () => {
    await storeHistories(database(), [smoothly('t1', NOON + 600 * SECOND)])
    await database()
      .orm.update(posts)
      .set({ createdAt: new Date(NOON) })
      .where(eq(posts.id, 'p-t1'))
    const { rough } = await load()
    expect(rough[0]?.dueAt).toBe(NOON + 600 * SECOND)
  })

  it('measure from the time that a target was moved to, as it was when the stretch ended', async () => {
    const [first, second] = [NOON + 600 * SECOND, NOON + WEEK + 600 * SECOND]
    const moved = target(
      't1',
      NOON,
      [NOON, 'claimed', 'scheduled', 'held'],
      [NOON + SECOND, 'rescheduled', 'held', 'scheduled'],
      [first + SECOND, 'attempted', 'publishing', 'published'],
      [stretch.until, 'rescheduled', 'published', 'published'],
    )
    await storeHistories(database(), [moved])
    const { orm } = database()
    for (const [at, publishAt] of [
      [NOON + SECOND, first],
      [stretch.until, second],
    ] as const)
      await orm
        .update(events)
        .set({ evidence: { publishAt } })
        .where(and(eq(events.type, 'rescheduled'), eq(events.at, new Date(at))))
    const { rough } = await load()
    expect(rough.map(({ dueAt }) => dueAt)).toEqual([first])
  })
})
