import { eq, sql } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import type { PublisherDeps } from '../../src/publisher/deps.js'
import { watchLeases } from '../../src/publisher/lease-watch.js'
import { attend } from '../../src/publisher/worker.js'
import { attempts, events, targets } from '../../src/store/schema.js'
import { createSteppedClock } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, load, storeTargets } from '../support/targets.js'
import { createAcme, remoteIdOf, startAcme, workerDeps } from './acme.js'
import { hookedDatabase } from './hooked-database.js'

const LEASE_MS = 45_000

describe.each(testDatabases())('the watch on leases on the $engine database', ({ use }) => {
  const database = use()

  /** Workers that were killed while the platform had taken their posts and not answered yet. */
  async function killed(targetsInHand = 1) {
    const acme = await startAcme()
    const clock = createSteppedClock()
    await addAccount(database())
    const made = await storeTargets(
      database(),
      Array.from({ length: targetsInHand }, () => ({})),
    )
    const honest = createAcme(acme)
    const sent = made.map(({ id }) => {
      const dead = new Promise<never>(() => {})
      return new Promise<void>((resolve) => {
        const publish: typeof honest.publish = async (...args) => {
          await honest.publish(...args)
          resolve()
          return dead
        }
        const mortal = workerDeps(database(), { ...honest, publish }, { now: clock.now })
        void attend(id, { ...mortal, worker: `worker-of-${id}` })
      })
    })
    await Promise.all(sent)
    const deps = workerDeps(database(), honest, { now: clock.now, worker: 'worker-2' })
    return {
      acme,
      clock,
      deps,
      ids: made.map(({ id }) => id),
      id: made[0]?.id ?? '',
      remoteId: remoteIdOf(made[0]?.idempotencyKey ?? ''),
      state: async (id = made[0]?.id ?? '') => (await load(database(), id)).target.state,
    }
  }
  const logOf = async (id: string) => {
    const rows = await database()
      .orm.select()
      .from(events)
      .where(eq(events.targetId, id))
      .orderBy(events.id)
    return rows.map(({ type, toStatus }) => `${type} ${toStatus}`)
  }

  it('calls in doubt what a dead worker had in hand, although no worker is left', async () => {
    const { clock, deps, id, state } = await killed()
    clock.advance(LEASE_MS)
    await watchLeases(deps)
    expect(await state()).toMatchObject({
      status: 'reconciling',
      evidence: [{ text: 'The worker stopped after it had begun to send.' }],
    })
    expect(await logOf(id)).toEqual(['claimed publishing', 'leaseEnded reconciling'])
    const [attempt] = await database().orm.select().from(attempts).where(eq(attempts.targetId, id))
    expect(attempt?.endedAt).toEqual(new Date(clock.now()))
  })

  it('leaves alone what is still leased', async () => {
    const { clock, deps, id } = await killed()
    clock.advance(LEASE_MS - 1)
    await watchLeases(deps)
    expect(await logOf(id)).toEqual(['claimed publishing'])
  })

  it('looks on no platform and sends nothing; the next worker finds the post', async () => {
    const { acme, clock, deps, id, remoteId, state } = await killed()
    clock.advance(LEASE_MS)
    const blind: PublisherDeps = {
      ...deps,
      connector: () => {
        throw new Error('no connector is needed')
      },
    }
    await watchLeases(blind)
    clock.advance(deps.policy.settleBaseMs)
    await attend(id, deps)
    expect(await state()).toMatchObject({ status: 'published', how: 'found', remoteId })
    expect(acme.sends()).toBe(1)
  })

  it('does nothing when a worker is faster, and both write it down once', async () => {
    const { clock, deps, id } = await killed()
    clock.advance(LEASE_MS)
    let first = true
    const slow = hookedDatabase(database(), {
      before: async () => {
        if (!first) return
        first = false
        await attend(id, deps)
      },
    })
    const complains = vi.spyOn(deps.log, 'error')
    await watchLeases({ ...deps, database: slow })
    expect(complains).not.toHaveBeenCalled()
    expect(await logOf(id)).toEqual(['claimed publishing', 'claimed reconciling'])
  })

  it('goes on behind one that cannot be read', async () => {
    const { clock, deps, ids, state } = await killed(3)
    await database()
      .orm.update(targets)
      .set({ state: sql`'null'::jsonb` })
      .where(eq(targets.id, ids[0] ?? ''))
    clock.advance(LEASE_MS)
    await watchLeases(deps)
    for (const id of ids.slice(1)) expect(await state(id)).toMatchObject({ status: 'reconciling' })
  })
})
