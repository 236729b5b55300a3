import { afterEach, describe, expect, it } from 'vitest'
import type { Connector } from '../../src/publisher/connectors/connector.js'
import { startPublisher } from '../../src/publisher/publisher.js'
import type { Doorbell } from '../../src/publisher/queue/queue.js'
import { requestCheck } from '../../src/store/accounts.js'
import { createPost } from '../../src/store/create-post.js'
import type { Database } from '../../src/store/database.js'
import { takeDue } from '../../src/store/load-targets.js'
import { openServer } from '../../src/store/open-server.js'
import { loadPost } from '../../src/store/posts.js'
import { accounts } from '../../src/store/schema.js'
import { testQueues, uniquePrefix } from '../support/queue.js'
import { addAccount, newPost, newTarget } from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'
import { type Acme, createAcme, startAcme, workerDeps } from './acme.js'
import { createMemoryDoorbell } from './memory-doorbell.js'

const dueIn = (ms: number) => ({ status: 'queued', dueAt: Date.now() + ms }) as const

describe.each(testQueues())('publishers with the queue $title', ({ database: { use }, open }) => {
  const database = use()
  const stops: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const stop of stops.splice(0).reverse()) await stop()
  })

  async function start(
    acme: Acme,
    options: { prefix?: string; on?: Database; sweepEveryMs?: number; concurrency?: number } = {},
    changes: Partial<Connector> = {},
  ) {
    const on = options.on ?? database()
    const doorbell = await open(on, options.prefix)
    const deps = workerDeps(on, createAcme(acme, changes), { worker: `worker-${stops.length}` })
    const publisher = await startPublisher(deps, doorbell, { sweepEveryMs: 500, ...options })
    let stopped: Promise<void> | undefined
    const stop = () => {
      stopped ??= publisher.stop()
      return stopped
    }
    stops.push(
      () => doorbell.close(),
      () => doorbell.empty(),
      stop,
    )
    return { doorbell, stop }
  }
  /** Stores a post; returns what its targets have come to. */
  async function publish(...states: Parameters<typeof newTarget>[0][]) {
    const post = newPost({ createdAt: Date.now(), targets: states.map(newTarget) })
    await createPost(database().orm, post)
    return async () => {
      const found = await loadPost(database().orm, post.id)
      return found?.targets.map(({ target: { state } }) => state) ?? []
    }
  }
  const allLive = (states: readonly { status: string }[]) =>
    states.every(({ status }) => status === 'published')

  it('publish what is due as soon as it is stored', async () => {
    const acme = await startAcme()
    await addAccount(database())
    await start(acme, { sweepEveryMs: 60_000 })
    const states = await publish({ state: dueIn(0) })
    await waitFor('it is live', states, allLive, 4_000)
    expect(acme.sends()).toBe(1)
  })

  it('publish what is scheduled at its time', async () => {
    const acme = await startAcme()
    await addAccount(database())
    await start(acme, { sweepEveryMs: 60_000 })
    const publishAt = Date.now() + 1_500
    const states = await publish({ state: { status: 'scheduled', publishAt } })
    const [state] = await waitFor('it is live', states, allLive)
    const lateMs = state?.status === 'published' ? state.publishedAt - publishAt : Number.NaN
    expect(lateMs).toBeGreaterThanOrEqual(0)
    expect(lateMs).toBeLessThan(1_000)
  })

  it('publish what is due although the queue has lost every bell', async () => {
    const acme = await startAcme()
    await addAccount(database())
    const prefix = uniquePrefix()
    const lossy = await open(database(), prefix)
    stops.push(() => lossy.close())
    await start(acme, { prefix, sweepEveryMs: 500 })
    const states = await publish({ state: dueIn(700) }, { state: dueIn(700) })
    await waitFor(
      'they are rung',
      () => lossy.depth(),
      (depth) => depth === 2,
    )
    await lossy.empty()
    await waitFor('all are live', states, allLive)
    expect(acme.sends()).toBe(2)
  })

  it('attend to each of 300 targets exactly once between three of them', async () => {
    const acme = await startAcme()
    await addAccount(database())
    const prefix = uniquePrefix()
    for (const _publisher of [1, 2, 3]) {
      await start(acme, { prefix, on: await another(database()), sweepEveryMs: 5_000 })
    }
    const posts = await Promise.all(
      Array.from({ length: 30 }, () =>
        publish(...Array.from({ length: 10 }, () => ({ state: dueIn(0) }))),
      ),
    )
    const ringing = async () => (await takeDue(database().orm, Date.now() + 90_000, 1)).length
    await waitFor('nothing is left to do', ringing, (count) => count === 0, 80_000)
    for (const states of posts) expect(await states()).toSatisfy(allLive)
    expect(acme.sends()).toBe(300)
    expect(new Set(acme.posts).size).toBe(300)
  }, 90_000)

  it('hold what a refused credential would send, and go on when it is mended', async () => {
    const acme = await startAcme()
    await addAccount(database())
    let mended = false
    await start(
      acme,
      {},
      {
        checkCredentials: async () =>
          mended
            ? { kind: 'ok', identity: 'Acme' }
            : { kind: 'refused', reason: { class: 'auth', text: 'The token is refused.' } },
      },
    )
    acme.answer = (response) => response.writeHead(401).end()
    // The second waits for its time; its bell is in the queue already when the first is refused.
    const states = await publish({ state: dueIn(300) }, { state: dueIn(9_500) })
    const held = (list: readonly { status: string }[]) => list.every((s) => s.status === 'held')
    await waitFor('both are held', states, held, 8_000)
    expect(acme.sends()).toBe(1)
    mended = true
    acme.answer = (response, key) => response.end(JSON.stringify({ id: key }))
    await requestCheck(database().orm, 'facebook', Date.now())
    await waitFor('both are live', states, allLive)
    expect((await database().orm.select().from(accounts))[0]).toMatchObject({ status: 'ok' })
  })

  it('stop after what is under way, and take nothing more', async () => {
    const acme = await startAcme()
    await addAccount(database())
    const { stop } = await start(acme, { concurrency: 1 })
    let answer = () => {}
    acme.answer = (response, key) => {
      answer = () => response.end(JSON.stringify({ id: key }))
    }
    const states = await publish({ state: dueIn(0) }, { state: dueIn(0) })
    await waitFor('one is sent', acme.sends, (sends) => sends === 1)
    const stopping = stop()
    answer()
    await stopping
    expect((await states()).map(({ status }) => status).sort()).toEqual(['published', 'queued'])
    expect(acme.sends()).toBe(1)
  })

  it('answer no bell that comes after they were asked to stop', async () => {
    const acme = await startAcme()
    await addAccount(database())
    let answer = async (_targetId: string) => {}
    const late: Doorbell = {
      ...createMemoryDoorbell(),
      async answer(_options, take) {
        answer = take
        return { stop: async () => {} }
      },
    }
    const deps = workerDeps(database(), createAcme(acme))
    const publisher = await startPublisher(deps, late, { sweepEveryMs: 60_000 })
    const stopping = publisher.stop()
    const states = await publish({ state: dueIn(0) })
    const { id } = (await takeDue(database().orm, Date.now(), 1))[0] ?? { id: '' }
    await answer(id)
    await stopping
    expect((await states()).map(({ status }) => status)).toEqual(['queued'])
  })

  it('leave nothing running when a part of them cannot be started', async () => {
    let running = 0
    const begun = () => {
      running += 1
      return async () => void running--
    }
    const doorbell = { ...createMemoryDoorbell(), answer: async () => ({ stop: begun() }) }
    const listen = async (channel: string) => {
      if (channel === 'pressroom_compare') throw new Error('the connection was refused')
      return begun()
    }
    const deps = workerDeps({ ...database(), listen }, undefined)
    await expect(startPublisher(deps, doorbell)).rejects.toThrow('refused')
    expect(running).toBe(0)
  })

  /** Each publisher of a server has connections of its own, as in processes of its own. */
  async function another(shared: Database): Promise<Database> {
    if (shared.driver.engine === 'embedded') return shared
    const opened = await openServer(shared.driver.url, { poolSize: 4 })
    stops.push(() => opened.close())
    return opened
  }
})
