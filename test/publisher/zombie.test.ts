import { EventEmitter, once } from 'node:events'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Connector } from '../../src/publisher/connectors/connector.js'
import { decide } from '../../src/publisher/core/decide.js'
import type { TargetEvent } from '../../src/publisher/core/target.js'
import { attend } from '../../src/publisher/worker.js'
import { copiesOf } from '../../src/store/duplicates.js'
import { recordTransition } from '../../src/store/record-transition.js'
import { events, incidents } from '../../src/store/schema.js'
import { createSteppedClock } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, alice, load, movedTo, readable, storeTargets } from '../support/targets.js'
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
        id: stored.id,
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

    it('leaves what a look finds that is under way to be recorded', async () => {
      const { clock, second, state, wake, remoteId } = await given(afterSending)
      clock.advance(LEASE_MS)
      await second()
      clock.advance(20)
      await second({
        lookUp: async () => {
          await wake()
          return { kind: 'unclear', how: 'No listing.' }
        },
      })
      expect(await state()).toMatchObject({
        status: 'reconciling',
        lookUps: 1,
        evidence: [{}, { remoteId }, { text: 'No listing.' }],
      })
    })

    it('is believed when its look found what a person had called missing meanwhile', async () => {
      const { acme, clock, second, id, state, log } = await given(afterSending)
      clock.advance(LEASE_MS)
      await second()
      for (let look = 0; look < 6; look++) {
        clock.advance(400)
        await second({ lookUp: async () => ({ kind: 'unclear', how: '' }) })
      }
      expect(await state()).toMatchObject({ status: 'unconfirmed' })
      clock.advance(60 * 60_000)
      const honest = createAcme(acme)
      await second({
        lookUp: async (...asked) => {
          const stored = await load(database(), id)
          const at = clock.now()
          const event = { type: 'verdictGiven', at, who: alice, verdict: 'absent' } as const
          const decision = movedTo(decide(stored.target, event, readable))
          await recordTransition(database().orm, stored, event, decision)
          return honest.lookUp?.(...asked) ?? { kind: 'unclear', how: '' }
        },
      })
      expect((await log()).slice(-2)).toEqual(['verdictGiven failed', 'lateAnswer reconciling'])
      clock.advance(20)
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

    describe('and had sent what a person has sent again meanwhile', () => {
      const unclear = { lookUp: async () => ({ kind: 'unclear', how: '' }) as const }

      /** Nobody finds the first post, somebody says that it is not there, and presses Retry. */
      async function askedAgain() {
        const all = await given(afterSending)
        const { acme, clock, second, id } = all
        acme.answer = (response) => response.end(JSON.stringify({ id: 'second' }))
        clock.advance(LEASE_MS)
        for (let look = 0; look < 6; look++) {
          await second(unclear)
          clock.advance(400)
        }
        await tell(id, { type: 'verdictGiven', at: clock.now(), who: alice, verdict: 'absent' })
        await tell(id, { type: 'retryRequested', at: clock.now(), who: alice })
        return all
      }
      async function tell(id: string, event: TargetEvent) {
        const stored = await load(database(), id)
        const decision = movedTo(decide(stored.target, event, readable))
        await recordTransition(database().orm, stored, event, decision)
      }
      const duplicates = async () => (await database().orm.select().from(incidents)).map(copiesOf)

      it('names the second post, which is a duplicate', async () => {
        const { remoteId, second, state, wake } = await askedAgain()
        await second(unclear)
        expect(await state()).toMatchObject({ status: 'published', remoteId: 'second' })
        await wake()
        expect(await state()).toMatchObject({ status: 'published', remoteId: 'second' })
        expect(await duplicates()).toEqual([[{ remoteId: 'second' }, { remoteId }]])
      })

      it('does so too while the second attempt waits for its answer', async () => {
        const { acme, remoteId, second, state, wake } = await askedAgain()
        let answer = () => {}
        acme.answer = (response) => {
          answer = () => response.end(JSON.stringify({ id: 'second' }))
        }
        const attempt = second(unclear)
        await expect.poll(acme.sends).toBe(2)
        await wake()
        expect(await state()).toMatchObject({ status: 'publishing' })
        answer()
        await attempt
        expect(await state()).toMatchObject({ status: 'published', remoteId: 'second' })
        expect(await duplicates()).toEqual([[{ remoteId: 'second' }, { remoteId }]])
      })
    })
  },
)
