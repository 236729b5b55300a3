import { DiscordAPIError, HTTPError } from 'discord.js'
import { expect, it } from 'vitest'
import { GENERAL, login, OTHER, type Running, request, startDiscord } from './support.js'

const POST = 'POST /channels/:channel/messages'

async function channel(running: Running) {
  const found = await (await login(running)).channels.fetch(GENERAL)
  if (!found?.isSendable()) throw new Error('not a channel to write to')
  return found
}

it('does the work and loses the answer; the same nonce then finds the message', async () => {
  const running = await startDiscord()
  const { discord } = running
  const general = await channel(running)
  discord.faults.loseAnswer(POST)
  const card = { content: 'card', nonce: 'post-1', enforceNonce: true }
  await expect(general.send(card)).rejects.toThrow('other side closed')
  expect(discord.messages(GENERAL)).toHaveLength(1)
  const again = await general.send(card)
  expect(discord.messages(GENERAL).map(({ id }) => id)).toEqual([again.id])
  expect(discord.calls().filter(({ method }) => method === 'POST')).toMatchObject([
    { route: '/channels/:channel/messages', status: null },
    { route: '/channels/:channel/messages', status: 200 },
  ])
})

it('does nothing when it fails before', async () => {
  const running = await startDiscord()
  const general = await channel(running)
  running.discord.faults.failBefore(POST)
  await expect(general.send('card')).rejects.toThrow('other side closed')
  expect(running.discord.messages(GENERAL)).toEqual([])
})

it('answers with a status, before the work or after it', async () => {
  const running = await startDiscord()
  const { faults, messages } = running.discord
  const post = (content: string) =>
    request(running, `POST /channels/${GENERAL}/messages`, { content })
  faults.status(POST, 502)
  expect((await post('lost')).status).toBe(502)
  expect(messages(GENERAL)).toEqual([])
  faults.status(POST, 500, 1, { afterWork: true })
  expect((await post('kept')).status).toBe(500)
  expect(messages(GENERAL)).toHaveLength(1)
})

it('makes a second copy when the client repeats a request after a 500', async () => {
  const running = await startDiscord()
  const general = await channel(running)
  running.discord.faults.status(POST, 500, 1, { afterWork: true })
  await general.send('no nonce')
  expect(running.discord.messages(GENERAL)).toHaveLength(2)
})

it('gives up as discord.js does when the status stays', async () => {
  const running = await startDiscord()
  const general = await channel(running)
  running.discord.faults.status(POST, 503, 10)
  await expect(general.send('card')).rejects.toBeInstanceOf(HTTPError)
  expect(running.discord.calls().filter(({ method }) => method === 'POST')).toHaveLength(4)
})

it('holds an answer back after doing the work', async () => {
  const running = await startDiscord()
  running.discord.faults.slow(POST, 800)
  const startedAt = performance.now()
  const answered = request(running, `POST /channels/${GENERAL}/messages`, { content: 'slow' })
  await running.discord.waitFor(() => running.discord.messages(GENERAL).length === 1)
  expect(performance.now() - startedAt).toBeLessThan(790)
  expect((await answered).status).toBe(200)
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(799)
})

it.each(['user', 'shared', 'global'] as const)(
  'is left alone by discord.js for as long as a %s 429 says',
  async (scope) => {
    const running = await startDiscord()
    const general = await channel(running)
    running.discord.faults.rateLimit(POST, 1, 0.4, scope)
    const startedAt = performance.now()
    await general.send('card')
    expect(performance.now() - startedAt).toBeGreaterThan(400)
    const posts = running.discord.calls().filter(({ method }) => method === 'POST')
    expect(posts.map(({ status }) => status)).toEqual([429, 200])
    expect(running.discord.messages(GENERAL)).toHaveLength(1)
  },
)

it('lets five messages into a channel in five seconds, and tells when there is room again', async () => {
  const running = await startDiscord()
  const post = (id: string) => request(running, `POST /channels/${id}/messages`, { content: 'x' })
  const first = await post(GENERAL)
  expect(first.headers.get('x-ratelimit-limit')).toBe('5')
  expect(first.headers.get('x-ratelimit-remaining')).toBe('4')
  expect(first.headers.get('x-ratelimit-bucket')).toMatch(/^[0-9a-f]{32}$/)
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(GENERAL)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 429])
  const refused = answers.find(({ status }) => status === 429)
  expect(refused?.body).toMatchObject({ message: 'You are being rate limited.', global: false })
  expect(refused?.body.retry_after).toBeGreaterThan(3)
  expect(refused?.headers.get('retry-after')).toBe('5')
  expect(refused?.headers.get('x-ratelimit-scope')).toBe('user')
  expect((await post(OTHER)).status).toBe(200)
  expect(running.discord.messages(GENERAL)).toHaveLength(5)
})

it('is never asked too much by discord.js, which reads the headers', async () => {
  const running = await startDiscord({
    rateLimits: [{ route: 'POST /channels/:major/messages', limit: 3, windowMs: 300 }],
  })
  const general = await channel(running)
  await Promise.all(Array.from({ length: 7 }, (_, index) => general.send(`${index}`)))
  const statuses = running.discord.calls().filter(({ method }) => method === 'POST')
  expect(new Set(statuses.map(({ status }) => status))).toEqual(new Set([200]))
  expect(running.discord.messages(GENERAL)).toHaveLength(7)
})

it('lets fifty requests a second through in all, interactions not counted', async () => {
  const running = await startDiscord()
  const all = (line: `${string} ${string}`, count: number) =>
    Promise.all(Array.from({ length: count }, () => request(running, line)))
  const answers = await all('GET /users/@me', 60)
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(refused[0]?.body).toMatchObject({ global: true })
  expect(refused[0]?.headers.get('x-ratelimit-global')).toBe('true')
  const [callback] = await all('POST /interactions/1/x/callback', 1)
  expect(callback?.status).toBe(404)
})

it('says what is wrong in the words of the API', async () => {
  const running = await startDiscord()
  const general = await channel(running)
  const error = await general.send('x'.repeat(2001)).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(DiscordAPIError)
  expect(String(error)).toContain('content[BASE_TYPE_MAX_LENGTH]: Must be 2000 or fewer in length.')
})
