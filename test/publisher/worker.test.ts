import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Connector, Reader } from '../../src/publisher/connectors/connector.js'
import type { PublisherDeps } from '../../src/publisher/deps.js'
import { attend } from '../../src/publisher/worker.js'
import { accounts, attempts, events, targets } from '../../src/store/schema.js'
import { createSteppedClock, NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, authReason, load, storeTargets, target } from '../support/targets.js'
import { createAcme, remoteIdOf, startAcme, workerDeps } from './acme.js'
import { hookedDatabase } from './hooked-database.js'

const LEASE_MS = 45_000

describe.each(testDatabases())('a worker on the $engine database', ({ use }) => {
  const database = use()

  async function given(
    changes: Partial<Connector> = {},
    list: Parameters<typeof storeTargets>[1] = [{}],
  ) {
    const acme = await startAcme()
    const clock = createSteppedClock()
    await addAccount(database())
    const stored = await storeTargets(database(), list)
    const ids = stored.map(({ id }) => id)
    const [first] = stored
    if (!first) throw new Error('nothing was stored')
    const connector = createAcme(acme, changes)
    const make = (more: Partial<PublisherDeps> = {}) =>
      workerDeps(database(), connector, { now: clock.now, ...more })
    return {
      acme,
      clock,
      connector,
      deps: make(),
      make,
      ids,
      id: first.id,
      key: first.idempotencyKey,
    }
  }
  const stateOf = async (id: string) => (await load(database(), id)).target.state
  const logOf = async (id: string) => {
    const rows = await database().orm.select().from(events).where(eq(events.targetId, id))
    return rows.sort((a, b) => a.id - b.id).map(({ type, toStatus }) => `${type} ${toStatus}`)
  }

  it('sends nothing without its files, and says what to do', async () => {
    const file = { id: 'm1', kind: 'image', mime: 'image/png', bytes: 1, width: 1, height: 1 }
    const content = {
      text: 'Hello',
      media: [{ ...file, kind: 'image' as const, filename: 'a.png' }],
    }
    const { acme, make, id } = await given({}, [{ content }])
    const media = {
      bytes: async () => new Uint8Array(),
      publicUrl: () => '',
      kept: async () => new Set<string>(),
    }
    await attend(id, make({ media }))
    expect(await stateOf(id)).toMatchObject({
      status: 'failed',
      reason: {
        class: 'media',
        text: expect.stringMatching(/^The file a\.png is no longer kept/),
        next: 'Publish it anew, with the file.',
      },
    })
    expect(acme.posts).toEqual([])
  })

  it('publishes what is due, once, and leaves what is not', async () => {
    const { acme, deps, ids, id, key } = await given({}, [
      {},
      { state: { status: 'scheduled', publishAt: NOON + 1 } },
    ])
    for (const each of [...ids, ...ids, 'unknown']) await attend(each, deps)
    expect(await stateOf(id)).toMatchObject({
      status: 'published',
      how: 'answer',
      remoteId: remoteIdOf(key),
    })
    expect(await stateOf(ids[1] ?? '')).toMatchObject({ status: 'scheduled' })
    expect(acme.sends()).toBe(1)
  })

  it('sends one post when many workers answer one bell', async () => {
    const { acme, make, id } = await given()
    const workers = Array.from({ length: 6 }, (_, i) => make({ worker: `worker-${i}` }))
    await Promise.all(workers.map((deps) => attend(id, deps)))
    expect(acme.sends()).toBe(1)
    expect(await stateOf(id)).toMatchObject({ status: 'published' })
    expect(await database().orm.select().from(attempts)).toHaveLength(1)
  })

  it('writes the handles and the mark down before the post can leave', async () => {
    let seen: unknown
    const { acme, deps, id } = await given({
      async publish({ idempotencyKey }, steps) {
        await steps.save({ container: 'c1' })
        await steps.mutate({ method: 'POST', url: `${acme.url}/${idempotencyKey}` })
        return { kind: 'published' }
      },
    })
    acme.answer = async (response) => {
      const [attempt] = await database().orm.select().from(attempts)
      seen = { ...(await load(database(), id)).target, mark: attempt?.mutationAt?.getTime() }
      response.end('{}')
    }
    await attend(id, deps)
    expect(seen).toMatchObject({
      state: { status: 'publishing', mutationAt: NOON },
      handles: { container: 'c1' },
      mark: NOON,
    })
  })

  it('is looked after, not repeated, when a worker died after it had begun to send', async () => {
    const { acme, clock, connector, make, id } = await given()
    const dying = make({
      connector: () => ({
        ...connector,
        async publish(request, steps) {
          await connector.publish(request, steps)
          return new Promise(() => {})
        },
      }),
    })
    void attend(id, dying)
    await expect.poll(acme.sends).toBe(1)
    const deps = make({ worker: 'worker-2' })
    clock.advance(LEASE_MS - 1)
    await attend(id, deps)
    expect(await stateOf(id)).toMatchObject({ status: 'publishing' })
    clock.advance(1)
    await attend(id, deps)
    expect(await stateOf(id)).toMatchObject({ status: 'reconciling', mutationAt: NOON })
    clock.advance(20)
    await attend(id, deps)
    expect(await stateOf(id)).toMatchObject({ status: 'published', how: 'found' })
    expect(acme.sends()).toBe(1)
  })

  it('is sent again when a worker died before it had begun to send', async () => {
    const { acme, clock, connector, make, id } = await given()
    void attend(
      id,
      make({ connector: () => ({ ...connector, publish: () => new Promise(() => {}) }) }),
    )
    await expect.poll(() => stateOf(id)).toMatchObject({ status: 'publishing' })
    clock.advance(LEASE_MS)
    for (let turn = 0; turn < 4; turn++) {
      await attend(id, make({ worker: 'worker-2' }))
      clock.advance(20)
    }
    expect(await stateOf(id)).toMatchObject({ status: 'published', how: 'answer' })
    expect(acme.sends()).toBe(1)
  })

  it('takes an answer that is no answer for a doubt, and looks', async () => {
    const { acme, clock, deps, id } = await given()
    acme.answer = (response) => response.socket?.resetAndDestroy()
    await attend(id, deps)
    expect(await stateOf(id)).toMatchObject({ status: 'reconciling' })
    clock.advance(20)
    await attend(id, deps)
    expect(await stateOf(id)).toMatchObject({ status: 'published', how: 'found' })
    expect(acme.sends()).toBe(1)
  })

  describe('that reads for longer than its lease, from a slow platform,', () => {
    const doubt = { kind: 'ambiguous', reason: { class: 'network', text: 'No answer.' } } as const
    const finishing = { kind: 'accepted', stage: 'finishing', note: '' } as const

    it.each([
      ['a look-up', doubt, { status: 'published', how: 'found' }],
      ['a poll', finishing, { status: 'published', how: 'answer' }],
      ['a second look', { kind: 'published' }, { remoteId: 'slow', rechecks: 1 }],
    ] as const)('keeps its claim, and records what came of %s', async (_what, outcome, end) => {
      const slowly = async (reader: Reader) => {
        asked += 1
        if (asked > 1) return
        for (let reads = 0; reads < 4; reads++) {
          await reader.read({ method: 'GET', url: acme.url })
          clock.advance(LEASE_MS / 3)
          await attend(id, make({ worker: 'worker-2' }))
        }
      }
      const found = { remoteId: 'slow', how: 'It is there.' }
      let asked = 0
      const { acme, clock, id, make } = await given({
        publish: async () => outcome,
        lookUp: (_doubt, reader) => slowly(reader).then(() => ({ kind: 'found', ...found })),
        poll: (_request, reader) => slowly(reader).then(() => ({ kind: 'published' })),
        verify: (_post, reader) => slowly(reader).then(() => ({ kind: 'live', ...found })),
      })
      await attend(id, make())
      clock.advance(20)
      await attend(id, make())
      expect(await stateOf(id)).toMatchObject(end)
      expect(asked).toBe(1)
    })

    it('records nothing once its claim has ended all the same', async () => {
      const { clock, id, make } = await given({
        publish: async () => doubt,
        async lookUp(_doubt, reader) {
          clock.advance(LEASE_MS)
          await reader.read({ method: 'GET', url: 'http://127.0.0.1:1' })
          return { kind: 'found', how: 'It is there.' }
        },
      })
      await attend(id, make())
      clock.advance(20)
      await attend(id, make())
      expect(await stateOf(id)).toMatchObject({ status: 'reconciling', lookUps: 0 })
    })
  })

  it('takes a crash in a connector for a doubt after the mark only, and says so in plain words', async () => {
    const crash = new TypeError("Cannot read properties of undefined (reading 'id')")
    const { acme, deps, ids } = await given(
      {
        async publish({ targetId, idempotencyKey }, steps) {
          if (targetId === ids[0]) throw crash
          await steps.mutate({ method: 'POST', url: `${acme.url}/${idempotencyKey}` })
          throw crash
        },
      },
      [{}, {}],
    )
    for (const id of ids) await attend(id, deps)
    const [before, after] = await Promise.all(ids.map(stateOf))
    expect([before?.status, after?.status]).toEqual(['waiting', 'reconciling'])
    expect(JSON.stringify([before, after])).not.toContain('Cannot read')
  })

  it('records an outcome later when the database fails at that moment', async () => {
    let failures = 2
    const { acme, make, id } = await given()
    const failing = hookedDatabase(database(), {
      before() {
        if (acme.sends() > 0 && failures-- > 0) throw new Error('the database went away')
      },
    })
    await attend(id, make({ database: failing }))
    expect(failures).toBeLessThan(0)
    expect(await stateOf(id)).toMatchObject({ status: 'published', how: 'answer' })
    expect(acme.sends()).toBe(1)
  })

  it('records an outcome once when only the answer of the database was lost', async () => {
    let lost = false
    const { acme, make, id } = await given()
    const failing = hookedDatabase(database(), {
      after() {
        if (lost || acme.sends() === 0) return
        lost = true
        throw new Error('the connection to the database was reset')
      },
    })
    await attend(id, make({ database: failing }))
    expect(lost).toBe(true)
    expect(await logOf(id)).toEqual(['claimed publishing', 'attempted published'])
  })

  it('keeps the account waiting through a rate limit, and its other targets with it', async () => {
    const { acme, clock, deps, ids } = await given({}, [{}, {}])
    acme.answer = (response) => response.writeHead(429, { 'retry-after': '30' }).end()
    for (const id of ids) await attend(id, deps)
    expect(acme.sends()).toBe(1)
    const untilAt = NOON + 30_000
    expect(await stateOf(ids[0] ?? '')).toMatchObject({ status: 'waiting', retryAt: untilAt })
    expect(await stateOf(ids[1] ?? '')).toMatchObject({ status: 'queued', dueAt: untilAt })
    clock.advance(30_000)
    acme.answer = (response, key) => response.end(JSON.stringify({ id: remoteIdOf(key) }))
    for (const id of ids) await attend(id, deps)
    expect(acme.sends()).toBe(3)
    for (const id of ids) expect(await stateOf(id)).toMatchObject({ status: 'published' })
  })

  it('holds the account and its other targets when the credential is refused', async () => {
    const { acme, deps, ids } = await given({}, [{}, {}])
    acme.answer = (response) => response.writeHead(401).end()
    for (const id of ids) await attend(id, deps)
    expect(acme.sends()).toBe(1)
    for (const id of ids) {
      expect(await stateOf(id)).toMatchObject({
        status: 'held',
        hold: 'account',
        reason: { text: 'The token is refused.' },
      })
    }
    const [account] = await database().orm.select().from(accounts)
    expect(account).toMatchObject({ status: 'held', heldReason: authReason })
  })

  it('releases a held account when "Publish now" got through', async () => {
    const { deps, id } = await given({}, [
      { state: { status: 'queued', dueAt: NOON, force: true } },
    ])
    await database().orm.update(accounts).set({ status: 'held', heldReason: authReason })
    await attend(id, deps)
    expect(await stateOf(id)).toMatchObject({ status: 'published' })
    expect((await database().orm.select().from(accounts))[0]).toMatchObject({ status: 'ok' })
  })

  describe('a post that belongs to another target', () => {
    const foreign = (connector: Partial<Connector>) =>
      given(connector, [{}, {}]).then(async (all) => {
        const [first = '', second = ''] = all.ids
        await attend(first, { ...all.deps, connector: () => createAcme(all.acme) })
        const theirs = await stateOf(first)
        if (theirs.status !== 'published') throw new Error('the first target is not live')
        return { ...all, second, theirId: theirs.remoteId ?? '' }
      })

    it('proves nothing when it is found', async () => {
      let theirId = ''
      const all = await foreign({
        lookUp: async () => ({ kind: 'found', remoteId: theirId, how: 'It looks the same.' }),
      })
      theirId = all.theirId
      all.acme.answer = (response) => response.socket?.destroy()
      await attend(all.second, all.deps)
      all.clock.advance(20)
      await attend(all.second, all.deps)
      expect(await stateOf(all.second)).toMatchObject({ status: 'reconciling', lookUps: 1 })
    })

    it('proves nothing when an answer names it', async () => {
      const all = await foreign({})
      all.acme.answer = (response) => response.end(JSON.stringify({ id: all.theirId }))
      await attend(all.second, all.deps)
      expect(await stateOf(all.second)).toMatchObject({ status: 'reconciling' })
    })

    it('becomes a question when a late answer names it and nobody can look any more', async () => {
      const all = await foreign({})
      const evidence = [
        { at: NOON, text: 'The post is out.', answered: true as const, remoteId: all.theirId },
      ]
      const { state } = target('reconciling', { evidence })
      await database()
        .orm.update(targets)
        .set({ state, status: state.status })
        .where(eq(targets.id, all.second))
      await attend(all.second, all.make({ connector: () => undefined }))
      expect(await stateOf(all.second)).toMatchObject({ status: 'unconfirmed' })
    })

    it('is named to the connector before it looks', async () => {
      let others: ReadonlySet<string> | undefined
      const all = await foreign({
        lookUp: async ({ otherRemoteIds }) => {
          others = otherRemoteIds
          return { kind: 'unclear', how: '' }
        },
      })
      all.acme.answer = (response) => response.socket?.destroy()
      await attend(all.second, all.deps)
      all.clock.advance(20)
      await attend(all.second, all.deps)
      expect(others).toEqual(new Set([all.theirId]))
    })
  })

  describe('an account that the file no longer names', () => {
    it('holds what is due', async () => {
      const { make, id } = await given()
      await attend(id, make({ connector: () => undefined }))
      expect(await stateOf(id)).toMatchObject({ status: 'held', hold: 'account' })
    })

    it('leads what was under way to a person in the end', async () => {
      const { acme, clock, make, id } = await given({
        async publish({ idempotencyKey }, steps) {
          await steps.mutate({ method: 'POST', url: `${acme.url}/${idempotencyKey}` })
          return { kind: 'accepted', stage: 'finishing', note: 'It is transcoded.' }
        },
      })
      await attend(id, make())
      const deps = make({ connector: () => undefined })
      for (let turn = 0; turn < 100; turn++) {
        const { dueAt } = await load(database(), id)
        if (dueAt === null) break
        clock.advance(Math.max(0, dueAt - clock.now()))
        await attend(id, deps)
      }
      expect(await stateOf(id)).toMatchObject({ status: 'unconfirmed' })
    })
  })
})
