import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { createLog, createRedactor } from '../../../src/log.js'
import {
  type Bell,
  type Doorbell,
  openDoorbell,
  QueueUnavailableError,
} from '../../../src/publisher/queue/queue.js'
import type { Database } from '../../../src/store/database.js'
import { testQueues, uniquePrefix } from '../../support/queue.js'
import { waitFor } from '../../support/wait-for.js'

const bell = (targetId: string, changes: Partial<Bell> = {}): Bell => ({
  targetId,
  version: 1,
  dueAt: 0,
  ...changes,
})

describe.each(testQueues())('a doorbell $title', ({ database: { use }, open }) => {
  const database = use()
  const opened: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close()
  })

  const doorbellOf = async (prefix?: string): Promise<Doorbell> => {
    const doorbell = await open(database(), prefix)
    opened.push(async () => {
      await doorbell.empty()
      await doorbell.close()
    })
    return doorbell
  }
  const answerTo = async (
    doorbell: Doorbell,
    answer: (id: string) => Promise<void>,
    concurrency = 5,
  ) => {
    const answering = await doorbell.answer({ concurrency }, answer)
    opened.push(() => answering.stop())
    return answering
  }

  it('is answered soon after it is rung', async () => {
    const doorbell = await doorbellOf()
    const heard: string[] = []
    await answerTo(doorbell, async (id) => void heard.push(id))
    const rungAt = performance.now()
    await doorbell.ring([bell('t1'), bell('t2')], 0)
    await waitFor(
      'both are heard',
      () => heard,
      (ids) => ids.length === 2,
    )
    // A missed notification would be noticed only by the poll, after 5 seconds.
    expect(performance.now() - rungAt).toBeLessThan(4_000)
    expect([...heard].sort()).toEqual(['t1', 't2'])
    await waitFor(
      'it is quiet',
      () => doorbell.depth(),
      (depth) => depth === 0,
    )
  })

  it('is answered once when it was rung twice at the same version, and again at the next', async () => {
    const doorbell = await doorbellOf()
    await doorbell.ring([bell('t1')], 0)
    await doorbell.ring([bell('t1'), bell('t1')], 0)
    expect(await doorbell.depth()).toBe(1)
    await doorbell.ring([bell('t1', { version: 2 })], 0)
    expect(await doorbell.depth()).toBe(2)
  })

  it('can be rung again for the same version after it was answered', async () => {
    const doorbell = await doorbellOf()
    const heard: string[] = []
    await answerTo(doorbell, async (id) => void heard.push(id))
    for (const times of [1, 2]) {
      await waitFor(
        'it is quiet',
        () => doorbell.depth(),
        (depth) => depth === 0,
      )
      await doorbell.ring([bell('t1')], 0)
      await waitFor(
        `heard ${times} times`,
        () => heard.length,
        (count) => count === times,
      )
    }
  })

  it('waits until it is due', async () => {
    const doorbell = await doorbellOf()
    const heard: number[] = []
    await answerTo(doorbell, async () => void heard.push(Date.now()))
    const now = Date.now()
    await doorbell.ring([bell('t1', { dueAt: now + 1_000 })], now)
    const [at = 0] = await waitFor(
      'it is heard',
      () => heard,
      (times) => times.length === 1,
    )
    expect(at - now).toBeGreaterThanOrEqual(990)
    expect(at - now).toBeLessThan(2_000)
  })

  it('goes on after an answer that failed', async () => {
    const doorbell = await doorbellOf()
    const heard: string[] = []
    await answerTo(doorbell, async (id) => {
      heard.push(id)
      if (id === 't1') throw new Error('no')
    })
    await doorbell.ring([bell('t1')], 0)
    await doorbell.ring([bell('t2')], 0)
    await waitFor(
      'both are heard',
      () => heard,
      (ids) => ids.length === 2,
    )
    await waitFor(
      'it is quiet',
      () => doorbell.depth(),
      (depth) => depth === 0,
    )
  })

  it('answers as many at a time as it may, and stops after what is under way', async () => {
    const doorbell = await doorbellOf()
    let most = 0
    let running = 0
    const finish: (() => void)[] = []
    const answering = await answerTo(
      doorbell,
      async () => {
        most = Math.max(most, ++running)
        await new Promise<void>((resolve) => finish.push(resolve))
        running -= 1
      },
      2,
    )
    await doorbell.ring([bell('t1'), bell('t2'), bell('t3')], 0)
    await waitFor(
      'two are under way',
      () => running,
      (count) => count === 2,
    )
    let stopped = false
    const stopping = answering.stop().then(() => {
      stopped = true
    })
    expect(stopped).toBe(false)
    for (const done of finish.splice(0)) done()
    await stopping
    expect([most, running]).toEqual([2, 0])
    expect(await doorbell.depth()).toBe(1)
  })

  it('forgets everything when it is emptied', async () => {
    const doorbell = await doorbellOf()
    await doorbell.ring([bell('t1'), bell('t2', { dueAt: 60_000 })], 0)
    await doorbell.empty()
    expect(await doorbell.depth()).toBe(0)
    const heard: string[] = []
    await answerTo(doorbell, async (id) => void heard.push(id))
    await doorbell.ring([bell('t1')], 0)
    await waitFor(
      'it still works',
      () => heard,
      (ids) => ids.length === 1,
    )
  })

  it('shares bells with others of the same prefix only', async () => {
    const prefix = uniquePrefix()
    const [one, two, other] = [
      await doorbellOf(prefix),
      await doorbellOf(prefix),
      await doorbellOf(),
    ]
    await one.ring([bell('t1')], 0)
    expect(await two.depth()).toBe(1)
    expect(await other.depth()).toBe(0)
  })

  it('rings nothing for no bells', async () => {
    const doorbell = await doorbellOf()
    await doorbell.ring([], 0)
    expect(await doorbell.depth()).toBe(0)
  })
})

describe('openDoorbell', () => {
  it('says which Redis it cannot reach, and what to do, without the password', async () => {
    const error = await openDoorbell({
      redisUrl: 'redis://:hunter2-hunter2@127.0.0.1:9',
      database: {} as Database,
      log: createLog({ level: 'silent', redactor: createRedactor() }),
    }).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(QueueUnavailableError)
    const { message } = error as Error
    expect(message).toContain('REDIS_URL: cannot reach Redis on 127.0.0.1:9')
    expect(message).toContain('unset REDIS_URL')
    expect(message).not.toContain('hunter2')
  })

  it('leaves no connection open to a Redis that takes only the first', async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket)
      if (sockets.length > 1) return void socket.destroy()
      // Enough of Redis to count as ready: an answer to each command.
      socket.on('data', (sent) => {
        for (const _ of String(sent).matchAll(/^\*\d/gm)) socket.write('+PONG\r\n')
      })
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const opening = openDoorbell({
      redisUrl: `redis://127.0.0.1:${port}`,
      database: {} as Database,
      log: createLog({ level: 'silent', redactor: createRedactor() }),
    })
    await expect(opening).rejects.toBeInstanceOf(QueueUnavailableError)
    const open = () => sockets.filter(({ closed }) => !closed).length
    await waitFor('all are closed', open, (count) => count === 0)
  })
})
