import { describe, expect, it, onTestFinished } from 'vitest'
import { attendOrPutOff } from '../../src/publisher/publisher.js'
import { createTraffic } from '../../src/publisher/traffic.js'
import { startWatchdog } from '../../src/publisher/watchdog.js'
import type { NewTarget } from '../../src/store/create-post.js'
import { takeDue } from '../../src/store/load-targets.js'
import { targets } from '../../src/store/schema.js'
import { createSteppedClock, NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, load, storeTargets, target } from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'
import { createAcme, startAcme, workerDeps } from './acme.js'

const DAY_MS = 86_400_000

describe.each(testDatabases())('the watchdog on the $engine database', ({ use }) => {
  const database = use()
  const published = (i: number) => {
    const { state } = target('published', { remoteId: `r${i}`, recheckAt: NOON + i })
    return { account: 'gone', state: state as NewTarget['state'] }
  }

  /** A watchdog that takes up what is a minute late, with the account `facebook` alone. */
  async function start(clock = createSteppedClock(NOON + 120_000)) {
    const acme = await startAcme()
    await addAccount(database())
    const connector = createAcme(acme)
    const deps = workerDeps(database(), connector, {
      now: clock.now,
      connector: (name) => (name === 'facebook' ? connector : undefined),
    })
    const traffic = createTraffic(deps)
    const attendTo = (id: string) => attendOrPutOff(id, deps, traffic)
    const watchdog = startWatchdog(deps, attendTo, { everyMs: 5, overdueMs: 60_000 })
    onTestFinished(() => watchdog.stop())
    return { acme, clock }
  }
  const live = async (id: string) => (await load(database(), id)).target.state.status

  it('takes up what is overdue behind live posts of an account that is gone', async () => {
    const left = await storeTargets(
      database(),
      Array.from({ length: 45 }, (_, i) => published(i)),
    )
    const due = { state: { status: 'queued', dueAt: NOON + 1_000 } } as const
    const [stored] = await storeTargets(database(), [due])
    const { clock } = await start()
    await waitFor(
      'it is live',
      () => live(stored?.id ?? ''),
      (status) => status === 'published',
    )
    for (let turn = 0; turn < 3; turn++) {
      clock.advance(2 * DAY_MS)
      await waitFor(
        'nothing is overdue',
        () => takeDue(database().orm, clock.now() - 60_000, 100),
        (found) => found.length === 0,
      )
    }
    expect(await takeDue(database().orm, clock.now() + DAY_MS, 100)).toEqual([])
    for (const { id } of left) expect(await live(id)).toBe('published')
  })

  it('takes up what is overdue behind rows that cannot be read', async () => {
    const due = (ms: number) => ({ state: { status: 'queued', dueAt: NOON + ms } }) as const
    await storeTargets(
      database(),
      Array.from({ length: 30 }, () => due(0)),
    )
    await database()
      .orm.update(targets)
      .set({ state: { status: 'nonsense' } })
    const [stored] = await storeTargets(database(), [due(1_000)])
    await start()
    await waitFor(
      'it is live',
      () => live(stored?.id ?? ''),
      (status) => status === 'published',
    )
  })

  it('takes up others while one that it attends to takes long', async () => {
    const due = (ms: number) => ({ state: { status: 'queued', dueAt: NOON + ms } }) as const
    const [slow] = await storeTargets(database(), [due(0)])
    const clock = createSteppedClock(NOON + 120_000)
    const deps = workerDeps(database(), undefined, { now: clock.now })
    const begun: string[] = []
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const attendTo = async (id: string) => {
      begun.push(id)
      if (id === slow?.id) await ended
    }
    const watchdog = startWatchdog(deps, attendTo, { everyMs: 5, overdueMs: 60_000 })
    const has = (id = '') =>
      waitFor(
        'it is begun',
        () => begun.includes(id),
        (isBegun) => isBegun,
      )
    await has(slow?.id)
    const [next] = await storeTargets(database(), [due(1)])
    await has(next?.id).finally(end)
    expect(begun.filter((id) => id === slow?.id)).toHaveLength(1)
    await watchdog.stop()
  })
})
