import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createSandbox } from '../../../src/sandbox/platforms/index.js'
import { PNG, start } from './support.js'

const folder = join(import.meta.dirname, '../../../src/sandbox/platforms')
const say = (text: string) => ({ body: { status: text } })

describe('the sandbox', () => {
  it('can be mounted under a prefix of another server, with links that open', async () => {
    const sandbox = createSandbox()
    const server = createServer(async (req, res) => {
      const path = (req.url ?? '').replace('/platforms', '')
      if (!(await sandbox.handle(req, res, path))) res.writeHead(404).end('elsewhere')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/platforms`
    const form = new FormData()
    form.set('source', new Blob([PNG]), 'a.png')
    form.set('caption', 'Mounted <here>')
    const made = await fetch(`${sandbox.apiUrl(base, 'facebook')}/v26.0/1029/photos`, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox-facebook-token' },
      body: form,
    })
    expect(made.status).toBe(200)
    const { permalink } = sandbox.live('facebook')[0] ?? { permalink: '' }
    expect(permalink).toContain(`${base}/facebook/1029_`)
    const page = await fetch(permalink)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const html = await page.text()
    expect(html).toContain('Mounted &lt;here&gt;')
    const picture = await fetch(/src="([^"]+)"/.exec(html)?.[1] ?? '')
    expect(picture.headers.get('content-type')).toBe('image/png')
    expect(Buffer.from(await picture.arrayBuffer()).equals(PNG)).toBe(true)
    expect(await (await fetch(`${base}/nowhere`)).text()).toBe('elsewhere')
    server.close()
    server.closeAllConnections()
  })

  it('shows that a removed post is gone', async () => {
    const { call, sandbox } = await start('mastodon')
    const { json } = await call('POST', '/api/v1/statuses', say('Hello'))
    expect(sandbox.page('mastodon', json.id)).toContain('Hello')
    expect(sandbox.remove('mastodon', json.id)).toBe(true)
    expect(sandbox.remove('mastodon', json.id)).toBe(false)
    expect((await fetch(json.url)).status).toBe(404)
    expect(sandbox.page('mastodon', json.id)).toBeUndefined()
  })

  it('hides new posts from lists for as long as the lag says', async () => {
    let now = Date.UTC(2026, 8, 1)
    const { call, sandbox } = await start('x', { listLagMs: 1000, clock: () => now })
    await call('POST', '/2/tweets', { body: { text: 'Hello' } })
    const list = async () =>
      (await call('GET', '/2/users/2244994945/tweets')).json.meta.result_count
    expect(await list()).toBe(0)
    expect(sandbox.live('x')).toHaveLength(1)
    now += 1000
    expect(await list()).toBe(1)
  })

  it('keeps accounts apart', async () => {
    const account = (name: string) => ({ id: name, name, username: name, token: `token-${name}` })
    const { call, sandbox } = await start('mastodon', {
      accounts: { mastodon: [account('one'), account('two')] },
    })
    for (const name of ['one', 'two']) {
      await call('POST', '/api/v1/statuses', { ...say(name), token: `token-${name}` })
    }
    expect(sandbox.live('mastodon', 'two')).toMatchObject([{ account: 'two', text: 'two' }])
    sandbox.revoke('mastodon', 'two')
    const post = (name: string) =>
      call('POST', '/api/v1/statuses', { ...say('again'), token: `token-${name}` })
    expect((await post('two')).status).toBe(401)
    expect((await post('one')).status).toBe(200)
    sandbox.restore('mastodon', 'two')
    expect((await post('two')).status).toBe(200)
  })

  it('forgets everything on reset', async () => {
    const { call, sandbox } = await start('mastodon')
    await call('POST', '/api/v1/statuses', say('Hello'))
    sandbox.addFault('mastodon', { on: 'any', when: 'before', kind: 'status', times: 'always' })
    sandbox.revoke('mastodon', '110000000000000001')
    sandbox.reset()
    expect([sandbox.live(), sandbox.requests()]).toEqual([[], []])
    expect((await call('POST', '/api/v1/statuses', say('Hello'))).status).toBe(200)
  })

  it('outlives a client that leaves in the middle of its upload', async () => {
    const { url, sandbox } = await start('mastodon')
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    const head =
      'POST /mastodon/api/v1/statuses HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n{"sta'
    socket.write(head, () => socket.destroy())
    await once(socket, 'close')
    expect((await fetch(`${url}/api/v1/instance`)).status).toBe(200)
    expect(sandbox.live()).toEqual([])
  })

  it('answers 404 for platforms it does not know', async () => {
    const { url, call } = await start('mastodon')
    expect((await call('GET', `${new URL(url).origin}/myspace/x`)).status).toBe(404)
  })

  it('depends on nothing outside its folder but zod and image-size', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const source = readFileSync(join(folder, file), 'utf8')
      const imports = [...source.matchAll(/from '([^']+)'/g)].map(([, name]) => name ?? '')
      const outside = imports.filter((name) =>
        name.startsWith('.')
          ? !join(folder, file, '..', name).startsWith(folder)
          : !/^(node:|zod$|image-size$)/.test(name),
      )
      expect(outside, file).toEqual([])
    }
  })
})

describe('the control surface', () => {
  const setUp = async () => {
    const { sandbox, url, call } = await start('mastodon')
    const origin = new URL(url).origin
    const control = (method: string, path: string, body?: object) =>
      call(method, `${origin}/_sandbox/${path}`, { token: null, ...(body ? { body } : {}) })
    const post = () => call('POST', '/api/v1/statuses', say('Hello'))
    return { sandbox, control, post }
  }

  it('shows posts and requests, and removes a post', async () => {
    const { control, post } = await setUp()
    const { id } = (await post()).json
    expect((await control('GET', 'live?platform=mastodon')).json).toMatchObject([{ id }])
    expect((await control('GET', 'live?platform=x')).json).toEqual([])
    expect((await control('GET', 'requests')).json).toMatchObject([
      { kind: 'mutation', status: 200 },
    ])
    const removed = await control('POST', 'remove', { platform: 'mastodon', id })
    expect(removed.json).toEqual({ ok: true, removed: true })
    expect((await control('GET', 'live')).json).toEqual([])
  })

  it('sets and clears faults, storms and revocations', async () => {
    const { control, post } = await setUp()
    const fault = { on: 'mutation', when: 'before', kind: 'status', status: 503, times: 'always' }
    await control('POST', 'faults', { platform: 'mastodon', ...fault })
    expect((await post()).status).toBe(503)
    await control('DELETE', 'faults?platform=mastodon')
    expect((await post()).status).toBe(200)
    await control('POST', 'storm', { seed: 1, rates: { 'before:html_error': 1 } })
    expect((await post()).status).toBe(502)
    await control('DELETE', 'storm')
    const account = { platform: 'mastodon', account: '110000000000000001' }
    await control('POST', 'revoke', account)
    expect((await post()).status).toBe(401)
    await control('POST', 'restore', account)
    expect((await post()).status).toBe(200)
    await control('POST', 'reset')
    expect((await control('GET', 'live')).json).toEqual([])
  })

  it.each([
    ['faults', { platform: 'mastodon', on: 'mutation', when: 'before', kind: 'meteor', times: 1 }],
    ['faults', { platform: 'myspace', on: 'mutation', when: 'before', kind: 'reset', times: 1 }],
    ['storm', { seed: 1, rates: { 'during:reset': 1 } }],
    ['storm', { seed: 1, rates: { 'before:reset': 2 } }],
    ['remove', { platform: 'mastodon' }],
  ])('refuses a wrong body for %s', async (path, body) => {
    const { control } = await setUp()
    const refused = await control('POST', path, body)
    expect(refused).toMatchObject({ status: 400, json: { ok: false, error: expect.any(String) } })
    expect((await control('PUT', path, body)).status).toBe(404)
  })
})
