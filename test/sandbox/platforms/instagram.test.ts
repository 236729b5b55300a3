import { describe, expect, it } from 'vitest'
import type { SandboxOptions } from '../../../src/sandbox/platforms/index.js'
import { JPEG, PNG, start } from './support.js'

const media = '/v26.0/1784/media'
const files: Record<string, Uint8Array> = {
  'https://cdn.example/a.jpg': JPEG,
  'https://cdn.example/b.jpg': JPEG,
  'https://cdn.example/a.png': PNG,
  'https://cdn.example/a.html': Buffer.from('<html></html>'),
}
const fetchMedia = async (url: string) => {
  const file = files[url]
  if (!file) throw new Error('not found')
  return file
}
const image = (name = 'a.jpg') => ({ image_url: `https://cdn.example/${name}` })
const setUp = async (options: SandboxOptions = {}) => {
  const client = await start('instagram', { fetchMedia, ...options })
  const create = async (body: object) => (await client.call('POST', media, { body })).json.id
  const status = async (id: string) =>
    (await client.call('GET', `/v26.0/${id}?fields=status_code,status`)).json.status_code
  const publish = (id: string) =>
    client.call('POST', '/v26.0/1784/media_publish', { body: { creation_id: id } })
  const ready = async (body: object) => {
    const id = await create(body)
    while ((await status(id)) === 'IN_PROGRESS');
    return id
  }
  return { ...client, create, status, publish, ready }
}

describe('instagram sandbox', () => {
  it('publishes a container once it has finished', async () => {
    const { call, sandbox, create, status, publish } = await setUp()
    const id = await create({ ...image(), caption: 'Hello', alt_text: 'Red' })
    expect((await publish(id)).json.error).toMatchObject({ code: 9007, error_subcode: 2207027 })
    expect(await status(id)).toBe('IN_PROGRESS')
    expect(await status(id)).toBe('FINISHED')
    const made = await publish(id)
    expect(made.json).toEqual({ id: expect.any(String) })
    expect(await status(id)).toBe('PUBLISHED')
    expect(sandbox.live('instagram')).toMatchObject([
      { id: made.json.id, text: 'Hello', media: [{ alt: 'Red', bytes: JPEG.length }] },
    ])

    const list = await call('GET', `${media}?fields=id,caption,permalink,timestamp&since=0`)
    expect(list.json.data).toMatchObject([{ id: made.json.id, caption: 'Hello' }])
    const page = await call('GET', list.json.data[0].permalink, { token: null })
    expect(page.text).toContain('Hello')
    expect(page.text).toContain('/instagram/_media/')
  })

  it('publishes a carousel but not its parts', async () => {
    const { sandbox, create, publish, ready, call } = await setUp()
    const parts = [
      await create({ ...image('a.jpg'), is_carousel_item: true }),
      await create({ ...image('b.jpg'), is_carousel_item: true }),
    ]
    const parent = await ready({
      media_type: 'CAROUSEL',
      children: parts.join(','),
      caption: 'Two',
    })
    expect((await publish(parts[0])).json.error.code).toBe(100)
    expect((await publish(parent)).status).toBe(200)
    expect(sandbox.live('instagram')[0]?.media).toHaveLength(2)
    const lone = await call('POST', media, { body: { media_type: 'CAROUSEL', children: parts[0] } })
    expect(lone.json.error.error_subcode).toBe(2207028)
  })

  it.each([
    ['same_id', 200, 1],
    ['error', 400, 1],
    ['second_copy', 200, 2],
  ] as const)('answers a second publish by %s', async (doublePublish, httpStatus, copies) => {
    const { sandbox, publish, ready } = await setUp({ doublePublish })
    const id = await ready(image())
    const first = await publish(id)
    const second = await publish(id)
    expect(second.status).toBe(httpStatus)
    expect(sandbox.live('instagram')).toHaveLength(copies)
    if (doublePublish === 'same_id') expect(second.json).toEqual(first.json)
  })

  it('lets containers expire after a day', async () => {
    let now = Date.UTC(2026, 8, 1)
    const { status, publish, ready } = await setUp({ clock: () => now })
    const id = await ready(image())
    now += 86_400_000
    expect(await status(id)).toBe('EXPIRED')
    expect((await publish(id)).json.error).toMatchObject({ code: 24, error_subcode: 2207008 })
  })

  it('enforces 100 posts a day and shows the use', async () => {
    const { call, publish, ready } = await setUp({ processingPolls: 0, fetchMedia: false })
    for (let count = 0; count < 100; count += 1) await publish(await ready(image()))
    const refused = await publish(await ready(image()))
    expect(refused.json.error).toMatchObject({ code: 9, error_subcode: 2207042 })
    const quota = await call(
      'GET',
      '/v26.0/1784/content_publishing_limit?fields=quota_usage,config',
    )
    expect(quota.json.data).toEqual([
      { quota_usage: 100, config: { quota_total: 100, quota_duration: 86_400 } },
    ])
  })

  it.each([
    ['a wrong token', { token: 'wrong', body: image() }, 190, undefined],
    ['a text-only post', { body: { caption: 'x' } }, 100, 2207023],
    ['a long caption', { body: { ...image(), caption: 'x'.repeat(2201) } }, 36004, 2207010],
    ['a PNG', { body: image('a.png') }, 36001, 2207005],
    ['a page in place of a picture', { body: image('a.html') }, 9004, 2207052],
    ['an address that is not there', { body: image('c.jpg') }, 9004, 2207052],
    ['a private address scheme', { body: { image_url: 'file:///a.jpg' } }, 9004, 2207052],
  ])('refuses %s', async (_name, options, code, subcode) => {
    const { call } = await setUp()
    const { status, json } = await call('POST', media, options)
    expect(status).toBe(400)
    expect(json.error.code).toBe(code)
    expect(json.error.error_subcode).toBe(subcode)
  })

  it('fetches the picture for real by default', async () => {
    const { call, url } = await start('instagram')
    const body = { image_url: `${url}/_media/unknown` }
    expect((await call('POST', media, { body })).json.error.code).toBe(9004)
  })

  it('can publish and drop the answer', async () => {
    const { sandbox, publish, ready, status } = await setUp()
    const id = await ready(image())
    sandbox.addFault('instagram', { on: 'mutation', when: 'after', kind: 'reset', times: 1 })
    await expect(publish(id)).rejects.toThrow()
    expect(sandbox.live('instagram')).toHaveLength(1)
    expect(await status(id)).toBe('PUBLISHED')
  })
})
