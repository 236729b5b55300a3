import { afterEach, describe, expect, it } from 'vitest'
import { watchOverdue } from '../../src/bot/overdue.js'
import type { Connector } from '../../src/publisher/connectors/connector.js'
import { watchLeases } from '../../src/publisher/lease-watch.js'
import { startPublisher } from '../../src/publisher/publisher.js'
import { attend } from '../../src/publisher/worker.js'
import type { Database } from '../../src/store/database.js'
import { createAcme, startAcme, workerDeps } from '../publisher/acme.js'
import { createMemoryDoorbell } from '../publisher/memory-doorbell.js'
import { createShiftedClock } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount } from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'
import { CHANNEL, createStage } from './announce/stage.js'

const MINUTE = 60_000

describe.each(testDatabases())(
  'a post that could be missed, on the $engine database',
  ({ use }) => {
    const database = use()
    const stops: (() => Promise<unknown>)[] = []
    afterEach(async () => {
      for (const stop of stops.splice(0).reverse()) await stop()
    })

    /** A scheduled post in a local Slack, and a publisher whose queue loses every bell. */
    async function prepare(on: (database: Database) => Database = (same) => same) {
      const stage = await createStage(database())
      stops.push(stage.close)
      const acme = await startAcme()
      await addAccount(database())
      const clock = createShiftedClock()
      const deps = workerDeps(on(database()), createAcme(acme), { now: clock.now })
      const publishAt = Date.now() + 30 * MINUTE
      const { postId, targetIds } = await stage.publish([
        { state: { status: 'scheduled', publishAt } },
      ])
      Object.assign(stage.deps, { now: clock.now })
      await stage.announce()
      await stage.told(postId)
      const start = async () => {
        const options = { sweepEveryMs: 100, watchdog: { everyMs: 50, overdueMs: 0 } }
        const publisher = await startPublisher(deps, createMemoryDoorbell(), options)
        stops.push(publisher.stop)
      }
      /** What stands in the channel and the thread. */
      const thread = () =>
        JSON.stringify(stage.slack.messages(CHANNEL).map(({ text, blocks }) => [text, blocks]))
      return { stage, acme, clock, deps, start, thread, publishAt, postId, targetIds }
    }

    it('goes out late and says so, when the machine slept over its time for five minutes', async () => {
      const { acme, clock, start, thread } = await prepare()
      await start()
      clock.advance(35 * MINUTE)
      await waitFor('the thread tells', thread, (text) => /Live: /.test(text))
      expect(acme.sends()).toBe(1)
      expect(thread()).toContain('It went out 5 minutes late.')
    })

    it('asks instead, when the machine slept for an hour', async () => {
      const { acme, clock, start, thread } = await prepare()
      await start()
      clock.advance(90 * MINUTE)
      await waitFor('the thread asks', thread, (text) => /is held and was not sent/.test(text))
      expect(thread()).toContain('Publish now, reschedule it, or cancel it.')
      expect(acme.sends()).toBe(0)
    })

    it('goes out late and says so, when the database was away for two minutes', async () => {
      let away = false
      const { acme, clock, start, thread } = await prepare((real) => failing(real, () => away))
      await start()
      away = true
      clock.advance(30 * MINUTE)
      for (let second = 0; second < 24; second++) {
        clock.advance(5_000)
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      expect(acme.sends()).toBe(0)
      away = false
      await waitFor('the thread tells', thread, (text) => /Live: /.test(text))
      expect(acme.sends()).toBe(1)
      expect(thread()).toContain('It went out 2 minutes late.')
    })

    it('tells that it is in doubt, when the only worker died while it was sending', async () => {
      const { acme, clock, deps, thread, targetIds } = await prepare()
      clock.advance(30 * MINUTE)
      const dies: Connector = { ...createAcme(acme), publish: () => new Promise(() => {}) }
      void attend(targetIds[0] ?? '', { ...deps, connector: () => dies })
      await waitFor('it is under way', thread, (text) => /publishing now/.test(text))
      clock.advance(MINUTE)
      await watchLeases(deps)
      await waitFor('the thread tells', thread, (text) => /checking whether it went out/.test(text))
      expect(thread()).not.toContain('publishing now')
    })

    it('tells that it stands still, when no worker runs at all, once', async () => {
      const { stage, clock, thread, postId } = await prepare()
      clock.advance(36 * MINUTE)
      await watchOverdue(stage.deps)
      await waitFor('the thread tells', thread, (text) => /has not gone out yet/.test(text))
      await stage.told(postId)
      await watchOverdue(stage.deps)
      await stage.told(postId)
      expect(stage.shown('reply')).toHaveLength(1)
    })
  },
)

/** A store that refuses everything while it is away. */
function failing(database: Database, isAway: () => boolean): Database {
  const orm = new Proxy(database.orm, {
    get(target, property) {
      if (isAway()) throw new Error('the database does not answer')
      return Reflect.get(target, property)
    },
  })
  return { ...database, orm }
}
