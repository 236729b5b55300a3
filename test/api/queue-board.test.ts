import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bearerOf } from '../../src/api/queue-board.js'
import type { ShownDoorbell } from '../../src/publisher/queue/queue.js'
import { testQueues } from '../support/queue.js'
import { waitFor } from '../support/wait-for.js'
import { type Answer, ROOT_TOKEN, type ServedApi, serveApi } from './serve.js'

const basic = (token: string, name = 'ana') =>
  `Basic ${Buffer.from(`${name}:${token}`).toString('base64')}`

describe.each(testQueues())('the queue board, with the queue $title', ({ database, open }) => {
  const opened = database.use()
  let doorbell: ShownDoorbell
  let api: ServedApi
  let timesOpened: number
  let isAway: boolean

  beforeEach(async () => {
    doorbell = await open(opened())
    timesOpened = 0
    isAway = false
    api = await serveApi(opened(), {
      openQueueBoard(basePath) {
        timesOpened += 1
        if (isAway) return Promise.reject(new Error('REDIS_URL: cannot reach Redis on redis:6379.'))
        return doorbell.board(basePath)
      },
    })
  })
  afterEach(async () => {
    await api.stop()
    await doorbell.empty()
    await doorbell.close()
  })

  const look = (path: string, authorization = basic(ROOT_TOKEN)): Promise<Answer> =>
    api.ask('GET', path, { token: null, headers: { authorization } })

  /** Rings a bell for later, and finds the queue's name as the pages would. */
  async function ring(targetId: string): Promise<string> {
    await doorbell.ring([{ targetId, version: 1, dueAt: 60_000 }], 0)
    return (await look('/queues/api/queues')).body.queues[0].name
  }

  it('shows the page, and every file that the page asks for', async () => {
    const page = await look('/queues')
    expect(page.status).toBe(200)
    expect(page.body).toContain('<base href="/queues/"')
    const files = [...page.body.matchAll(/(?:href|src)="(static\/[^"]+)"/g)].map(([, file]) => file)
    expect(files.length).toBeGreaterThan(4)
    for (const file of files)
      expect([file, (await look(`/queues/${file}`)).status]).toEqual([file, 200])
  })

  it('shows the bells, and how the server under them does', async () => {
    const name = await ring('t7')
    const { body } = await look(`/queues/api/queues?activeQueue=${name}&status=latest`)
    const [queue] = body.queues
    expect(queue).toMatchObject({ readOnlyMode: true, counts: { delayed: 1, waiting: 0 } })
    expect(queue.jobs).toMatchObject([{ id: 'target-t7-1', data: { targetId: 't7' } }])
    expect((await look(`/queues/api/queues/${name}/target-t7-1`)).body.status).toBe('delayed')
    expect((await look('/queues/api/redis/stats')).body.version).toMatch(/^\d+\.\d+/)
  })

  it('lets nobody change anything, whatever the pages would offer', async () => {
    const name = await ring('t7')
    const headers = { authorization: basic(ROOT_TOKEN) }
    for (const [method, path] of [
      ['PUT', '/queues/api/queues/pause'],
      ['PUT', `/queues/api/queues/${name}/empty`],
      ['PUT', `/queues/api/queues/${name}/obliterate`],
      ['PUT', `/queues/api/queues/${name}/target-t7-1/promote`],
      ['PUT', `/queues/api/queues/${name}/target-t7-1/clean`],
      ['PATCH', `/queues/api/queues/${name}/target-t7-1/delay`],
      ['POST', `/queues/api/queues/${name}/add`],
      ['DELETE', '/queues'],
    ] as const) {
      const answer = await api.ask(method, path, { token: null, headers })
      expect([path, answer.status]).toEqual([path, 405])
      expect(answer.body.type).toBe('urn:pressroom:problem:method-not-allowed')
    }
    expect((await look(`/queues/api/queues/${name}/target-t7-1`)).body.status).toBe('delayed')
  })

  it('is shown in no frame and no other page', async () => {
    const { headers } = await look('/queues/')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('cache-control')).toBe('private, no-cache')
  })

  it('opens nothing before a right token asks, and once for all who do', async () => {
    expect((await api.ask('GET', '/queues', { token: null })).status).toBe(401)
    expect((await look('/queues', basic('wrong'))).status).toBe(401)
    expect(timesOpened).toBe(0)
    await Promise.all([
      look('/queues'),
      look('/queues/api/queues'),
      look('/queues', `Bearer ${ROOT_TOKEN}`),
    ])
    expect(timesOpened).toBe(1)
  })

  it('answers in words what it does not have', async () => {
    for (const path of ['/queues/nothing', '/queues/static/js/none.js', '/queues/%E0%A4%A']) {
      const { status, body } = await look(path)
      expect([path, status, body.type]).toEqual([path, 404, 'urn:pressroom:problem:not-found'])
    }
    expect((await look('/queuesque')).status).toBe(404)
  })

  it('says that the queue is away, and shows it when it is back', async () => {
    isAway = true
    const { status, body } = await look('/queues')
    expect([status, body.type]).toEqual([503, 'urn:pressroom:problem:queue-unavailable'])
    expect(body.detail).toContain('REDIS_URL: cannot reach Redis')
    isAway = false
    expect((await look('/queues')).status).toBe(200)
  })
})

