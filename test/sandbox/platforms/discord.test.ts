import { describe, expect, it } from 'vitest'
import { PNG, start } from './support.js'

const path = '/webhooks/1100000000000000001/sandbox-discord-token'
const setUp = async () => {
  const client = await start('discord')
  const hook = (
    method: string,
    more: string,
    body?: unknown,
    agent = 'DiscordBot (a.example, 1)',
  ) => client.call(method, more, { token: null, body, headers: { 'user-agent': agent } })
  return { ...client, hook }
}

describe('discord sandbox', () => {
  it('executes, reads, edits and deletes by message id', async () => {
    const { hook, sandbox, url } = await setUp()
    const sent = await hook('POST', `${path}?wait=true`, { content: 'Hello' })
    expect(sent).toMatchObject({ status: 200, json: { content: 'Hello', id: expect.any(String) } })
    const { id, channel_id } = sent.json
    expect(sandbox.live('discord')).toMatchObject([{ id, text: 'Hello' }])
    const { guild_id } = (await hook('GET', path)).json
    const page = await fetch(`${url}/channels/${guild_id}/${channel_id}/${id}`)
    expect(await page.text()).toContain('Hello')
    await hook('PATCH', `${path}/messages/${id}`, { content: 'Edited' })
    expect((await hook('GET', `${path}/messages/${id}`)).json.content).toBe('Edited')
    expect((await hook('DELETE', `${path}/messages/${id}`)).status).toBe(204)
    expect((await hook('GET', `${path}/messages/${id}`)).json.code).toBe(10008)
    expect(sandbox.live('discord')).toEqual([])
  })

  it('answers nothing without wait=true, and knows the longer paths', async () => {
    const { hook, sandbox } = await setUp()
    expect(await hook('POST', `/api${path}`, { content: 'One' })).toMatchObject({
      status: 204,
      text: '',
    })
    expect((await hook('POST', `/api/v10${path}?wait=true`, { content: 'Two' })).status).toBe(200)
    expect(sandbox.requests('discord').map(({ kind }) => kind)).toEqual(['mutation', 'mutation'])
  })

  it('takes files with their descriptions', async () => {
    const { hook, sandbox } = await setUp()
    const form = new FormData()
    const attachments = [{ id: 0, description: 'Dot' }]
    form.set('payload_json', JSON.stringify({ content: 'Look', attachments }))
    form.set('files[0]', new Blob([new Uint8Array(PNG)]), 'a.png')
    const sent = await hook('POST', `${path}?wait=true`, form)
    expect(sent.json.attachments).toMatchObject([{ filename: 'a.png', description: 'Dot' }])
    expect(sandbox.live('discord')[0]?.media).toMatchObject([{ kind: 'image', alt: 'Dot' }])
  })

  it.each([
    ['an unknown webhook', '/webhooks/1/x', { content: 'x' }, 404, 10015],
    ['a bad token', path.replace('sandbox-discord-token', 'bad'), { content: 'x' }, 401, 50027],
    ['an empty message', path, { content: '' }, 400, 50006],
    ['a long text', path, { content: 'x'.repeat(2001) }, 400, 50035],
    ['an unknown field', path, { content: 'x', nonce: 'n' }, 400, 50035],
    ['eleven embeds', path, { embeds: new Array(11).fill({ title: 'x' }) }, 400, 50035],
  ])('refuses %s', async (_name, target, body, status, code) => {
    const { hook, sandbox } = await setUp()
    expect(await hook('POST', `${target}?wait=true`, body)).toMatchObject({
      status,
      json: { code },
    })
    expect(sandbox.live('discord')).toEqual([])
  })

  it('blocks callers that do not say who they are', async () => {
    const { hook } = await setUp()
    expect((await hook('POST', path, { content: 'x' }, 'node')).json.code).toBe(40333)
  })

  it('can save a message and stall', async () => {
    const { url, sandbox } = await setUp()
    sandbox.addFault('discord', { on: 'mutation', when: 'after', kind: 'stall', times: 1 })
    const sending = fetch(`${url}${path}?wait=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'DiscordBot (a.example, 1)' },
      body: JSON.stringify({ content: 'Hello' }),
      signal: AbortSignal.timeout(300),
    })
    await expect(sending).rejects.toThrow()
    expect(sandbox.live('discord')).toHaveLength(1)
  })
})
