import { describe, expect, it } from 'vitest'
import { MP4, PNG, start } from './support.js'

const statuses = '/api/v1/statuses'
const upload = (bytes: Uint8Array, type: string, description = 'Alt') => {
  const form = new FormData()
  form.set('file', new Blob([new Uint8Array(bytes)], { type }), 'file')
  form.set('description', description)
  return form
}
const keyed = (key: string, status: string) => ({
  body: { status },
  headers: { 'idempotency-key': key },
})

describe('mastodon sandbox', () => {
  it('publishes, lists, shows the source and deletes', async () => {
    const { call, sandbox } = await start('mastodon')
    const made = await call('POST', statuses, {
      body: { status: 'Hello & bye\nhttps://a.example' },
    })
    expect(made).toMatchObject({ status: 200, json: { visibility: 'public' } })
    expect(made.json.content).toContain('Hello &amp; bye<br /><a href="https://a.example"')
    expect((await call('GET', `${statuses}/${made.json.id}/source`)).json.text).toBe(
      'Hello & bye\nhttps://a.example',
    )
    const me = (await call('GET', '/api/v1/accounts/verify_credentials')).json
    const list = await call(
      'GET',
      `/api/v1/accounts/${me.id}/statuses?exclude_reblogs=true&limit=40`,
    )
    expect(list.json.map(({ id }: { id: string }) => id)).toEqual([made.json.id])
    expect((await call('GET', made.json.url, { token: null })).text).toContain('Hello &amp; bye')
    expect((await call('DELETE', `${statuses}/${made.json.id}`)).status).toBe(200)
    expect(sandbox.live('mastodon')).toEqual([])
  })

  it('answers the same key with the same status for an hour, whatever the body', async () => {
    let now = Date.UTC(2026, 8, 1)
    const { call, sandbox } = await start('mastodon', { clock: () => now })
    const first = await call('POST', statuses, keyed('k1', 'Hello'))
    const again = await call('POST', statuses, keyed('k1', 'Something else'))
    expect(again.json.id).toBe(first.json.id)
    expect(sandbox.live('mastodon')).toHaveLength(1)
    sandbox.remove('mastodon', first.json.id)
    expect((await call('POST', statuses, keyed('k1', 'Hello'))).status).toBe(404)
    now += 3_600_000
    expect((await call('POST', statuses, keyed('k1', 'Hello'))).status).toBe(200)
  })

  it('can be a server that ignores the key, and says what it is', async () => {
    const { call, sandbox } = await start('mastodon', { honourIdempotencyKey: false })
    await call('POST', statuses, keyed('k1', 'Hello'))
    await call('POST', statuses, keyed('k1', 'Hello'))
    expect(sandbox.live('mastodon')).toHaveLength(2)
    const { json } = await call('GET', '/api/v1/instance', { token: null })
    expect(json.version).toContain('compatible')
  })

  it('attaches pictures at once and videos when they are processed', async () => {
    const { call, sandbox } = await start('mastodon')
    const image = await call('POST', '/api/v2/media', { body: upload(PNG, 'image/png') })
    expect(image).toMatchObject({ status: 200, json: { type: 'image', url: expect.any(String) } })
    const video = await call('POST', '/api/v2/media', { body: upload(MP4, 'video/mp4') })
    expect(video).toMatchObject({ status: 202, json: { url: null } })
    const attach = (...ids: string[]) =>
      call('POST', statuses, { body: { status: 'x', media_ids: ids } })
    expect((await attach(video.json.id)).status).toBe(422)
    expect((await call('GET', `/api/v1/media/${video.json.id}`)).status).toBe(206)
    expect((await call('GET', `/api/v1/media/${video.json.id}`)).status).toBe(200)
    expect((await attach(image.json.id, video.json.id)).status).toBe(422)
    expect((await attach(video.json.id)).status).toBe(200)
    expect(sandbox.live('mastodon')[0]?.media).toMatchObject([{ kind: 'video', alt: 'Alt' }])
  })

  it('counts links as 23 and mentions without their server', async () => {
    const { call } = await start('mastodon')
    const link = `https://a.example/${'x'.repeat(300)}`
    const say = (status: string) => call('POST', statuses, { body: { status } })
    expect((await say(`${'x'.repeat(476)} ${link}`)).status).toBe(200)
    expect((await say(`${'x'.repeat(477)} ${link}`)).status).toBe(422)
    expect((await say(`${'x'.repeat(494)} @acme@social.example`)).status).toBe(200)
  })

  it.each([
    ['a wrong token', { token: 'wrong', body: { status: 'x' } }, 401],
    ['a blank status', { body: { status: ' ' } }, 422],
    ['an unknown visibility', { body: { status: 'x', visibility: 'friends' } }, 422],
    ['unknown media', { body: { status: 'x', media_ids: ['1'] } }, 422],
    ['a schedule too near', { body: { status: 'x', scheduled_at: '2020-01-01T00:00:00Z' } }, 422],
  ])('refuses %s', async (_name, options, status) => {
    const { call, sandbox } = await start('mastodon')
    const answer = await call('POST', statuses, options)
    expect(answer).toMatchObject({ status, json: { error: expect.any(String) } })
    expect(sandbox.live('mastodon')).toEqual([])
  })

  it('names its limits, its rate, and its reset as a time', async () => {
    const { call, sandbox } = await start('mastodon')
    const { json } = await call('GET', '/api/v2/instance', { token: null })
    expect(json.configuration.statuses).toMatchObject({ max_characters: 500 })
    sandbox.addFault('mastodon', { on: 'mutation', when: 'before', kind: 'rate_limit', times: 1 })
    const refused = await call('POST', statuses, { body: { status: 'x' } })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('x-ratelimit-reset')).toMatch(/^\d{4}-\d\d-\d\dT/)
    const fine = await call('POST', statuses, { body: { status: 'x' } })
    expect(fine.headers.get('x-ratelimit-remaining')).toBe('299')
  })

  it('can store a status, answer 503, and then answer the key', async () => {
    const { call, sandbox } = await start('mastodon')
    sandbox.addFault('mastodon', {
      on: 'mutation',
      when: 'after',
      kind: 'status',
      status: 503,
      times: 1,
    })
    const spoiled = await call('POST', statuses, keyed('k', 'Hello'))
    expect(spoiled).toMatchObject({ status: 503, json: { error: expect.any(String) } })
    const again = await call('POST', statuses, keyed('k', 'Hello'))
    expect(sandbox.live('mastodon').map(({ id }) => id)).toEqual([again.json.id])
  })
})
