import { describe, expect, it } from 'vitest'
import type { SandboxOptions } from '../../../src/sandbox/platforms/index.js'
import { PNG, start } from './support.js'

const setUp = async (options: SandboxOptions = {}) => {
  const client = await start('threads', { fetchMedia: async () => PNG, ...options })
  const form = (fields: Record<string, string>) => ({ body: new URLSearchParams(fields) })
  const create = (fields: Record<string, string>) =>
    client.call('POST', '/v1.0/9921/threads', form(fields))
  const status = async (id: string) =>
    (await client.call('GET', `/v1.0/${id}?fields=status,error_message`)).json.status
  const publish = (id: string) =>
    client.call('POST', '/v1.0/9921/threads_publish', form({ creation_id: id }))
  const ready = async (fields: Record<string, string>) => {
    const { id } = (await create(fields)).json
    while ((await status(id)) === 'IN_PROGRESS');
    return id
  }
  return { ...client, create, status, publish, ready }
}

describe('threads sandbox', () => {
  it('publishes text through a container, lists it and deletes it', async () => {
    const { call, sandbox, create, status, publish } = await setUp()
    const { id } = (await create({ media_type: 'TEXT', text: 'Hello' })).json
    expect((await publish(id)).json.error).toMatchObject({ code: 24, error_subcode: 4279009 })
    expect(await status(id)).toBe('IN_PROGRESS')
    expect(await status(id)).toBe('FINISHED')
    const made = (await publish(id)).json
    expect(await status(id)).toBe('PUBLISHED')
    expect(sandbox.live('threads')).toMatchObject([{ id: made.id, text: 'Hello' }])
    const list = await call('GET', '/v1.0/9921/threads?fields=id,text,timestamp,permalink')
    expect(list.json.data).toMatchObject([{ id: made.id, text: 'Hello' }])
    const page = await call('GET', list.json.data[0].permalink, { token: null })
    expect(page.text).toContain('Hello')
    expect((await call('DELETE', `/v1.0/${made.id}`)).json.success).toBe(true)
    expect(sandbox.live('threads')).toEqual([])
  })

  it('publishes a picture with its alt text', async () => {
    const { sandbox, publish, ready } = await setUp()
    const image_url = 'https://cdn.example/a.png'
    await publish(await ready({ media_type: 'IMAGE', image_url, alt_text: 'Dot', text: 'Look' }))
    expect(sandbox.live('threads')[0]?.media).toMatchObject([{ kind: 'image', alt: 'Dot' }])
  })

  it('counts emoji by their bytes', async () => {
    const { create } = await setUp()
    const text = (length: number) => ({ media_type: 'TEXT', text: '🎉'.repeat(length) })
    expect((await create(text(125))).status).toBe(200)
    expect((await create(text(126))).json.error.code).toBe(100)
  })

  it.each([
    ['a wrong token', {}, 'wrong', 190],
    ['a missing text', { text: '' }, undefined, 100],
    ['an unknown media type', { media_type: 'GIF' }, undefined, 100],
    [
      'six links',
      { text: [1, 2, 3, 4, 5, 6].map((n) => `https://a.example/${n}`).join(' ') },
      undefined,
      100,
    ],
    ['a second hashtag form', { topic_tag: 'a.b' }, undefined, 100],
    ['publishing in one step', { auto_publish_text: 'true' }, undefined, 100],
  ])('refuses %s', async (_name, fields, token, code) => {
    const { call } = await setUp()
    const body = new URLSearchParams({ media_type: 'TEXT', text: 'x', ...fields })
    const { json } = await call('POST', '/v1.0/9921/threads', { body, ...(token ? { token } : {}) })
    expect(json.error.code).toBe(code)
  })

  it('refuses another version and JSON bodies', async () => {
    const { call } = await setUp()
    expect((await call('GET', '/v26.0/me')).json.error.code).toBe(2500)
    const json = await call('POST', '/v1.0/9921/threads', {
      body: { media_type: 'TEXT', text: 'x' },
    })
    expect(json.json.error.code).toBe(100)
  })

  it('shows its quota and the state of a token', async () => {
    const { call, publish, ready } = await setUp()
    await publish(await ready({ media_type: 'TEXT', text: 'One' }))
    const quota = await call('GET', '/v1.0/me/threads_publishing_limit?fields=quota_usage,config')
    expect(quota.json.data).toEqual([
      { quota_usage: 1, config: { quota_total: 250, quota_duration: 86_400 } },
    ])
    const check = await call('GET', '/v1.0/debug_token?input_token=sandbox-threads-token')
    expect(check.json.data).toMatchObject({ is_valid: true, user_id: '9921' })
  })

  it('can publish late, after the connection was cut', async () => {
    const { sandbox, publish, ready, status } = await setUp()
    const id = await ready({ media_type: 'TEXT', text: 'Late' })
    sandbox.addFault('threads', {
      on: 'mutation',
      when: 'after',
      kind: 'reset',
      delayMs: 50,
      times: 1,
    })
    await expect(publish(id)).rejects.toThrow()
    expect(sandbox.live('threads')).toEqual([])
    await expect.poll(() => sandbox.live('threads').length).toBe(1)
    expect(await status(id)).toBe('PUBLISHED')
  })
})
