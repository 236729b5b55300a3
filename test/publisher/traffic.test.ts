import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Steps } from '../../src/publisher/connectors/connector.js'
import type { Finding } from '../../src/publisher/core/outcome.js'
import { createTraffic } from '../../src/publisher/traffic.js'
import { attend } from '../../src/publisher/worker.js'
import { openOutages } from '../../src/store/outages.js'
import { targets } from '../../src/store/schema.js'
import { createSteppedClock, type SteppedClock } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { TINY_PICTURE } from '../support/sample-media.js'
import { addAccount, load, storeTargets, target } from '../support/targets.js'
import { createAcme, startAcme, workerDeps } from './acme.js'

describe.each(testDatabases())('traffic, on the $engine database', ({ use }) => {
  const database = use()
  const due = (account: string, at: number) => {
    return { account, state: { status: 'queued', dueAt: at } as const }
  }
  /** Accounts, and for each of them a target that is due. */
  const oneEach = async (names: readonly string[], at: number) => {
    for (const name of names) await addAccount(database(), name)
    return storeTargets(
      database(),
      names.map((name) => due(name, at)),
    )
  }

  it('to a platform that is down is one probe at a time, and goes on by itself afterwards', async () => {
    const clock = createSteppedClock()
    const acme = await startAcme()
    acme.answer = (response) => response.writeHead(503).end()
    const list = await oneEach(['a', 'b', 'c', 'd', 'e'], clock.now())
    let down = true
    const connector = createAcme(acme, {
      publish: async () =>
        down
          ? { kind: 'transient', reason: { class: 'platform', text: 'It is down.' } }
          : { kind: 'published' },
    })
    let tried = 0
    const publish = connector.publish
    const counting = {
      ...connector,
      publish: (...args: Parameters<typeof publish>) => {
        tried += 1
        return publish(...args)
      },
    }
    const deps = workerDeps(database(), counting, { now: clock.now })
    const workers = [createTraffic(deps), createTraffic(deps)] as const
    const round = async () => {
      for (const [index, { id }] of list.entries()) {
        await attend(id, deps, index % 2 === 0 ? workers[0] : workers[1])
      }
    }
    for (const { id } of list.slice(0, 3)) await attend(id, deps, workers[0])
    expect(tried).toBe(3)
    expect(await openOutages(database().orm)).toMatchObject([{ platform: 'facebook' }])
    clock.advance(1_001) // every worker knows within a second
    await round()
    expect(tried).toBe(4) // one probe, whoever rings
    clock.advance(1_001)
    await round()
    expect(tried).toBe(5)
    down = false
    for (let turn = 0; turn < 4; turn++) {
      clock.advance(2_000)
      await round()
    }
    expect(await openOutages(database().orm)).toEqual([])
    for (const { id } of list) {
      expect((await load(database(), id)).target.state.status).toBe('published')
    }
    expect(tried).toBe(5 + list.length)
  })

  /** A platform that answers nobody. */
  async function givenDown() {
    const clock = createSteppedClock()
    const reason = { class: 'platform', text: 'It is down.' } as const
    const down = { publish: async () => ({ kind: 'transient', reason }) as const }
    const deps = workerDeps(database(), createAcme(await startAcme(), down), { now: clock.now })
    return { clock, deps, traffic: createTraffic(deps) }
  }

  it('moves what waits for a platform once for each probe, however often it is rung for', async () => {
    const { clock, deps, traffic } = await givenDown()
    const list = await oneEach(['a', 'b', 'c', 'd'], clock.now())
    for (const { id } of list.slice(0, 3)) await attend(id, deps, traffic)
    for (let turn = 0; turn < 100; turn++) {
      clock.advance(100)
      for (const { id } of list) await attend(id, deps, traffic)
    }
    const [outage] = await openOutages(database().orm)
    const moves = (await load(database(), list[3]?.id ?? '')).version
    expect(outage?.probes).toBeGreaterThan(1)
    expect(moves).toBeLessThanOrEqual(2 * (outage?.probes ?? 0) + 2)
  })

  it('is not called over by what was never sent to it', async () => {
    const { clock, deps, traffic } = await givenDown()
    for (const { id } of await oneEach(['a', 'b', 'c'], clock.now())) {
      await attend(id, deps, traffic)
    }
    const lost = { content: { text: 'Hello', media: [TINY_PICTURE] } }
    const [target] = await storeTargets(database(), [{ ...due('a', clock.now()), ...lost }])
    clock.advance(3_000)
    const media = { ...deps.media, kept: async () => new Set<string>() }
    await attend(target?.id ?? '', { ...deps, media }, traffic)
    expect((await load(database(), target?.id ?? '')).target.state.status).toBe('failed')
    expect(await openOutages(database().orm)).toHaveLength(1)
  })

  it.each([
    ['when nothing waits to be sent, ends the outage', 0],
    ['when something waits to be sent, leaves that to a probe', 1],
  ])('of look-ups is probed too, and %s', async (_what, waiting) => {
    const clock = createSteppedClock()
    const acme = await startAcme()
    let finding: Finding = { kind: 'error', reason: { class: 'network', text: 'No answer.' } }
    let looks = 0
    const connector = createAcme(acme, {
      publish: async () => ({
        kind: 'ambiguous',
        reason: { class: 'network', text: 'No answer.' },
      }),
      lookUp: async () => {
        looks += 1
        return finding
      },
    })
    const deps = workerDeps(database(), connector, { now: clock.now })
    const traffic = createTraffic(deps)
    const list = await oneEach(['a', 'b', 'c'], clock.now())
    for (const { id } of list) await attend(id, deps, traffic)
    expect(await openOutages(database().orm)).toHaveLength(1)
    const later = Array.from({ length: waiting }, () => due('a', clock.now() + 3_600_000))
    await storeTargets(database(), later)
    clock.advance(3_000)
    for (const { id } of list) await attend(id, deps, traffic)
    expect(looks).toBe(1) // one for all of them, and it finds nobody at home
    finding = { kind: 'found', how: 'It is there.' }
    clock.advance(60_000)
    for (const { id } of list) await attend(id, deps, traffic)
    expect(looks).toBe(4)
    for (const { id } of list) {
      expect((await load(database(), id)).target.state.status).toBe('published')
    }
    expect(await openOutages(database().orm)).toHaveLength(waiting)
  })

  it.each([
    ['is no outage when it refuses', { class: 'validation', text: 'It is too long.' }, 0],
    ['is one when it gives no clear answer', undefined, 1],
  ] as const)('to a platform that cannot be read %s', async (_what, refusal, count) => {
    const clock = createSteppedClock()
    const acme = await startAcme()
    const reason = { class: 'platform', text: 'It answered 503.' } as const
    const { lookUp: _cannot, ...connector } = createAcme(acme, {
      publish: async () => ({ kind: 'ambiguous', reason, ...(refusal ? { refusal } : {}) }),
    })
    const deps = workerDeps(database(), connector, { now: clock.now })
    const traffic = createTraffic(deps)
    const list = await oneEach(['a', 'b', 'c'], clock.now())
    for (const { id } of list) await attend(id, deps, traffic)
    expect(await openOutages(database().orm)).toHaveLength(count)
  })

  it('to a platform that can be read is no outage when it refuses what it may have taken', async () => {
    const clock = createSteppedClock()
    const acme = await startAcme()
    const refusal = { class: 'validation', text: 'It is too long.' } as const
    const silent = { kind: 'ambiguous', reason: { class: 'platform', text: 'No answer.' } } as const
    let answers = true
    const connector = createAcme(acme, {
      publish: async () => (answers ? { kind: 'ambiguous', reason: refusal, refusal } : silent),
    })
    const deps = workerDeps(database(), connector, { now: clock.now })
    const traffic = createTraffic(deps)
    const list = await oneEach(['a', 'b', 'c', 'd'], clock.now())
    for (const [n, { id }] of list.entries()) {
      answers = n < 3
      await attend(id, deps, traffic)
    }
    expect(await openOutages(database().orm)).toEqual([])
  })

  it('to the other servers of a platform goes on while one of them is down', async () => {
    const clock = createSteppedClock()
    const acme = await startAcme()
    const dead = ['a', 'b', 'c', 'd']
    for (const name of dead) await addAccount(database(), name, { host: 'dead.example' })
    for (const name of ['e', 'f']) await addAccount(database(), name, { host: 'well.example' })
    const list = await storeTargets(
      database(),
      [...dead, 'e', 'f'].map((name) => due(name, clock.now())),
    )
    const byAccount = (name: string) =>
      createAcme(acme, {
        publish: async () =>
          dead.includes(name)
            ? { kind: 'transient', reason: { class: 'platform', text: 'It is down.' } }
            : { kind: 'published' },
      })
    const deps = workerDeps(database(), undefined, { now: clock.now, connector: byAccount })
    const traffic = createTraffic(deps)
    const statusOf = async ({ id }: { id: string }) =>
      (await load(database(), id)).target.state.status
    for (const { id } of list.slice(0, 3)) await attend(id, deps, traffic)
    expect(await openOutages(database().orm)).toMatchObject([
      { platform: 'facebook', host: 'dead.example', accounts: dead },
    ])
    clock.advance(30) // before the first probe
    for (const { id } of list.slice(3)) await attend(id, deps, traffic)
    expect(await Promise.all(list.map(statusOf))).toEqual([
      ...['waiting', 'waiting', 'waiting', 'queued'],
      ...['published', 'published'],
    ])
    expect(await openOutages(database().orm)).toHaveLength(1)
  })

  it('of an account keeps to its limits, between all workers', async () => {
    const clock = createSteppedClock()
    const acme = await startAcme()
    await addAccount(database(), 'a')
    const list = await storeTargets(
      database(),
      [1, 2, 3].map(() => due('a', clock.now())),
    )
    let underWay = 0
    let most = 0
    const connector = createAcme(acme, {
      publish: async () => {
        underWay += 1
        most = Math.max(most, underWay)
        await new Promise((done) => setTimeout(done, 20))
        underWay -= 1
        return { kind: 'published' }
      },
    })
    const limits = () => ({ concurrent: 1, perMinute: 60 })
    const deps = workerDeps(database(), connector, { now: clock.now, limits })
    const statuses = async () =>
      (await Promise.all(list.map(({ id }) => load(database(), id)))).map(
        ({ target }) => target.state.status,
      )
    for (let turn = 0; turn < 8; turn++) {
      await Promise.all(list.map(({ id }) => attend(id, deps, createTraffic(deps))))
      if (turn === 0) expect((await statuses()).filter((s) => s === 'published')).toHaveLength(1)
      clock.advance(1_000)
    }
    expect(most).toBe(1)
    expect(await statuses()).toEqual(['published', 'published', 'published'])
  })

  describe('of an account that sends one at a time', () => {
    /** Does something in the middle of the first target's attempt, and then rings for the second. */
    async function given(meanwhile: (all: { steps: Steps; clock: SteppedClock }) => unknown) {
      const clock = createSteppedClock()
      const acme = await startAcme()
      await addAccount(database(), 'a')
      const stored = await storeTargets(
        database(),
        [1, 2].map(() => due('a', clock.now())),
      )
      const [first = '', second = ''] = stored.map(({ id }) => id)
      const statusOf = async (id: string) => (await load(database(), id)).target.state.status
      let between = ''
      const connector = createAcme(acme, {
        publish: async ({ targetId }, steps) => {
          if (targetId === first) {
            await meanwhile({ steps, clock })
            await ring(second)
            between = await statusOf(second)
          }
          return { kind: 'published' }
        },
      })
      const limits = () => ({ concurrent: 1 })
      const deps = workerDeps(database(), connector, { now: clock.now, limits })
      const ring = (id: string) => attend(id, deps, createTraffic(deps))
      return { clock, first, second, ring, statusOf, between: () => between }
    }

    it('lets nobody in while an attempt goes on, however long that takes', async () => {
      const { first, second, ring, clock, statusOf, between } = await given(async (all) => {
        for (let part = 1; part <= 3; part++) {
          all.clock.advance(40_000)
          await all.steps.save({ part })
        }
      })
      await ring(first)
      expect(between()).toBe('queued')
      clock.advance(1_000)
      await ring(second)
      expect(await statusOf(second)).toBe('published')
    })

    it('lets nobody in when the attempt’s target is rung for again', async () => {
      const all = await given(() => all.ring(all.first))
      await all.ring(all.first)
      expect(all.between()).toBe('queued')
    })

    it('lets nobody go on from what the platform has prepared either', async () => {
      const all = await given(async ({ clock }) => {
        const { state } = target('processing', { stage: 'preparing', pollAt: clock.now() })
        const prepared = { state, status: state.status }
        await database().orm.update(targets).set(prepared).where(eq(targets.id, all.second))
      })
      await all.ring(all.first)
      expect(all.between()).toBe('processing')
      all.clock.advance(1_000)
      await all.ring(all.second)
      expect(await all.statusOf(all.second)).toBe('published')
    })

    it('keeps no place for a claim that another worker was faster to make', async () => {
      const all = await given(() => undefined)
      await Promise.all([all.ring(all.second), all.ring(all.second)])
      await all.ring(all.first)
      expect(await all.statusOf(all.first)).toBe('published')
    })
  })

  it('of an account by its rate lets a retry out at the moment that it was promised', async () => {
    const clock = createSteppedClock()
    const acme = await startAcme()
    await addAccount(database(), 'a')
    const [stored] = await storeTargets(database(), [due('a', clock.now())])
    const id = stored?.id ?? ''
    let tried = 0
    const connector = createAcme(acme, {
      publish: async () => {
        tried += 1
        const reason = { class: 'network', text: 'No answer.' } as const
        return tried === 1 ? { kind: 'transient', reason } : { kind: 'published' }
      },
    })
    const limits = () => ({ perMinute: 1 })
    const deps = workerDeps(database(), connector, { now: clock.now, limits })
    const began = clock.now()
    for (let turn = 0; turn < 3; turn++) {
      const { dueAt } = await load(database(), id)
      clock.advance(Math.max(0, (dueAt ?? 0) - clock.now()))
      await attend(id, deps, createTraffic(deps))
    }
    expect((await load(database(), id)).target.state.status).toBe('published')
    expect(clock.now() - began).toBe(60_000)
  })
})
