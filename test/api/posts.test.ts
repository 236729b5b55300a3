import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { postShape } from '../../src/api/shapes.js'
import { posts } from '../../src/store/schema.js'
import { failed, live, unconfirmed } from '../bot/handle/bot.js'
import { testDatabases } from '../support/database.js'
import { type ServedApi, serveApi } from './serve.js'

describe.each(testDatabases())('posts over the API, on the $engine database', ({ use }) => {
  const database = use()
  let api: ServedApi

  beforeEach(async () => {
    api = await serveApi(database())
  })
  afterEach(() => api.stop())

  const create = async (more: object = {}) =>
    (await api.post('/api/posts', { text: 'Hello', targets: ['facebook', 'x'], ...more })).body

  describe('making one', () => {
    it('queues it in the usual channel, and says that nothing is live yet', async () => {
      const { status, headers, body } = await api.post('/api/posts', { text: 'Hello' })
      expect(status).toBe(202)
      expect(headers.get('location')).toBe(`/api/posts/${body.id}`)
      expect(postShape.parse(body)).toMatchObject({
        text: 'Hello',
        channel: { chat: 'slack', id: 'C1' },
        author: { id: 'environment', name: 'the API' },
        settled: false,
        allLive: false,
        counts: { live: 0, failed: 0, processing: 1, needsRetry: 0, needsPerson: 0 },
        targets: [{ account: 'facebook', outcome: 'processing', state: 'queued', attempt: 0 }],
      })
      const [stored] = await api.bot.all()
      // The announcer finds it like any other post of the channel.
      expect(stored).toMatchObject({ chat: 'slack', workspaceId: 'slack:T1', channelId: 'C1' })
      expect(stored?.changed).toBeGreaterThan(stored?.told ?? 0)
    })

    it.each([
      ['a list', { targets: ['x', 'FaceBook'] }],
      ['names with commas', { to: 'x, facebook' }],
      ['a list under the other name', { to: ['x', 'facebook'], targets: null }],
    ])('takes accounts as %s', async (_how, more) => {
      const { body } = await api.post('/api/posts', { text: 'Hello', ...more })
      expect(body.targets.map(({ account }: { account: string }) => account)).toEqual([
        'x',
        'facebook',
      ])
    })

    it.each([
      ['publishAt', '2026-01-06T09:00:00Z', '2026-01-06T09:00:00.000Z'],
      ['publishAt', '2026-01-06T09:00:00+01:00', '2026-01-06T08:00:00.000Z'],
      ['at', 'tomorrow 9:00', '2026-01-06T08:00:00.000Z'],
    ])('schedules with %s: %s', async (field, when, instant) => {
      const { body } = await api.post('/api/posts', { text: 'Hello', [field]: when })
      expect(body).toMatchObject({ publishAt: instant, targets: [{ outcome: 'processing' }] })
    })

    it('makes one post for one key and body, however often and fast it is sent', async () => {
      const json = { text: 'Hello', to: ['x'] }
      const answers = await Promise.all([
        api.post('/api/posts', json, 'k1'),
        api.post('/api/posts', json, 'k1'),
        api.post('/api/posts', { to: ['x'], text: 'Hello' }, '"k1"'),
      ])
      answers.push(await api.post('/api/posts', json, 'k1'))
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202])
      expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
      expect(await api.bot.all()).toHaveLength(1)
    })

    it('refuses another body under the same key', async () => {
      await api.post('/api/posts', { text: 'Hello' }, 'k1')
      const { status, body } = await api.post('/api/posts', { text: 'Hello!' }, 'k1')
      expect(status).toBe(422)
      expect(body.type).toBe('urn:pressroom:problem:key-used')
      expect(await api.bot.all()).toHaveLength(1)
    })

    it('refuses the same content again, names the earlier post, and copies it when told to', async () => {
      const first = await create()
      const refused = await api.post('/api/posts', { text: 'Hello', targets: ['x'] }, 'k2')
      expect(refused.status).toBe(409)
      expect(refused.body).toMatchObject({
        type: 'urn:pressroom:problem:same-content',
        earlier: [{ account: 'x', postId: first.id, state: 'queued' }],
      })
      expect(await api.bot.all()).toHaveLength(1)
      const copy = await create({ allowDuplicate: true })
      expect(copy.copyOf).toBe(first.id)
    })

    it('does without a chat: no thread, and nobody ever has to be told', async () => {
      await api.stop()
      api = await serveApi(database(), { channels: [], chats: new Map() })
      const { status, body } = await api.post('/api/posts', { text: 'Hello' })
      expect(status).toBe(202)
      expect(body.channel).toBeNull()
      const [stored] = await api.bot.all()
      expect(stored?.told).toBeGreaterThan(stored?.changed ?? 0)
      const cancelled = await api.post(`/api/posts/${body.id}/cancel`)
      expect(cancelled.body.post.targets[0].outcome).toBe('cancelled')
    })
  })

  describe('reading', () => {
    it('shows a post with what happened to it, and tells drafts from posts', async () => {
      const { id } = await create()
      await api.post(`/api/posts/${id}/cancel`, { targets: ['x'] })
      const { body } = await api.get(`/api/posts/${id}`)
      expect(postShape.parse(body)).toMatchObject({
        settled: false,
        counts: { processing: 1 },
        history: [{ account: 'x', from: 'queued', to: 'cancelled', who: { kind: 'api' } }],
      })
      await database().orm.update(posts).set({ status: 'draft' }).where(eq(posts.id, id))
      expect((await api.get(`/api/posts/${id}`)).status).toBe(404)
    })

    it('never calls a post settled or live before everything in it is', async () => {
      const { id } = await create()
      const now = api.bot.clock.now()
      const read = async () => {
        const { body } = await api.get(`/api/posts/${id}`)
        return [body.settled, body.allLive]
      }
      expect(await read()).toEqual([false, false])
      await api.bot.set(id, { facebook: live(now), x: unconfirmed(now) })
      expect(await read()).toEqual([false, false])
      await api.bot.set(id, { x: failed(now) })
      expect(await read()).toEqual([true, false])
      await api.bot.set(id, { x: live(now + 1) })
      expect(await read()).toEqual([true, true])
    })

    it('pages through the newest first, and filters by outcome', async () => {
      const ids: string[] = []
      for (const text of ['One', 'Two', 'Three']) {
        ids.push((await create({ text })).id)
        api.bot.clock.advance(1000)
      }
      const first = (await api.get('/api/posts?limit=2')).body
      expect(first.posts.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]])
      const second = (await api.get(`/api/posts?limit=2&cursor=${first.next}`)).body
      expect(second.posts.map(({ id }: { id: string }) => id)).toEqual([ids[0]])
      expect(second.next).toBeNull()
      await api.bot.set(ids[1] ?? '', { x: failed(api.bot.clock.now()) })
      const failing = (await api.get('/api/posts?outcome=failed')).body.posts
      expect(failing.map(({ id }: { id: string }) => id)).toEqual([ids[1]])
      expect((await api.get('/api/posts?outcome=live')).body.posts).toEqual([])
      expect((await api.get('/api/posts?outcome=processing')).body.posts).toHaveLength(3)
    })
  })

  describe('acting', () => {
    it('retries exactly what has failed', async () => {
      const { id } = await create({ targets: ['facebook', 'x'] })
      const now = api.bot.clock.now()
      await api.bot.set(id, { facebook: live(now), x: failed(now) })
      const { status, body } = await api.post(`/api/posts/${id}/retry`, undefined, 'r1')
      expect(status).toBe(200)
      expect(body).toMatchObject({ done: ['x'], refused: [], repeated: false })
      expect(body.post.counts).toMatchObject({ live: 1, processing: 1 })
      const again = await api.post(`/api/posts/${id}/retry`, undefined, 'r1')
      expect(again.body).toMatchObject({ done: ['x'], repeated: true })
    })

    it('refuses to retry what may be live until somebody said it is not there', async () => {
      const { id } = await create()
      const now = api.bot.clock.now()
      await api.bot.set(id, { facebook: live(now), x: unconfirmed(now) })
      const refused = await api.post(`/api/posts/${id}/retry`)
      expect(refused.status).toBe(409)
      expect(refused.body.refused).toMatchObject([{ account: 'x', state: 'unconfirmed' }])
      const denied = await api.post(`/api/posts/${id}/targets/x/deny`)
      expect(denied.body.post.targets[1]).toMatchObject({
        outcome: 'failed',
        reason: { class: 'denied' },
      })
      const retried = await api.post(`/api/posts/${id}/retry`)
      expect(retried.body.done).toEqual(['x'])
    })

    it('takes a confirmation with its link, once', async () => {
      const { id } = await create()
      await api.bot.set(id, { x: unconfirmed(api.bot.clock.now()) })
      const permalink = 'https://x.example/1'
      const { body } = await api.post(`/api/posts/${id}/targets/x/confirm`, { permalink })
      expect(body.post.targets[1]).toMatchObject({
        outcome: 'live',
        how: 'person',
        permalink,
        who: { kind: 'api', id: 'environment' },
      })
      const again = await api.post(`/api/posts/${id}/targets/x/confirm`, { permalink })
      expect(again.status).toBe(409)
    })

    it.each(['confirm', 'deny'])(
      'takes no word on an earlier attempt for the one in question (%s)',
      async (word) => {
        const { id } = await create()
        await api.bot.set(id, { x: unconfirmed(api.bot.clock.now()) }, 2)
        const path = `/api/posts/${id}/targets/x/${word}`
        const late = await api.post(path, { attempt: 1 })
        expect(late.status).toBe(409)
        expect(late.body.refused).toMatchObject([{ account: 'x', state: 'unconfirmed' }])
        expect(late.body.detail).toContain('answers an earlier question')
        expect((await api.post(path, { attempt: 'two' })).status).toBe(422)
        expect((await api.post(path, { attempt: 2 })).body.done).toEqual(['x'])
      },
    )

    it('answers a repeated refusal with the refusal', async () => {
      const { id } = await create()
      await api.bot.set(id, { facebook: live(1), x: live(2) })
      const first = await api.post(`/api/posts/${id}/retry`, undefined, 'r2')
      const again = await api.post(`/api/posts/${id}/retry`, undefined, 'r2')
      expect([first.status, again.status]).toEqual([409, 409])
    })

    it('says so when a post or a target does not exist', async () => {
      const { id } = await create()
      expect((await api.post('/api/posts/pnone/retry')).status).toBe(404)
      expect((await api.post(`/api/posts/${id}/targets/tiktok/deny`)).status).toBe(404)
      expect((await api.post(`/api/posts/${id}/retry`, { targets: ['tiktok'] })).status).toBe(404)
    })
  })
})

