import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { decide } from '../../src/publisher/core/decide.js'
import type { PublisherDeps } from '../../src/publisher/deps.js'
import { createSteps, LeaseLostError } from '../../src/publisher/steps.js'
import type { Database } from '../../src/store/database.js'
import { loadPost } from '../../src/store/posts.js'
import { recordTransition } from '../../src/store/record-transition.js'
import { createSteppedClock } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { leaseUntil, load, movedTo, readable, storeTargets } from '../support/targets.js'
import { workerDeps } from './acme.js'
import { answering, startTcpServer } from './connectors/tcp-server.js'
import { type Hooks, hookedDatabase } from './hooked-database.js'

const LEASE_MS = 45_000
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}'

describe.each(testDatabases())('steps on the $engine database', ({ use }) => {
  const database = use()

  /** A claimed target with the steps of its attempt, and a server that they can reach. */
  async function claimed(hooks: Hooks = {}, changes: Partial<PublisherDeps> = {}) {
    const clock = createSteppedClock()
    const leaseMs = changes.leaseMs ?? LEASE_MS
    const [stored] = await storeTargets(database(), [{}])
    if (!stored) throw new Error('nothing was stored')
    const at = clock.now()
    const lease = leaseUntil(at + leaseMs)
    const event = { type: 'claimed', at, lease, gate: { kind: 'open' } } as const
    const claim = await recordTransition(
      database().orm,
      stored,
      event,
      movedTo(decide(stored.target, event, readable)),
    )
    const hooked: Database = hookedDatabase(database(), hooks)
    const deps = workerDeps(hooked, undefined, { now: clock.now, leaseMs, ...changes })
    const steps = createSteps(claim, deps, readable)
    const server = await startTcpServer(answering(OK))
    const send = { method: 'POST', url: server.url } as const
    return { clock, steps, server, send, id: stored.id, now: () => load(database(), stored.id) }
  }

  it('save handles and renew the lease before anything else happens', async () => {
    const { clock, steps, now } = await claimed()
    clock.advance(10_000)
    await steps.save({ upload: 'u1' })
    const { target } = await now()
    expect(target.handles).toEqual({ upload: 'u1' })
    expect(target.lease?.expiresAt).toBe(clock.now() + LEASE_MS)
    expect(steps.stored().target).toEqual(target)
  })

  it('show how far a long upload is, until it is sent, and leave out what is said too often', async () => {
    const { steps, send, now } = await claimed()
    await steps.save({ upload: 'u1' })
    const { postId } = await now()
    const told = async () => (await loadPost(database().orm, postId))?.post.changed ?? 0
    const before = await told()
    await steps.progress('Uploading clip.mp4: 10 % of 45 MB.')
    await steps.progress('Uploading clip.mp4: 11 % of 45 MB.')
    const { target } = await now()
    expect(target.state).toMatchObject({ note: 'Uploading clip.mp4: 10 % of 45 MB.' })
    expect(target.handles).toEqual({ upload: 'u1' })
    expect(await told()).toBe(before + 1)
    await steps.mutate(send)
    expect((await now()).target.state).not.toHaveProperty('note')
  })

  it('mark the mutation with its handles, and send it', async () => {
    const { clock, steps, server, send, now } = await claimed()
    expect(await steps.mutate(send, { container: 'c1' })).toMatchObject({ status: 200 })
    const { target } = await now()
    expect(target).toMatchObject({
      state: { mutationAt: clock.now() },
      handles: { container: 'c1' },
    })
    expect(server.received()).toContain('POST /')
  })

  it('forget what was noted for a mutation that certainly did not go out', async () => {
    const { steps, now } = await claimed()
    await steps.save({ upload: 'u1' })
    const unreachable = { method: 'POST', url: 'http://no-such-host.invalid/' } as const
    expect(await steps.mutate(unreachable, { upload: 'u1', sentAt: 1 })).toMatchObject({
      kind: 'notSent',
    })
    expect(steps.stored().target.handles).toEqual({ upload: 'u1' })
    expect(steps.stored().version).toBe((await now()).version)
  })

  it.each(['mutate', 'prepare', 'read'] as const)(
    '%s sends nothing once the lease has ended',
    async (step) => {
      const { clock, steps, server, send } = await claimed()
      clock.advance(LEASE_MS)
      await expect(steps[step](send)).rejects.toThrow(LeaseLostError)
      expect(server.connections()).toBe(0)
    },
  )

  it('send nothing once somebody else has moved the target', async () => {
    const { clock, steps, server, send, now } = await claimed()
    const stored = await now()
    const event = {
      type: 'claimed',
      at: clock.now() + LEASE_MS,
      lease: leaseUntil(clock.now()),
      gate: { kind: 'open' },
    } as const
    const decision = movedTo(decide(stored.target, event, readable))
    await recordTransition(database().orm, stored, event, decision)
    await expect(steps.mutate(send)).rejects.toThrow(LeaseLostError)
    await expect(steps.save({})).rejects.toThrow(LeaseLostError)
    expect(server.connections()).toBe(0)
  })

  it('send not one byte when the lease ends between the mark and the first byte', async () => {
    const hooks: Hooks = {}
    const { clock, steps, server, send, now } = await claimed(hooks)
    hooks.after = () => clock.advance(LEASE_MS)
    expect(await steps.mutate(send)).toMatchObject({ kind: 'notSent' })
    expect((await now()).target.state).toHaveProperty('mutationAt')
    expect(server.received()).toBe('')
  })

  it('send not one byte when the lease ended by time that the wall clock does not show', async () => {
    const { steps, server, send } = await claimed(
      { after: () => sleep(320) }, // a frozen process, and a clock that was set back meanwhile
      { leaseMs: 300 },
    )
    expect(await steps.mutate(send)).toMatchObject({ kind: 'notSent' })
    expect(server.received()).toBe('')
  })

  it('renew a lease that would end within a request, and leave one that lasts', async () => {
    const { clock, steps, send, now } = await claimed({}, { requestTimeoutMs: 5_000 })
    const before = (await now()).version
    clock.advance(LEASE_MS - 5_000)
    await steps.read(send)
    expect((await now()).version).toBe(before)
    clock.advance(1)
    await steps.read(send)
    expect((await now()).target.lease?.expiresAt).toBe(clock.now() + LEASE_MS)
  })

  it('end every request before the lease ends', async () => {
    const { steps } = await claimed({}, { leaseMs: 2_000, requestTimeoutMs: 60_000 })
    const silent = await startTcpServer(() => {})
    const answer = await steps.mutate({ method: 'POST', url: silent.url })
    expect(answer).toMatchObject({ kind: 'noAnswer' })
    // Less when writing the mark took long.
    expect('why' in answer && Number(/\d+/.exec(answer.why))).toBeLessThanOrEqual(1_800)
  })

  describe('when writing the mark took most of the lease', () => {
    const slow = async (marks: number) => {
      const hooks: Hooks = {}
      const changes = { leaseMs: 2_000, requestTimeoutMs: 1_500 }
      const { clock, steps, now } = await claimed(hooks, changes)
      let left = marks
      hooks.after = () => {
        if (left-- > 0) clock.advance(1_200)
      }
      const silent = await startTcpServer(() => {})
      const answer = await steps.mutate({ method: 'POST', url: silent.url })
      return { answer, lease: (await now()).target.lease, clock }
    }

    it('renew it, so that the request has all of its time', async () => {
      const { answer, lease, clock } = await slow(1)
      expect(answer).toEqual({ kind: 'noAnswer', why: 'no answer within 1500 ms' })
      expect(lease?.expiresAt).toBe(clock.now() + 2_000)
    })

    it('end the request before the lease all the same when renewing is slow as well', async () => {
      const { answer } = await slow(2)
      expect(answer).toEqual({ kind: 'noAnswer', why: 'no answer within 760 ms' })
    })
  })
})
