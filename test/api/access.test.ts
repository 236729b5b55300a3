import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testDatabases } from '../support/database.js'
import { waitFor } from '../support/wait-for.js'
import { ROOT_TOKEN, type ServedApi, serveApi } from './serve.js'

describe.each(testDatabases())('who may ask, on the $engine database', ({ use }) => {
  const database = use()
  let api: ServedApi

  beforeEach(async () => {
    api = await serveApi(database())
  })
  afterEach(() => api.stop())

  const make = async (scopes: readonly string[], more: object = {}) =>
    (await api.post('/api/tokens', { name: 'ci', scopes, ...more })).body

  /** Other processes hear of a token within moments. */
  const answers = (token: string, path: string, status: number) =>
    waitFor(
      `${path} with ${status}`,
      async () => (await api.ask('GET', path, { token })).status,
      (seen) => seen === status,
    )

  it('asks for a token, and takes only the right one', async () => {
    const missing = await api.ask('GET', '/api/posts', { token: null })
    expect(missing.status).toBe(401)
    expect(missing.headers.get('www-authenticate')).toBe('Bearer')
    for (const token of ['wrong', `${ROOT_TOKEN}x`, 'pr_k1_abc', ROOT_TOKEN.slice(0, -1)]) {
      const { status, body } = await api.ask('GET', '/api/posts', { token })
      expect([token, status, body.type]).toEqual([
        token,
        401,
        'urn:pressroom:problem:token-refused',
      ])
    }
    expect((await api.get('/api/posts')).status).toBe(200)
    expect((await api.ask('GET', '/api/nothing', { token: null })).status).toBe(401)
    expect((await api.get('/api/nothing')).status).toBe(404)
  })

  it('lets a token do what its scopes say and nothing else', async () => {
    const { token, ...made } = await make(['read'])
    expect(token).toMatch(/^pr_k[0-9a-z]+_[\w-]{43}$/)
    await answers(token, '/api/posts', 200)
    const json = { text: 'Hello' }
    const refused = await api.ask('POST', '/api/posts', { token, json })
    expect(refused.status).toBe(403)
    expect(refused.body).toMatchObject({
      type: 'urn:pressroom:problem:scope-missing',
      scope: 'publish',
    })
    expect((await api.ask('GET', '/api/tokens', { token })).status).toBe(403)
    const { tokens } = (await api.get('/api/tokens')).body
    expect(tokens).toMatchObject([{ id: made.id, name: 'ci', scopes: ['read'], revokedAt: null }])
    expect(JSON.stringify(tokens)).not.toContain(token.split('_').slice(2).join('_'))
  })

  it('shuts a revoked token out at once', async () => {
    const { token } = await make(['read'])
    await answers(token, '/api/posts', 200)
    expect((await api.ask('DELETE', '/api/tokens/ci')).body.tokens).toHaveLength(1)
    await answers(token, '/api/posts', 401)
    const { body } = await api.ask('GET', '/api/posts', { token })
    expect(body.detail).toBe('This token was revoked.')
    expect((await api.ask('DELETE', '/api/tokens/ci')).status).toBe(404)
  })

  it('keeps a token to its rate, and lets it go on after the pause it names', async () => {
    const { token } = await make(['read'], { perSecond: 1 })
    await answers(token, '/api/accounts', 200)
    const seen = []
    for (let i = 0; i < 4; i++) seen.push(await api.ask('GET', '/api/accounts', { token }))
    const last = seen.at(-1)
    expect(last?.status).toBe(429)
    expect(last?.headers.get('retry-after')).toBe('1')
    expect((await api.get('/api/accounts')).status).toBe(200)
    api.bot.clock.advance(1_000)
    expect((await api.ask('GET', '/api/accounts', { token })).status).toBe(200)
  })

  it('slows down who guesses, and nobody else', async () => {
    const guesses = []
    for (let i = 0; i < 61; i++) {
      guesses.push((await api.ask('GET', '/api/posts', { token: `guess-${i}` })).status)
    }
    expect(guesses.filter((status) => status === 401)).toHaveLength(60)
    expect(guesses.at(-1)).toBe(429)
    expect((await api.get('/api/posts')).status).toBe(200)
  })

  it('describes itself to everybody', async () => {
    const { status, body } = await api.ask('GET', '/api/openapi.json', { token: null })
    expect(status).toBe(200)
    expect(body.openapi).toBe('3.1.0')
  })
})

