import { describe, expect, it } from 'vitest'
import { MP4, PNG, start } from './support.js'

const author = 'urn:li:organization:77'
const headers = { 'linkedin-version': '202609', 'x-restli-protocol-version': '2.0.0' }
const draft = (commentary: string, more: object = {}) => ({
  author,
  commentary,
  visibility: 'PUBLIC',
  distribution: {
    feedDistribution: 'MAIN_FEED',
    targetEntities: [],
    thirdPartyDistributionChannels: [],
  },
  lifecycleState: 'PUBLISHED',
  isReshareDisabledByAuthor: false,
  ...more,
})
const setUp = async (options = {}) => {
  const client = await start('linkedin', options)
  const rest = (method: string, path: string, more: object = {}) =>
    client.call(method, `/rest/${path}`, { headers, ...more })
  const post = (body: object, more: object = {}) => rest('POST', 'posts', { body, ...more })
  return { ...client, rest, post }
}

describe('linkedin sandbox', () => {
  it('answers 201 with an empty body and the urn in a header', async () => {
    const { post, rest, sandbox, url } = await setUp()
    const made = await post(
      draft('1 \\< 2 \\(really\\) #news from @[Acme](urn:li:organization:77)'),
    )
    expect(made).toMatchObject({ status: 201, text: '' })
    const urn = made.headers.get('x-restli-id') ?? ''
    expect(urn).toMatch(/^urn:li:share:\d+$/)
    expect(sandbox.live('linkedin')).toMatchObject([
      { id: urn, account: author, text: '1 < 2 (really) #news from Acme' },
    ])
    const list = await rest('GET', `posts?q=author&author=${encodeURIComponent(author)}&count=10`)
    expect(list.json.elements).toMatchObject([{ id: urn, lifecycleState: 'PUBLISHED' }])
    expect(await (await fetch(`${url}/feed/update/${urn}/`)).text()).toContain('1 &lt; 2')
    expect((await rest('DELETE', `posts/${encodeURIComponent(urn)}`)).status).toBe(204)
    expect((await rest('DELETE', `posts/${encodeURIComponent(urn)}`)).status).toBe(204)
    expect(sandbox.live('linkedin')).toEqual([])
  })

  it('cuts the text at a reserved character that is not escaped', async () => {
    const { post, sandbox } = await setUp()
    await post(draft('Before (after)'))
    expect(sandbox.live('linkedin')[0]?.text).toBe('Before ')
  })

  it('refuses an exact duplicate for ten minutes and names the post', async () => {
    let now = Date.UTC(2026, 8, 1)
    const { post } = await setUp({ clock: () => now })
    const urn = (await post(draft('Same'))).headers.get('x-restli-id')
    const again = await post(draft('Same'))
    expect(again.status).toBe(422)
    expect(again.json.message).toBe(`Content is a duplicate of ${urn}`)
    expect((await post(draft('Same', { visibility: 'CONNECTIONS' }))).status).toBe(201)
    now += 600_000
    expect((await post(draft('Same'))).status).toBe(201)
  })

  it('takes pictures and videos through an upload', async () => {
    const { post, rest, sandbox } = await setUp()
    const body = { initializeUploadRequest: { owner: author } }
    const { image, uploadUrl } = (await rest('POST', 'images?action=initializeUpload', { body }))
      .json.value
    const use = (id: string) => draft('Look', { content: { media: { id, altText: 'Dot' } } })
    expect((await post(use(image))).status).toBe(400)
    const put = (url: string, bytes: Uint8Array) =>
      fetch(url, { method: 'PUT', body: new Uint8Array(bytes) })
    expect((await put(uploadUrl, PNG)).status).toBe(201)
    expect((await post(use(image))).status).toBe(201)
    expect(sandbox.live('linkedin')[0]?.media).toMatchObject([{ kind: 'image', alt: 'Dot' }])

    const start = { initializeUploadRequest: { owner: author, fileSizeBytes: MP4.length } }
    const { video, uploadInstructions, uploadToken } = (
      await rest('POST', 'videos?action=initializeUpload', { body: start })
    ).json.value
    const part = await put(uploadInstructions[0].uploadUrl, MP4)
    const uploadedPartIds = [part.headers.get('etag')]
    const finish = { finalizeUploadRequest: { video, uploadToken, uploadedPartIds } }
    expect((await rest('POST', 'videos?action=finalizeUpload', { body: finish })).status).toBe(200)
    const made = await post(draft('Video', { content: { media: { id: video } } }))
    expect(made.headers.get('x-restli-id')).toMatch(/^urn:li:ugcPost:/)
  })

  it('lets members post but not read', async () => {
    const { post, rest, call } = await setUp()
    const token = 'sandbox-linkedin-member-token'
    const { sub } = (await call('GET', '/v2/userinfo', { token })).json
    const member = `urn:li:person:${sub}`
    expect((await post(draft('Hi', { author: member }), { token })).status).toBe(201)
    expect((await post(draft('Hi'), { token })).status).toBe(403)
    const list = await rest('GET', `posts?q=author&author=${encodeURIComponent(member)}`, { token })
    expect(list).toMatchObject({ status: 403, json: { code: 'ACCESS_DENIED' } })
  })

  it.each([
    ['a wrong token', draft('x'), { token: 'wrong' }, 401, 'INVALID_ACCESS_TOKEN'],
    ['no version', draft('x'), { headers: {} }, 400, 'VERSION_MISSING'],
    [
      'a retired version',
      draft('x'),
      { headers: { ...headers, 'linkedin-version': '202401' } },
      426,
      'NONEXISTENT_VERSION',
    ],
    [
      'a missing protocol version',
      draft('x'),
      { headers: { 'linkedin-version': '202609' } },
      400,
      'INVALID_REQUEST',
    ],
    ['a long text', draft('x'.repeat(3001)), {}, 400, 'FIELD_LENGTH_TOO_LONG'],
    ['an unknown field', draft('x', { text: 'y' }), {}, 422, 'UNPROCESSABLE_ENTITY'],
    ['a draft', draft('x', { lifecycleState: 'DRAFT' }), {}, 400, 'INVALID_VALUE_FOR_FIELD'],
  ])('refuses %s', async (_name, body, more, status, code) => {
    const { post, sandbox } = await setUp()
    expect(await post(body, more)).toMatchObject({ status, json: { status, code } })
    expect(sandbox.live('linkedin')).toEqual([])
  })

  it('says whether a token is active', async () => {
    const { call } = await setUp()
    const ask = async (token: string) =>
      (
        await call('POST', '/oauth/v2/introspectToken', {
          token: null,
          body: new URLSearchParams({ token, client_id: 'a', client_secret: 'b' }),
        })
      ).json.active
    expect(await ask('sandbox-linkedin-token')).toBe(true)
    expect(await ask('wrong')).toBe(false)
  })

  it('can publish and answer without the urn, after which the duplicate names it', async () => {
    const { post, sandbox } = await setUp()
    sandbox.addFault('linkedin', {
      on: 'mutation',
      when: 'after',
      kind: 'no_id',
      times: 1,
      account: author,
    })
    const spoiled = await post(draft('Hello'))
    expect(spoiled.status).toBe(201)
    expect(spoiled.headers.get('x-restli-id')).toBeNull()
    expect((await post(draft('Hello'))).json.message).toContain(sandbox.live('linkedin')[0]?.id)
  })
})
