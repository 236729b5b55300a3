import { describe, expect, it } from 'vitest'
import { JPEG, PNG, start } from './support.js'

const setUp = async () => {
  const client = await start('telegram', { fetchMedia: async () => JPEG })
  const bot = (method: string, body: unknown, token = 'sandbox-telegram-token') =>
    client.call('POST', `/bot${token}/${method}`, { token: null, body })
  return { ...client, bot }
}

describe('telegram sandbox', () => {
  it('sends, edits and deletes a message', async () => {
    const { bot, sandbox, url } = await setUp()
    const sent = await bot('sendMessage', {
      chat_id: '@acme',
      text: '<b>Hi</b> &amp; bye',
      parse_mode: 'HTML',
    })
    const { message_id, chat } = sent.json.result
    expect(sent.json).toMatchObject({
      ok: true,
      result: { chat: { type: 'channel', username: 'acme' } },
    })
    expect(sandbox.live('telegram')).toMatchObject([
      { id: `${chat.id}/${message_id}`, account: '@acme', text: 'Hi & bye' },
    ])
    expect(await (await fetch(`${url}/acme/${message_id}`)).text()).toContain('Hi &amp; bye')
    const edit = (text: string) => bot('editMessageText', { chat_id: chat.id, message_id, text })
    expect((await edit('Other')).status).toBe(200)
    expect((await edit('Other')).json.description).toContain('not modified')
    expect((await bot('deleteMessage', { chat_id: '@acme', message_id })).json.result).toBe(true)
    expect(sandbox.live('telegram')).toEqual([])
  })

  it('counts the messages of each chat by themselves', async () => {
    const chat = (name: string) => ({ id: `@${name}`, token: name, name, username: name })
    const client = await start('telegram', { accounts: { telegram: [chat('one'), chat('two')] } })
    for (const name of ['one', 'two', 'two']) {
      const body = { chat_id: `@${name}`, text: 'Hello' }
      await client.call('POST', `/bot${name}/sendMessage`, { token: null, body })
    }
    const ids = client.sandbox.live('telegram').map(({ id }) => id)
    expect(ids.map((id) => id.split('/')[1])).toEqual(['1', '1', '2'])
    expect(new Set(ids).size).toBe(3)
  })

  it('makes two posts of two sends: there is no idempotency', async () => {
    const { bot, sandbox } = await setUp()
    await bot('sendMessage', { chat_id: '@acme', text: 'Same' })
    await bot('sendMessage', { chat_id: '@acme', text: 'Same' })
    expect(sandbox.live('telegram')).toHaveLength(2)
  })

  it('sends pictures by upload, by address and as a group', async () => {
    const { bot, sandbox } = await setUp()
    const form = new FormData()
    form.set('chat_id', '@acme')
    form.set('caption', 'Up')
    form.set('photo', new Blob([new Uint8Array(PNG)]), 'a.png')
    expect((await bot('sendPhoto', form)).json.result.caption).toBe('Up')
    const photo = 'https://cdn.example/a.jpg'
    expect((await bot('sendPhoto', { chat_id: '@acme', photo })).status).toBe(200)
    const item = { type: 'photo', media: photo }
    const media = [{ ...item, caption: 'Both' }, item]
    const group = await bot('sendMediaGroup', { chat_id: '@acme', media })
    expect(group.json.result).toHaveLength(2)
    const posts = sandbox.live('telegram')
    expect(posts.map(({ text, media }) => [text, media.length])).toEqual([
      ['Up', 1],
      ['', 1],
      ['Both', 2],
    ])
  })

  it.each([
    ['a wrong token', 'sendMessage', { chat_id: '@acme', text: 'x' }, 'wrong', 401],
    ['an unknown chat', 'sendMessage', { chat_id: '@other', text: 'x' }, undefined, 400],
    ['an unknown method', 'sendNonsense', { chat_id: '@acme' }, undefined, 404],
    ['an empty text', 'sendMessage', { chat_id: '@acme', text: ' ' }, undefined, 400],
    ['a long text', 'sendMessage', { chat_id: '@acme', text: 'x'.repeat(4097) }, undefined, 400],
    [
      'a long caption',
      'sendPhoto',
      { chat_id: '@acme', photo: 'https://a.example/a.jpg', caption: 'x'.repeat(1025) },
      undefined,
      400,
    ],
    [
      'a tag that is not closed',
      'sendMessage',
      { chat_id: '@acme', text: '<b>x', parse_mode: 'HTML' },
      undefined,
      400,
    ],
    [
      'an unknown parameter',
      'sendMessage',
      { chat_id: '@acme', text: 'x', txt: 'y' },
      undefined,
      400,
    ],
  ])('refuses %s', async (_name, method, body, token, code) => {
    const { bot, sandbox } = await setUp()
    const { status, json } = await bot(method, body, token)
    expect(status).toBe(code)
    expect(json).toMatchObject({ ok: false, error_code: code, description: expect.any(String) })
    expect(sandbox.live('telegram')).toEqual([])
  })

  it('shows the bot and its rights', async () => {
    const { bot } = await setUp()
    const me = (await bot('getMe', {})).json.result
    const member = await bot('getChatMember', { chat_id: '@acme', user_id: me.id })
    expect(member.json.result).toMatchObject({ status: 'administrator', can_post_messages: true })
  })

  it('keeps tokens out of the request log', async () => {
    const { bot, sandbox } = await setUp()
    await bot('getMe', {})
    expect(sandbox.requests('telegram')).toMatchObject([{ path: '/bot***/getMe', status: 200 }])
  })

  it('can send and then ask to retry after a while', async () => {
    const { bot, sandbox } = await setUp()
    const fault = { on: 'mutation', kind: 'rate_limit', retryAfterS: 3, times: 1 } as const
    sandbox.addFault('telegram', { ...fault, when: 'after', account: '@acme' })
    const { status, json } = await bot('sendMessage', { chat_id: '@acme', text: 'Hello' })
    expect(status).toBe(429)
    expect(json.parameters.retry_after).toBe(3)
    expect(sandbox.live('telegram')).toHaveLength(1)
  })
})