/** What is refused before anything is stored is refused alike on every engine. */
describe.each(testDatabases().slice(0, 1))('requests that mean no good', ({ use }) => {
  const database = use()
  let api: ServedApi

  beforeAll(async () => {
    api = await serveApi(database())
  })
  afterAll(() => api.stop())

  const send = (body: BodyInit, headers: Record<string, string> = {}) =>
    api.ask('POST', '/api/posts', {
      body,
      headers: { 'content-type': 'application/json', ...headers },
    })

  it.each([
    ['no JSON', '{"text": ', 400],
    ['nothing', '', 400],
    ['a list', '[]', 422],
    ['null', 'null', 422],
    ['a nest', '['.repeat(100_000), 400],
    ['a closed nest', `${'['.repeat(10_000)}${']'.repeat(10_000)}`, 422],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400],
    ['a prototype', '{"text":"Hi","__proto__":{"isAdmin":true}}', 422],
    ['prototype texts', '{"text":"Hi","texts":{"__proto__":"x","constructor":"y"}}', 422],
    ['huge numbers', '{"text":1e999}', 422],
  ])('%s', async (_what, body, status) => {
    const answer = await send(body)
    expect(answer.status).toBe(status)
    expect(answer.body.status).toBe(status)
    expect(await api.bot.all()).toEqual([])
  })

  it('another kind of content', async () => {
    const answer = await send('text=Hello', {
      'content-type': 'application/x-www-form-urlencoded',
    })
    expect(answer.status).toBe(415)
  })

  it('more than a megabyte, announced or not', async () => {
    const large = `{"text":"${'a'.repeat(1_100_000)}"}`
    expect((await send(large)).status).toBe(413)
    const status = await new Promise<string>((resolve, reject) => {
      const socket = connect(api.port, '127.0.0.1', () => {
        socket.write(
          `POST /api/posts HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ROOT_TOKEN}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
        )
        const chunk = `${(100_000).toString(16)}\r\n${'a'.repeat(100_000)}\r\n`
        for (let i = 0; i < 11; i++) socket.write(chunk)
      })
      socket.once('data', (data) => {
        resolve(String(data).split('\r\n')[0] ?? '')
        socket.destroy()
      })
      socket.once('error', reject)
    })
    expect(status).toBe('HTTP/1.1 413 Payload Too Large')
  })

  it('keys that are none', async () => {
    const json = { text: 'Hello' }
    for (const key of ['', 'k'.repeat(256), 'k\u00e9']) {
      const headers = { 'idempotency-key': key }
      expect((await api.ask('POST', '/api/posts', { json, headers })).status).toBe(400)
    }
  })

  it.each([
    ['GET', '/api/posts/%E0%A4%A', 404],
    ['GET', "/api/posts/p1'%20or%201=1", 404],
    ['GET', '/api/posts/../../etc/passwd', 404],
    ['GET', `/api/posts/${'a'.repeat(5_000)}`, 404],
    ['GET', '/api/posts/%00', 404],
    ['GET', '/api/posts?limit=0', 422],
    ['GET', '/api/posts?limit=1&limit=2', 422],
    ['GET', '/api/posts?sort=up', 422],
    ['GET', "/api/posts?cursor=p';drop", 422],
    ['DELETE', '/api/posts', 405],
    ['PATCH', '/api/posts/p1', 405],
  ])('%s %s is answered with %i', async (method, path, status) => {
    const answer = await api.ask(method, path)
    expect([answer.status, answer.body.status ?? status]).toEqual([status, status])
  })
})