/** What is refused before anything is stored is refused alike on every engine. */
describe.each(testDatabases().slice(0, 1))('a post that cannot be queued', ({ use }) => {
  const database = use()
  let api: ServedApi

  beforeEach(async () => {
    const teamOf = async (channel: string) => (channel === 'C1' ? 'T1' : undefined)
    api = await serveApi(database(), { chats: new Map([['slack', teamOf]]) })
  })
  afterEach(() => api.stop())

  it.each([
    [{ text: 'Hello', targets: ['facebok'] }, 'targets', 'is not an account here'],
    [{ text: 'Hello', to: 'facebok' }, 'to', 'is not an account here'],
    [{ text: 'Hello', to: ',' }, 'to', 'names no account'],
    [{ text: 'Hello', to: ' ' }, 'to', 'names no account'],
    [{ text: 'Hello', targets: [' '] }, 'targets', 'names no account'],
    [{}, 'text', 'nothing to publish'],
    [{ text: 'Hello', at: 'blue' }, 'at', 'is not a time'],
    [{ text: 'Hello', publishAt: '2020-01-01T00:00:00Z' }, 'publishAt', 'in the past'],
    [{ text: 'a'.repeat(281), to: 'x' }, 'text', '280 is the limit'],
    [{ text: 'Hi', texts: { x: 'a'.repeat(281) }, to: 'x' }, 'texts.x', '280 is the limit'],
    [{ text: 'Hello', to: 'instagram' }, 'media', 'needs a picture'],
    [{ text: 'Hello', media: ['nonsense'] }, 'media', 'is not an address'],
    [{ text: 'Hello', channel: 'discord/12' }, 'channel', 'is not connected'],
    [{ text: 'Hello', channel: 'slack/C0TYPO' }, 'channel', 'does not know the channel C0TYPO'],
    [{ text: 'Hello', channel: 'a b' }, 'channel', 'slack/C0123'],
    [{ text: 'Hello', to: 'x', targets: ['x'] }, 'to', 'give one of them'],
    [{ txt: 'Hello' }, 'txt', 'no such field'],
    [{ text: 5 }, 'text', 'expected string'],
    [{ text: 'a\0b' }, 'text', 'NUL'],
    [{ text: 'half \ud83d' }, 'text', 'half of one'],
    [
      { text: 'Hi', media: [{ url: 'http://x.example/a.png', alt: 'x', size: 1 }] },
      'media.0.size',
      'no such',
    ],
  ])('refuses %j, naming the field', async (json, field, words) => {
    const { status, headers, body } = await api.post('/api/posts', json)
    expect(status).toBe(422)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(body).toMatchObject({ type: 'urn:pressroom:problem:invalid-request', status: 422 })
    expect(body.errors[0].field).toBe(field)
    expect(body.errors[0].message).toContain(words)
    expect(await api.bot.all()).toEqual([])
  })
})
