import { EventEmitter, once } from 'node:events'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Connector } from '../../src/publisher/connectors/connector.js'
import { attend } from '../../src/publisher/worker.js'
import { events } from '../../src/store/schema.js'
import { createSteppedClock } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, load, storeTargets } from '../support/targets.js'
import { createAcme, remoteIdOf, startAcme, workerDeps } from './acme.js'

const LEASE_MS = 45_000

describe.each(testDatabases())(
  'a worker that wakes up after its lease, on the $engine database',
  ({ use }) => {
    const database = use()

    /** Worker 1 freezes in its attempt, at `freeze`; worker 2 takes over when the lease has ended. */
    async function given(
      freezing: (freeze: () => Promise<unknown>, honest: Connector) => Partial<Connector>,
    ) {
      const acme = await startAcme()
      const clock = createSteppedClock()
      await addAccount(database())
      const [stored] = await storeTargets(database(), [{}])
      if (!stored) throw new Error('nothing was stored')
      const honest = createAcme(acme)
      const sleeper = new EventEmitter()
      const frozen = once(sleeper, 'frozen')
      const freeze = () => {
        const woken = once(sleeper, 'woken')
        sleeper.emit('frozen')
        return woken
      }
      const connector = { ...honest, ...freezing(freeze, honest) }
      const attempt = attend(stored.id, workerDeps(database(), connector, { now: clock.now }))
      await frozen
      const second = (changes: Partial<Connector> = {}) =>
        attend(
          stored.id,
          workerDeps(database(), { ...honest, ...changes }, { now: clock.now, worker: 'worker-2' }),
        )
      return {
        acme,
        clock,
        second,
        remoteId: remoteIdOf(stored.idempotencyKey),
        wake: async () => {
          sleeper.emit('woken')
          await attempt
        },
        state: async () => (await load(database(), stored.id)).target.state,
        log: async () => {
          const rows = await database()
            .orm.select()
            .from(events)
            .where(eq(events.targetId, stored.id))
            .orderBy(events.id)
          return rows.map(({ type, toStatus }) => `${type} ${toStatus}`)
        },
      }
    }

    const beforeSending = (freeze: () => Promise<unknown>, honest: Connector) => ({
      publish: async (...args: Parameters<Connector['publish']>) => {
        await freeze()
        return honest.publish(...args)
      },
    })
    const afterSending = (freeze: () => Promise<unknown>, honest: Connector) => ({
      publish: async (...args: Parameters<Connector['publish']>) => {
        const outcome = await honest.publish(...args)
        await freeze()
        return outcome
      },
    })

    it('sends nothing, and disturbs nobody, when others have published meanwhile', async () => {
      const { acme, clock, second, state, wake, log } = await given(beforeSending)
      clock.advance(LEASE_MS)
      for (let turn = 0; turn < 4; turn++) {
        await second()
        clock.advance(20)
      }
      expect(await state()).toMatchObject({ status: 'published' })
      expect(acme.sends()).toBe(1)
      const before = await log()
      await wake()
      expect(acme.sends()).toBe(1)
      expect(await log()).toEqual(before)
    })

    it('sends nothing when nobody else has come by yet', async () => {
      const { acme, clock, state, wake } = await given(beforeSending)
      clock.advance(LEASE_MS)
      await wake()
      expect(acme.sends()).toBe(0)
      expect(await state()).toMatchObject({ status: 'publishing' })
    })

    it('still records its answer when nobody else has come by yet', async () => {
      const { clock, state, wake } = await given(afterSending)
      clock.advance(LEASE_MS)
      await wake()
      expect(await state()).toMatchObject({ status: 'published', how: 'answer' })
    })

    it('gives evidence, not the verdict, while others are looking', async () => {
      const { acme, clock, second, state, wake, log, remoteId } = await given(afterSending)
      const unclear = { lookUp: async () => ({ kind: 'unclear', how: 'No listing.' }) as const }
      clock.advance(LEASE_MS)
      await second()
      clock.advance(20)
      await second(unclear)
      await wake()
      expect(await state()).toMatchObject({ status: 'reconciling', lookUps: 1 })
      expect(await state()).toHaveProperty('evidence.2.remoteId', remoteId)
      expect((await log()).at(-1)).toBe('lateAnswer reconciling')
      clock.advance(40)
      await second()
      expect(await state()).toMatchObject({ status: 'published', how: 'found' })
      expect(acme.sends()).toBe(1)
    })

    it('stops the next send when a look was wrong about the first', async () => {
      const { acme, clock, second, state, wake } = await given(afterSending)
      const wrong = {
        lookUp: async () => ({ kind: 'absent', proof: 'conclusive', how: 'Not listed.' }) as const,
      }
      clock.advance(LEASE_MS)
      await second()
      clock.advance(20)
      await second(wrong)
      expect(await state()).toMatchObject({ status: 'waiting' })
      await wake()
      expect(await state()).toMatchObject({ status: 'reconciling' })
      clock.advance(20)
      await second()
      expect(await state()).toMatchObject({ status: 'published', how: 'found' })
      expect(acme.sends()).toBe(1)
    })

    it('withdraws the question to a person by naming the post', async () => {
      const { clock, second, state, wake, remoteId } = await given(afterSending)
      const { lookUp: _none, ...blind } = { lookUp: undefined }
      clock.advance(LEASE_MS)
      await second({ ...blind, lookUp: async () => ({ kind: 'unclear', how: '' }) })
      for (let look = 0; look < 6; look++) {
        clock.advance(400)
        await second({ lookUp: async () => ({ kind: 'unclear', how: '' }) })
      }
      expect(await state()).toMatchObject({ status: 'unconfirmed' })
      await wake()
      await second()
      expect(await state()).toMatchObject({ status: 'published', remoteId })
    })
  },
)
