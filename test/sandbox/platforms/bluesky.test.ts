import { describe, expect, it } from 'vitest'
import type { SandboxOptions } from '../../../src/sandbox/platforms/index.js'
import { PNG, start } from './support.js'

const did = 'did:plc:sandboxacme2345672345672'
const collection = 'app.bsky.feed.post'
const rkey = '3mabcdefghijk'
const post = (text: string, more: object = {}) => ({
  $type: collection,
  text,
  createdAt: '2026-09-01T10:00:00.000Z',
  ...more,
})

const setUp = async (options: SandboxOptions = {}) => {
  const client = await start('bluesky', options)
  const login = (password = 'sandbox-bluesky-token') =>
    client.call('POST', '/xrpc/com.atproto.server.createSession', {
      token: null,
      body: { identifier: 'acme.example', password },
    })
  const session = (await login()).json
  const call = (method: string, path: string, more: object = {}) =>
    client.call(method, `/xrpc/${path}`, { token: session.accessJwt, ...more })
  const put = (record: object, more: object = { swapRecord: null }) =>
    call('POST', 'com.atproto.repo.putRecord', {
      body: { repo: did, collection, rkey, record, ...more },
    })
  return { ...client, session, login, call, put }
}

describe('bluesky sandbox', () => {
  it('names itself as the server to use and accepts a post', async () => {
    const { sandbox, session, put, call, url } = await setUp()
    expect(session.didDoc.service[0].serviceEndpoint).toBe(url)
    const made = await put(post('Hello'))
    const uri = `at://${did}/${collection}/${rkey}`
    expect(made.json).toMatchObject({ uri, commit: { rev: expect.any(String) } })
    expect(sandbox.live('bluesky')).toMatchObject([{ id: uri, account: did, text: 'Hello' }])
    const read = await call(
      'GET',
      `com.atproto.repo.getRecord?repo=${did}&collection=${collection}&rkey=${rkey}`,
    )
    expect(read.json).toMatchObject({ uri, cid: made.json.cid, value: { text: 'Hello' } })
    const page = await fetch(`${url}/profile/acme.example/post/${rkey}`)
    expect(await page.text()).toContain('Hello')
  })

  it('makes one post of identical puts and refuses a different one', async () => {
    const { sandbox, put } = await setUp()
    const first = await put(post('Hello'))
    const again = await put(post('Hello'))
    expect(again).toMatchObject({ status: 200, json: { uri: first.json.uri, cid: first.json.cid } })
    expect(again.json.commit).toBeUndefined()
    expect(await put(post('Other'))).toMatchObject({ status: 400, json: { error: 'InvalidSwap' } })
    expect(sandbox.live('bluesky')).toMatchObject([{ text: 'Hello' }])
    expect((await put(post('Edited'), { swapRecord: first.json.cid })).status).toBe(200)
    expect(sandbox.live('bluesky')).toMatchObject([{ text: 'Edited' }])
  })

  it('hides behind a 500 when createRecord meets a used key', async () => {
    const { call, sandbox } = await setUp()
    const body = { repo: did, collection, rkey, record: post('Hello') }
    const create = () => call('POST', 'com.atproto.repo.createRecord', { body })
    expect((await create()).status).toBe(200)
    expect(await create()).toMatchObject({ status: 500, json: { error: 'InternalServerError' } })
    expect(sandbox.live('bluesky')).toHaveLength(1)
  })

  it('answers 400 RecordNotFound for a key that is not there, also after a deletion', async () => {
    const { call, put } = await setUp()
    const read = () =>
      call(
        'GET',
        `com.atproto.repo.getRecord?repo=acme.example&collection=${collection}&rkey=${rkey}`,
      )
    expect(await read()).toMatchObject({ status: 400, json: { error: 'RecordNotFound' } })
    await put(post('Hello'))
    const remove = () =>
      call('POST', 'com.atproto.repo.deleteRecord', { body: { repo: did, collection, rkey } })
    expect((await remove()).status).toBe(200)
    expect((await remove()).status).toBe(200)
    expect((await read()).json.error).toBe('RecordNotFound')
  })

  it('embeds uploaded pictures only', async () => {
    const { call, put, sandbox } = await setUp()
    const { blob } = (
      await call('POST', 'com.atproto.repo.uploadBlob', {
        body: new Uint8Array(PNG),
        headers: { 'content-type': 'image/png' },
      })
    ).json
    const embed = (image: object) => ({
      embed: { $type: 'app.bsky.embed.images', images: [{ image, alt: 'Dot' }] },
    })
    const unknown = { ...blob, ref: { $link: blob.ref.$link.replace(/....$/, 'aaaa') } }
    expect((await put(post('x', embed(unknown)))).json.error).toBe('BlobNotFound')
    expect((await put(post('x', embed(blob)))).status).toBe(200)
    expect(sandbox.live('bluesky')[0]?.media).toMatchObject([{ alt: 'Dot', bytes: PNG.length }])
    const list = await call(
      'GET',
      `com.atproto.repo.listRecords?repo=${did}&collection=${collection}`,
    )
    expect(list.json.records).toMatchObject([{ value: { text: 'x' } }])
  })

  it.each([
    ['301 graphemes', post('x'.repeat(301)), 'InvalidRequest'],
    ['3001 bytes', post('👩‍👩‍👧‍👦'.repeat(121)), 'InvalidRequest'],
    [
      'a creation time without a zone',
      post('x', { createdAt: '2026-09-01T10:00:00' }),
      'InvalidRequest',
    ],
    [
      'a facet that cuts a character',
      post('é', {
        facets: [
          {
            index: { byteStart: 0, byteEnd: 1 },
            features: [{ $type: 'app.bsky.richtext.facet#tag', tag: 'e' }],
          },
        ],
      }),
      'InvalidRequest',
    ],
    ['an unknown field', post('x', { txt: 'y' }), 'InvalidRequest'],
  ])('refuses %s', async (_name, record, error) => {
    const { put, sandbox } = await setUp()
    expect(await put(record)).toMatchObject({ status: 400, json: { error } })
    expect(sandbox.live('bluesky')).toEqual([])
  })

  it('refuses bad keys, foreign repos and unknown methods', async () => {
    const { put, call } = await setUp()
    expect((await put(post('x'), { rkey: 'my-post' })).status).toBe(400)
    expect((await put(post('x'), { repo: 'did:plc:other' })).status).toBe(401)
    expect((await call('GET', 'app.bsky.feed.getTimeline')).status).toBe(501)
    expect((await call('POST', 'com.atproto.repo.putRecord', { token: 'wrong' })).json.error).toBe(
      'InvalidToken',
    )
  })

  it('expires access tokens with a 400 and rotates refresh tokens', async () => {
    let now = Date.UTC(2026, 8, 1)
    const { call, session, put } = await setUp({ clock: () => now })
    now += 7_200_000
    expect(await put(post('x'))).toMatchObject({ status: 400, json: { error: 'ExpiredToken' } })
    const refresh = () =>
      call('POST', 'com.atproto.server.refreshSession', { token: session.refreshJwt })
    const fresh = await refresh()
    expect(fresh.json.accessJwt).not.toBe(session.accessJwt)
    expect((await refresh()).json.error).toBe('ExpiredToken')
  })

  it('refuses the 31st login in five minutes and a revoked password', async () => {
    const { login, sandbox } = await setUp()
    expect((await login('wrong')).status).toBe(401)
    sandbox.revoke('bluesky', did)
    expect((await login()).status).toBe(401)
    for (let count = 4; count <= 30; count += 1) await login()
    const refused = await login()
    expect(refused).toMatchObject({ status: 429, json: { error: 'RateLimitExceeded' } })
    expect(Number(refused.headers.get('ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000)
  })

  it('can accept a record and answer without its address', async () => {
    const { put, sandbox } = await setUp()
    sandbox.addFault('bluesky', {
      on: 'mutation',
      when: 'after',
      kind: 'no_id',
      times: 1,
      account: did,
    })
    expect(await put(post('Hello'))).toMatchObject({ status: 200, json: {} })
    expect(sandbox.live('bluesky')).toHaveLength(1)
  })
})
