import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSlackWorkspace, type SlackWorkspace } from '../../../src/sandbox/slack/index.js'
import { webClient } from './bolt-app.js'

const channel = 'C00000SOCIAL'

let slack: SlackWorkspace
let client: ReturnType<typeof webClient>
let apiUrl: string
let now: number

beforeEach(async () => {
  now = Date.now()
  slack = createSlackWorkspace({ clock: () => now })
  ;({ apiUrl } = await slack.listen())
  client = webClient(slack, apiUrl)
})

afterEach(() => slack.close())

const post = (text: string, to = channel) => client.chat.postMessage({ channel: to, text })
const texts = () => slack.messages(channel).map((m) => m.text)

describe('faults', () => {
  it('lose the answer of a call that had its effect', async () => {
    slack.faults.loseAnswer('chat.postMessage', 2)
    await expect(post('a')).rejects.toThrow('A request error occurred')
    await expect(post('b')).rejects.toThrow('A request error occurred')
    await post('c')
    expect(texts()).toEqual(['a', 'b', 'c'])
    expect(slack.calls('chat.postMessage').map((c) => c.ok)).toEqual([false, false, true])
  })

  it('drop a call before it has an effect', async () => {
    slack.faults.failBefore('chat.postMessage')
    await expect(post('a')).rejects.toThrow('A request error occurred')
    await post('b')
    expect(texts()).toEqual(['b'])
  })

  it.each([true, false])('answer an error, with the effect: %s', async (applied) => {
    slack.faults.error('chat.postMessage', 'fatal_error', { applied })
    slack.faults.httpError('chat.postMessage', 503, 1, { applied })
    await expect(post('a')).rejects.toThrow('fatal_error')
    await expect(post('b')).rejects.toMatchObject({ statusCode: 503 })
    expect(texts()).toEqual(applied ? ['a', 'b'] : [])
  })

  it('answer late, after the effect', async () => {
    slack.faults.slow('chat.postMessage', 200)
    const late = post('a')
    await slack.waitFor(() => texts().length === 1)
    expect(slack.calls('chat.postMessage')).toHaveLength(1)
    await expect(late).resolves.toMatchObject({ ok: true })
  })

  it('meet the method they were meant for', async () => {
    slack.faults.failBefore('chat.update')
    await post('a')
    slack.faults.clear()
    const ts = slack.messages(channel)[0]?.ts ?? ''
    await client.chat.update({ channel, ts, text: 'b' })
    expect(texts()).toEqual(['b'])
  })

  it('rate limit with the time to wait', async () => {
    slack.faults.rateLimit('chat.postMessage', 1, 7)
    await expect(post('a')).rejects.toMatchObject({ retryAfter: 7 })
    expect(texts()).toEqual([])
  })

  it('refuse connections', async () => {
    slack.refuseConnections(true)
    const open = () =>
      fetch(`${apiUrl}apps.connections.open`, {
        method: 'POST',
        headers: { authorization: `Bearer ${slack.appToken}` },
      })
    expect((await open()).status).toBe(503)
    slack.refuseConnections(false)
    expect(await (await open()).json()).toMatchObject({ ok: true, url: /^ws:/ })
  })
})

describe('rate limits', () => {
  it('let a burst through and then one message a second and channel', async () => {
    slack.rateLimits('strict')
    for (const text of ['a', 'b', 'c']) await post(text)
    await expect(post('d')).rejects.toMatchObject({ retryAfter: 1 })
    await post('elsewhere', 'C0000LAUNCH')
    now += 1000
    await post('e')
    expect(texts()).toEqual(['a', 'b', 'c', 'e'])
  })

  it('are mild unless told otherwise, and can be off', async () => {
    for (let i = 0; i < 20; i++) await post(`${i}`)
    await expect(post('too many')).rejects.toMatchObject({ retryAfter: 1 })
    slack.rateLimits('off')
    await post('fine')
  })

  it('hold for every method by its tier when strict', async () => {
    slack.rateLimits('strict')
    for (let i = 0; i < 50; i++) await client.conversations.history({ channel })
    await expect(client.conversations.history({ channel })).rejects.toMatchObject({ retryAfter: 2 })
  })
})
