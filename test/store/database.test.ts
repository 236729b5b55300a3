import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createDatabaseClock } from '../../src/store/clock.js'
import { type Database, isUniqueViolation, rows } from '../../src/store/database.js'
import { inbox } from '../../src/store/schema.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { waitFor } from '../support/wait-for.js'

describe.each(testDatabases())('the $engine database', ({ engine, use }) => {
  const database = use()
  const notify = (payload: string) =>
    database().orm.execute(sql`select pg_notify('pressroom_due', ${payload}::text)`)

  it('answers a ping', async () => {
    await database().ping()
  })

  it('lets every listener hear, until it stops listening', async () => {
    const heard: string[] = []
    const stopOne = await database().listen('pressroom_due', (text) => heard.push(`one ${text}`))
    const stopTwo = await database().listen('pressroom_due', (text) => heard.push(`two ${text}`))
    await notify('a')
    await waitFor(
      'both hear',
      () => heard,
      (seen) => seen.length === 2,
    )
    await stopOne()
    await notify('b')
    await waitFor(
      'the second hears',
      () => heard,
      (seen) => seen.includes('two b'),
    )
    expect(heard).not.toContain('one b')
    await stopTwo()
  })

  it('keeps what a transaction says to itself until it has ended well', async () => {
    const heard: string[] = []
    const stop = await database().listen('pressroom_due', (text) => heard.push(text))
    const failing = database().orm.transaction(async (tx) => {
      await tx.execute(sql`select pg_notify('pressroom_due', 'never')`)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    await notify('after')
    await waitFor(
      'the next is heard',
      () => heard,
      (seen) => seen.length > 0,
    )
    expect(heard).toEqual(['after'])
    await stop()
  })

  it('knows a broken unique index from other errors', async () => {
    const { orm } = database()
    const key = { key: 'k', at: new Date(NOON) }
    await orm.insert(inbox).values(key)
    const twice = await orm
      .insert(inbox)
      .values(key)
      .catch((error: unknown) => error)
    expect(isUniqueViolation(twice)).toBe(true)
    const wrong = await rows(orm, sql`select nonsense`).catch((error: unknown) => error)
    expect(wrong).toBeInstanceOf(Error)
    expect(isUniqueViolation(wrong)).toBe(false)
  })

  it('gives a clock that agrees with the database', async () => {
    const clock = createDatabaseClock(database())
    await clock.follow()
    const [row] = await rows<{ ms: string }>(
      database().orm,
      sql`select extract(epoch from clock_timestamp()) * 1000 as ms`,
    )
    expect(Math.abs(clock.now() - Number(row?.ms))).toBeLessThan(2_000)
  })

  it('gives a clock that follows a server whose time differs from ours', async () => {
    const aheadMs = 90_000
    const theirs = async () => [{ ms: String(Date.now() + aheadMs) }]
    const orm = { execute: theirs } as unknown as Database['orm']
    const clock = createDatabaseClock({ ...database(), orm })
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000)
    await clock.follow()
    const followedMs = clock.now() - Date.now()
    if (engine === 'server') expect(Math.abs(followedMs - aheadMs)).toBeLessThan(1_000)
    else expect(Math.abs(followedMs)).toBeLessThan(1_000)
  })
})