/** Tokens are judged before the queue is asked, so one queue is enough. */
describe.each(testQueues().slice(0, 1))('who may look at the queue board', ({ database }) => {
  const opened = database.use()
  let api: ServedApi

  beforeEach(async () => {
    api = await serveApi(opened(), {
      openQueueBoard: async () => (_request, response) => response.end('the board'),
    })
  })
  afterEach(() => api.stop())

  const look = (authorization?: string) =>
    api.ask('GET', '/queues', { token: null, headers: authorization ? { authorization } : {} })

  it('asks a browser for a password, and takes only a token', async () => {
    const missing = await look()
    expect(missing.status).toBe(401)
    expect(missing.headers.get('www-authenticate')).toMatch(/^Basic realm=/)
    expect(missing.body.detail).toContain('the token as the password')
    for (const wrong of [
      basic('wrong'),
      basic(''),
      basic(`${ROOT_TOKEN}x`),
      'Basic !',
      'Digest x',
    ]) {
      const { status, headers } = await look(wrong)
      expect([wrong, status]).toEqual([wrong, 401])
      expect(headers.get('www-authenticate')).toMatch(/^Basic realm=/)
    }
    expect((await look(basic(ROOT_TOKEN))).body).toBe('the board')
    expect((await look(basic(ROOT_TOKEN, ''))).body).toBe('the board')
    expect((await look(`Bearer ${ROOT_TOKEN}`)).body).toBe('the board')
  })

  it('wants a token that may read, and no longer than it is valid', async () => {
    const make = async (name: string, scopes: string[]) =>
      (await api.post('/api/tokens', { name, scopes })).body.token as string
    const [reader, writer] = [await make('reader', ['read']), await make('writer', ['publish'])]
    const answers = (token: string, status: number) =>
      waitFor(
        `${status}`,
        async () => (await look(basic(token))).status,
        (seen) => seen === status,
      )
    await answers(reader, 200)
    await answers(writer, 403)
    await api.ask('DELETE', '/api/tokens/reader')
    await answers(reader, 401)
  })

  it('slows down who guesses, together with the guesses at the API', async () => {
    for (let i = 0; i < 30; i++) {
      expect((await look(basic(`guess-${i}`))).status).toBe(401)
      await api.ask('GET', '/api/posts', { token: `guess-${i}` })
    }
    const last = await look(basic('guess'))
    expect([last.status, last.headers.get('retry-after')]).toEqual([429, '1'])
    expect((await look(basic(ROOT_TOKEN))).status).toBe(200)
  })

  it('leaves the API to bearers: what a browser sends by itself does nothing there', async () => {
    const headers = { authorization: basic(ROOT_TOKEN) }
    expect((await api.ask('GET', '/api/posts', { token: null, headers })).status).toBe(401)
  })
})

describe('bearerOf', () => {
  it('takes the password for the token, colons and all, and leaves the rest as it is', () => {
    expect(bearerOf(basic('a:b'))).toBe('Bearer a:b')
    expect(bearerOf(basic(''))).toBeUndefined()
    expect(bearerOf('Bearer x')).toBe('Bearer x')
    expect(bearerOf(undefined)).toBeUndefined()
  })
})
