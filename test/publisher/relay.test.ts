import { eq } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { PublisherDeps } from '../../src/publisher/deps.js'
import { startRelay } from '../../src/publisher/relay.js'
import { createPost } from '../../src/store/create-post.js'
import { accounts, targets } from '../../src/store/schema.js'
import { createSteppedClock, NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import {
  addAccount,
  authReason,
  load,
  newPost,
  newTarget,
  storeTargets,
} from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'
import { createAcme, workerDeps } from './acme.js'
import { createMemoryDoorbell } from './memory-doorbell.js'

const NEVER_MS = 3_600_000
const queuedAt = (dueAt: number) => newTarget({ state: { status: 'queued', dueAt } })

describe.each(testDatabases())('the relay on the $engine database', ({ use }) => {
  const database = use()

  /** A relay that sweeps once at the start, and then when it is told to. */
  async function start(
    changes: Partial<PublisherDeps> = {},
    attendTo: (id: string) => Promise<void> = async () => {},
  ) {
    const clock = createSteppedClock()
    const doorbell = createMemoryDoorbell()
    const attended: string[] = []
    const connector = createAcme({ url: 'http://127.0.0.1:9' } as never)
    const deps = workerDeps(database(), connector, { now: clock.now, ...changes })
    const attend = (id: string) => {
      attended.push(id)
      return attendTo(id)
    }
    const options = { sweepEveryMs: NEVER_MS, ringWithinMs: 100 }
    const relay = await startRelay(deps, doorbell, attend, options)
    onTestFinished(() => relay.stop())
    await waitFor(
      'the first sweep',
      () => doorbell.calls.length,
      (count) => count > 0,
    )
    doorbell.calls.length = 0
    return { clock, doorbell, attended, sweep: relay.sweep, rung: () => doorbell.calls.flat() }
  }

  it('rings at once for what becomes due, in one call for all that come together', async () => {
    const { doorbell, rung } = await start()
    const list = Array.from({ length: 20 }, () => newTarget())
    await createPost(database().orm, newPost({ targets: list }))
    await waitFor('every bell', rung, (bells) => bells.length === 20)
    expect(doorbell.calls.length).toBeLessThan(5)
    expect(rung()).toContainEqual({ targetId: list[0]?.id, version: 1, dueAt: NOON })
  })

  it('leaves what is due much later to the sweep, so that the queue stays small', async () => {
    const { rung, sweep, clock } = await start()
    const [soon, later] = [queuedAt(NOON + 10_000), queuedAt(NOON + 10_001)]
    await createPost(database().orm, newPost({ targets: [soon, later] }))
    await waitFor('the bell that is near', rung, (bells) => bells.length > 0)
    expect(rung().map(({ targetId }) => targetId)).toEqual([soon.id])
    clock.advance(10_001)
    await sweep()
    expect(rung().map(({ targetId }) => targetId)).toContain(later.id)
  })

  it('rings again for whatever is due and was lost', async () => {
    const [stored] = await storeTargets(database(), [{}])
    const { doorbell, rung, sweep } = await start()
    await sweep()
    expect(rung()).toEqual([{ targetId: stored?.id, version: 1, dueAt: NOON }])
    doorbell.calls.length = 0
    await sweep()
    expect(rung()).toHaveLength(1)
  })

  it.each([
    ['refuses', () => Promise.reject(new Error('no queue'))],
    ['never answers', () => new Promise<void>(() => {})],
  ])('attends to what is overdue itself when the queue %s', async (_what, onRing) => {
    const { doorbell, attended, sweep } = await start()
    doorbell.onRing = onRing
    const list = await storeTargets(database(), [
      { state: { status: 'queued', dueAt: NOON - 1 } },
      { state: { status: 'queued', dueAt: NOON - 2 } },
      { state: { status: 'queued', dueAt: NOON + 1 } },
    ])
    await sweep()
    expect(attended).toEqual([list[1]?.id, list[0]?.id])
  })

  it('keeps nothing waiting for a slow or failing target while the queue is away', async () => {
    const state = { status: 'held', hold: 'account', reason: authReason, heldAt: NOON } as const
    const due = (ms: number) => ({ state: { status: 'queued', dueAt: NOON - ms } }) as const
    const [held, slow, bad] = await storeTargets(database(), [{ state }, due(9), due(8)])
    await addAccount(database())
    let end = () => {}
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    const begun: (string | undefined)[] = []
    const { doorbell, sweep } = await start({}, async (id) => {
      begun.push(id)
      if (id === slow?.id) await ended
      if (id === bad?.id) throw new Error('It cannot be read.')
    })
    doorbell.onRing = () => Promise.reject(new Error('no queue'))
    await sweep()
    expect((await load(database(), held?.id ?? '')).target.state.status).toBe('queued')
    const [next] = await storeTargets(database(), [due(1)])
    await sweep()
    end()
    expect(begun).toContain(next?.id)
    expect(begun.filter((id) => id === slow?.id)).toHaveLength(1)
  })

  it('goes on sweeping when a queue that had hung is back', async () => {
    const { doorbell, attended, sweep, rung } = await start()
    doorbell.onRing = () => new Promise<void>(() => {})
    await storeTargets(database(), [{}])
    await sweep()
    doorbell.onRing = async () => {}
    doorbell.calls.length = 0
    attended.length = 0
    await sweep()
    expect(rung()).toHaveLength(1)
    expect(attended).toEqual([])
  })

  it('lets held targets go on when their account works again', async () => {
    const state = { status: 'held', hold: 'account', reason: authReason, heldAt: NOON } as const
    const [stored] = await storeTargets(database(), [{ state }])
    await addAccount(database(), 'facebook', { status: 'held', heldReason: authReason })
    const { sweep } = await start()
    const id = stored?.id ?? ''
    await sweep()
    expect((await load(database(), id)).target.state.status).toBe('held')
    await database().orm.update(accounts).set({ status: 'ok' })
    await sweep()
    expect((await load(database(), id)).target.state).toEqual({ status: 'queued', dueAt: NOON })
  })

  it('lets them go on behind one that cannot be read', async () => {
    const state = { status: 'held', hold: 'account', reason: authReason, heldAt: NOON } as const
    const [bad, stored] = await storeTargets(database(), [{ state }, { state }])
    const broken = { state: { status: 'held', hold: 'account' } }
    await database()
      .orm.update(targets)
      .set(broken)
      .where(eq(targets.id, bad?.id ?? ''))
    await addAccount(database())
    const { sweep } = await start()
    await sweep()
    expect((await load(database(), stored?.id ?? '')).target.state.status).toBe('queued')
  })

  it('keeps them held while the accounts file does not name the account', async () => {
    const state = { status: 'held', hold: 'account', reason: authReason, heldAt: NOON } as const
    const [stored] = await storeTargets(database(), [{ state }])
    await addAccount(database())
    const { sweep } = await start({ connector: () => undefined })
    await sweep()
    expect((await load(database(), stored?.id ?? '')).target.state.status).toBe('held')
  })
})
