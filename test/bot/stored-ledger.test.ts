import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Left, Resume } from '../../src/bot/ledger.js'
import { createLedger } from '../../src/bot/stored-ledger.js'
import { createLog, createRedactor } from '../../src/log.js'
import type { Database } from '../../src/store/database.js'
import { requests } from '../../src/store/schema.js'
import { createSecretBox } from '../../src/store/secret-box.js'
import { createShiftedClock, type SteppedClock } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { waitFor } from '../support/wait-for.js'
import { brokenDatabase, hangingDatabase } from './slack/stage.js'

const MINUTE = 60_000
const box = createSecretBox(Buffer.alloc(32, 3))
const request = (key: string) => ({
  key,
  chat: 'slack',
  content: { words: 'Hello', token: 'secret' },
})

describe.each(testDatabases())('the ledger on the $engine database', ({ use }) => {
  const database = use()
  const closing: (() => void)[] = []
  afterEach(() => {
    for (const close of closing.splice(0)) close()
    vi.useRealTimers()
  })

  /** The ledger of one process. */
  function open(clock: SteppedClock, on: Database = database()) {
    const log = createLog({ level: 'silent', redactor: createRedactor() })
    const ledger = createLedger({ database: on, now: clock.now, random: Math.random, log, box })
    closing.push(ledger.close)
    const left: Left[] = []
    const resume: Resume = async (one) => void left.push(one)
    /** What it has taken up by now. */
    const takeUp = async () => {
      await ledger.takeUp(new Map([['slack', resume]]))
      return left.map(({ content, at, mayDo }) => ({ content, at, mayDo }))
    }
    return { ...ledger, left, takeUp }
  }
  const rows = () => database().orm.select().from(requests)

  it('keeps a request until it is answered, sealed', async () => {
    const ledger = open(createShiftedClock())
    const entry = await ledger.keep(request('slack:1'))
    const [row] = await rows()
    expect(row).toMatchObject({ key: 'slack:1', chat: 'slack' })
    expect(JSON.stringify(row)).not.toMatch(/Hello|secret/)
    expect(await entry.settle()).toBe(true)
    expect(await rows()).toEqual([])
  })

  it('hands what a dead process left to one other, once, as it was', async () => {
    const clock = createShiftedClock()
    const at = clock.now()
    await open(clock).keep(request('slack:1'))
    const [one, other] = [open(clock), open(clock)]
    expect([await one.takeUp(), await other.takeUp()]).toEqual([[], []])
    clock.advance(6_100)
    const found = (await Promise.all([one.takeUp(), other.takeUp()])).flat()
    expect(found).toEqual([
      { content: request('').content, at: expect.closeTo(at, -4), mayDo: true },
    ])
    for (const { entry } of [...one.left, ...other.left]) expect(await entry.settle()).toBe(true)
    expect(await rows()).toEqual([])
  })

  it('keeps others from what is still under way, however long that takes', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const clock = createShiftedClock()
    await open(clock).keep(request('slack:1'))
    const [before] = await rows()
    clock.advance(4_000)
    vi.advanceTimersByTime(2_000)
    const isRenewed = ([row]: Awaited<ReturnType<typeof rows>>) =>
      row !== undefined && before !== undefined && row.heldUntil > before.heldUntil
    await waitFor('a sign of life', rows, isRenewed)
    clock.advance(4_000)
    expect(await open(clock).takeUp()).toEqual([])
  })

  it('says that it may not be done any more when a second process died of it, or it is old', async () => {
    const clock = createShiftedClock()
    await open(clock).keep(request('slack:1'))
    clock.advance(6_100)
    expect(await open(clock).takeUp()).toMatchObject([{ mayDo: true }])
    clock.advance(6_100)
    expect(await open(clock).takeUp()).toMatchObject([{ mayDo: false }])

    const later = createShiftedClock()
    await open(later).keep(request('slack:2'))
    later.advance(6 * MINUTE)
    expect((await open(later).takeUp()).at(-1)).toMatchObject({ mayDo: false })
  })

  it('gives up when nobody can be told in many tries', async () => {
    const clock = createShiftedClock()
    await open(clock).keep(request('slack:1'))
    const ledger = open(clock)
    for (let time = 0; time < 12; time++) {
      clock.advance(6_100)
      await ledger.takeUp()
      for (const { entry } of ledger.left) entry.leave()
    }
    expect(ledger.left).toHaveLength(10)
    await waitFor('it is gone', rows, (list) => list.length === 0)
  })

  it('leaves alone what cannot be opened with its key, and does not fall over it', async () => {
    const clock = createShiftedClock()
    await open(clock).keep(request('slack:1'))
    await database().orm.update(requests).set({ sealed: 'v1.AAAA.AAAA.AAAA' })
    await open(clock).keep(request('slack:2'))
    clock.advance(6_100)
    expect(await open(clock).takeUp()).toHaveLength(1)
    await waitFor('one is left', rows, (list) => list.length === 1)
  })

  it('goes on with what another process wrote down first, when that one crosses it off', async () => {
    const clock = createShiftedClock()
    const first = await open(clock).keep(request('discord:1'))
    const heard = await open(clock).keep(request('discord:1'))
    heard.seize()
    await waitFor(
      'it has changed hands',
      async () => {
        await first.settle()
        return rows()
      },
      (list) => list.length === 1,
    )
    expect(await heard.settle()).toBe(true)
    expect(await rows()).toEqual([])
  })

  it.each([
    ['hangs', hangingDatabase],
    ['refuses everything', brokenDatabase],
  ])('holds nobody up for long while the database %s', async (_how, away) => {
    const ledger = open(createShiftedClock(), away(database()))
    const from = performance.now()
    const entry = await ledger.keep(request('slack:1'))
    entry.seize()
    // Nothing is known to stand there, so nothing is known to be taken up.
    expect(await entry.settle()).toBe(true)
    expect(performance.now() - from).toBeLessThan(1_900)
  })

  it('does not call it over when it stands written down and the database is away', async () => {
    let on = database()
    const swapping = new Proxy(database(), {
      get: (_target, name) => Reflect.get(on, name),
    })
    const orm = new Proxy(database().orm, { get: (_target, name) => Reflect.get(on.orm, name) })
    const ledger = open(createShiftedClock(), { ...swapping, orm })
    const entry = await ledger.keep(request('slack:1'))
    on = brokenDatabase(database())
    expect(await entry.settle()).toBe(false)
    on = database()
    expect(await entry.settle()).toBe(true)
    expect(await rows()).toEqual([])
  })
})
