import { describe, expect, it } from 'vitest'
import { MP4, PNG, start } from './support.js'

const feed = '/v26.0/1029/feed'

describe('facebook sandbox', () => {
  it('publishes, lists, reads and deletes a post', async () => {
    const { call, sandbox } = await start('facebook')
    const made = await call('POST', feed, { body: { message: 'Hello' } })
    expect(made).toMatchObject({ status: 200, json: { id: expect.stringMatching(/^1029_\d+$/) } })
    const [post] = sandbox.live('facebook')
    expect(post).toMatchObject({ id: made.json.id, account: '1029', text: 'Hello', media: [] })

    const fields =
      'id,message,created_time,permalink_url,is_published,application,attachments{target}'
    const list = await call('GET', `/v26.0/1029/published_posts?fields=${fields}&limit=100`)
    expect(list.json.data).toMatchObject([
      { id: made.json.id, message: 'Hello', is_published: true },
    ])
    const page = await call('GET', list.json.data[0].permalink_url, { token: null })
    expect(page.text).toContain('Hello')

    expect((await call('DELETE', `/v26.0/${made.json.id}`)).json).toEqual({ success: true })
    expect(sandbox.live('facebook')).toEqual([])
    const gone = await call('GET', `/v26.0/${made.json.id}`)
    expect(gone).toMatchObject({ status: 400, json: { error: { code: 100, error_subcode: 33 } } })
  })

  it('takes form bodies and the token as a parameter', async () => {
    const { call, sandbox } = await start('facebook')
    const body = new URLSearchParams({
      message: 'As a form',
      access_token: 'sandbox-facebook-token',
    })
    expect((await call('POST', feed, { body, token: null })).status).toBe(200)
    expect(sandbox.live('facebook')[0]?.text).toBe('As a form')
  })

  it('keeps unpublished photos to itself until a post attaches them', async () => {
    const { call, sandbox } = await start('facebook')
    const form = new FormData()
    form.set('source', new Blob([PNG], { type: 'image/png' }), 'a.png')
    form.set('published', 'false')
    form.set('alt_text_custom', 'A dot')
    const photo = await call('POST', '/v26.0/1029/photos', { body: form })
    expect(photo.json).toEqual({ id: expect.any(String) })
    expect(sandbox.live('facebook')).toEqual([])

    const body = { message: 'Look', attached_media: [{ media_fbid: photo.json.id }] }
    expect((await call('POST', feed, { body })).status).toBe(200)
    expect(sandbox.live('facebook')[0]?.media).toMatchObject([
      { kind: 'image', alt: 'A dot', bytes: PNG.length },
    ])
    expect(sandbox.requests('facebook').map(({ kind }) => kind)).toEqual(['prepare', 'mutation'])

    const again = await call('POST', feed, { body: { ...body, message: 'Look again' } })
    expect(again.json.error.error_subcode).toBe(1366051)
  })

  it('shows a video only after it was processed', async () => {
    const { call, sandbox } = await start('facebook')
    const form = new FormData()
    form.set('source', new Blob([MP4], { type: 'video/mp4' }), 'a.mp4')
    form.set('description', 'Moving')
    const video = await call('POST', '/v26.0/1029/videos', { body: form })
    const status = () => call('GET', `/v26.0/${video.json.id}?fields=status,post_id`)
    expect((await status()).json.status.video_status).toBe('processing')
    expect(sandbox.live('facebook')).toEqual([])
    expect((await status()).json.status).toMatchObject({
      video_status: 'ready',
      publishing_phase: { status: 'complete' },
    })
    expect(sandbox.live('facebook')[0]?.text).toBe('Moving')
  })

  it('refuses a message that repeats the one before it', async () => {
    const { call } = await start('facebook')
    const say = (message: string) => call('POST', feed, { body: { message } })
    await say('Same')
    expect((await say('Same')).json.error.code).toBe(506)
    expect((await say('Other')).status).toBe(200)
    expect((await say('Same')).status).toBe(200)
  })

  it('allows the repetition when the check is off', async () => {
    const { call, sandbox } = await start('facebook', { duplicateCheck: false })
    await call('POST', feed, { body: { message: 'Same' } })
    await call('POST', feed, { body: { message: 'Same' } })
    expect(sandbox.live('facebook')).toHaveLength(2)
  })

  it.each([
    ['a wrong token', feed, { token: 'wrong', body: { message: 'x' } }, 190],
    ['a foreign page', '/v26.0/555/feed', { body: { message: 'x' } }, 100],
    ['a version that is not served', '/v20.0/1029/feed', { body: { message: 'x' } }, 2500],
    ['an unknown edge', '/v26.0/1029/nonsense', { body: { message: 'x' } }, 2500],
    ['an empty post', feed, { body: {} }, 100],
    ['an unknown parameter', feed, { body: { message: 'x', mesage: 'y' } }, 100],
    ['a text beyond the limit', feed, { body: { message: 'x'.repeat(63_207) } }, 100],
  ])('refuses %s', async (_name, path, options, code) => {
    const { call, sandbox } = await start('facebook')
    const { json } = await call('POST', path, options)
    expect(json.error).toMatchObject({ type: 'OAuthException', code, message: expect.any(String) })
    expect(sandbox.live()).toEqual([])
  })

  it('refuses an unknown field and a list that is too long', async () => {
    const { call } = await start('facebook')
    for (const query of ['fields=nonsense', 'limit=101']) {
      await call('POST', feed, { body: { message: query } })
      const { json } = await call('GET', `${feed}?${query}`)
      expect(json.error.code).toBe(100)
    }
  })

  it('reports a revoked token in debug_token and refuses it', async () => {
    const { call, sandbox } = await start('facebook')
    const check = () => call('GET', '/v26.0/debug_token?input_token=sandbox-facebook-token')
    expect((await check()).json.data.is_valid).toBe(true)
    sandbox.revoke('facebook', '1029')
    expect((await call('GET', '/v26.0/me')).json.error.code).toBe(190)
    sandbox.restore('facebook', '1029')
    expect((await call('GET', '/v26.0/me?fields=id,name')).json).toEqual({
      id: '1029',
      name: 'Acme',
    })
  })

  it('can store the post and answer 500 with code 2', async () => {
    const { call, sandbox } = await start('facebook')
    const fault = { on: 'mutation', kind: 'meta_code', code: 2, times: 1 } as const
    sandbox.addFault('facebook', { ...fault, when: 'after' })
    const spoiled = await call('POST', feed, { body: { message: 'Stored' } })
    expect(spoiled).toMatchObject({ status: 500, json: { error: { code: 2, is_transient: true } } })
    expect(sandbox.live('facebook')).toHaveLength(1)

    sandbox.addFault('facebook', { ...fault, when: 'before' })
    expect((await call('POST', feed, { body: { message: 'Not stored' } })).status).toBe(500)
    expect(sandbox.live('facebook')).toHaveLength(1)
  })

  it('names its throttle with the usage headers', async () => {
    const { call, sandbox } = await start('facebook')
    sandbox.addFault('facebook', {
      on: 'any',
      when: 'before',
      kind: 'rate_limit',
      retryAfterS: 120,
      times: 1,
    })
    const waitOf = (headers: Headers) =>
      JSON.parse(headers.get('x-business-use-case-usage') ?? '')['1029'][0]
        .estimated_time_to_regain_access
    const { json, headers } = await call('POST', feed, { body: { message: 'x' } })
    expect(json.error).toMatchObject({ code: 80001, is_transient: true })
    expect(waitOf(headers)).toBe(2)

    const code = { kind: 'meta_code', code: 4, on: 'any', when: 'before', times: 1 } as const
    sandbox.addFault('facebook', { ...code, transient: true, retryAfterS: 600 })
    const transient = await call('POST', feed, { body: { message: 'x' } })
    expect(transient.json.error).toMatchObject({ code: 4, is_transient: true })
    expect(waitOf(transient.headers)).toBe(10)
    sandbox.addFault('facebook', code)
    const plain = await call('POST', feed, { body: { message: 'x' } })
    expect(plain.json.error).toMatchObject({ code: 4, is_transient: false })
    expect(plain.headers.has('x-business-use-case-usage')).toBe(false)
  })
})
