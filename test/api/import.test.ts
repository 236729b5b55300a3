import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attempts, events, targets as targetRows } from '../../src/store/schema.js'
import { live } from '../bot/handle/bot.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { type ServedApi, serveApi } from './serve.js'

const facebook = {
  platform: 'facebook',
  success: true,
  postId: '1_2',
  permalink: 'https://f.example/2',
}
const failing = {
  id: 'old-7',
  text: 'Hello from before',
  status: 'failed',
  error_message: 'x: Rate limit exceeded',
  insights: {
    publish_results: [facebook, { platform: 'x', success: false, error: 'Rate limit exceeded' }],
  },
  published_at: '2026-01-02T10:00:00.000Z',
  facebook_post_id: '1_2',
  post_url: 'https://f.example/2',
}

describe.each(testDatabases())('importing older posts, on the $engine database', ({ use }) => {
  const database = use()
  let api: ServedApi

  beforeEach(async () => {
    api = await serveApi(database())
  })
  afterEach(() => api.stop())

  const bringIn = async (posts: readonly unknown[], more: object = {}) =>
    (await api.post('/api/import', { posts, ...more })).body.results

  it('keeps what was live, with ids and links, and gives the same answer as before', async () => {
    const [result] = await bringIn([failing])
    expect(result).toMatchObject({ kind: 'imported', id: 'old-7' })
    const { id: _there, text: _said, ...told } = failing
    const { body } = await api.get(`/api/posts/${result.postId}/insights`)
    expect(body).toMatchObject(told)
    // Systems that know it by its old id find it too.
    expect((await api.get('/api/posts/old-7/insights')).body).toEqual(body)
  })

  it('is known by its old id wherever a post is asked for', async () => {
    const asked = { id: 'old-8', text: 'Hi', status: 'failed', platforms: ['facebook', 'x'] }
    const [{ postId: id }, { postId: unsure }] = await bringIn([failing, asked])
    const key = (by: string) => api.post(`/api/posts/${by}/retry`, undefined, 'k1')
    expect(await key('old-7')).toMatchObject({
      status: 200,
      body: { done: ['x'], repeated: false, post: { id } },
    })
    expect((await key(id)).body).toMatchObject({ done: ['x'], repeated: true })
    const read = await api.get('/api/posts/old-7')
    expect(read.body).toEqual((await api.get(`/api/posts/${id}`)).body)
    expect(read.body.history).toMatchObject([{ account: 'x', from: 'failed', to: 'queued' }])
    expect((await api.get('/api/posts/old-7/insights')).body.retry_info).toMatchObject({
      is_retry: true,
      retried_platform: 'x',
    })
    expect((await api.post('/api/posts/old-7/cancel')).body.done).toEqual(['x'])
    const verdict = (word: string) => api.post(`/api/posts/old-8/targets/${word}`)
    expect((await verdict('facebook/confirm')).body.post.id).toBe(unsure)
    expect((await verdict('x/deny')).body.post.id).toBe(unsure)
    expect((await api.get('/api/posts/old-9')).status).toBe(404)
  })

  it.each([
    ['with publish_results', failing],
    ['without them', { ...failing, insights: undefined }],
  ])(
    '%s: retried alone from the thread, it gives the answer of a successful retry',
    async (_w, record) => {
      const [{ postId }] = await bringIn([record])
      const before = await api.bot.load(postId)
      expect(before.targets.map(({ dueAt }) => dueAt)).toEqual([null, null])
      await api.bot.ask({ kind: 'retryFailed', id: postId })
      const [stays, retried] = (await api.bot.load(postId)).targets
      expect(stays).toEqual(before.targets[0])
      expect(retried).toMatchObject({ account: 'x', target: { state: { status: 'queued' } } })
      const now = api.bot.clock.now()
      await api.bot.set(postId, {
        x: { ...live(now), remoteId: '99', permalink: 'https://x.example/99' } as never,
      })
      const { body } = await api.get('/api/posts/old-7/insights')
      const x = { success: true, postId: '99', permalink: 'https://x.example/99' }
      const { platform: _f, ...onFacebook } = record.insights
        ? facebook
        : { platform: '', success: true, postId: '1_2', permalink: 'https://f.example/2' }
      expect(body).toEqual({
        id: postId,
        status: 'posted',
        error_message: null,
        insights: {
          publish_results: [
            { platform: 'facebook', ...onFacebook },
            { platform: 'x', ...x },
          ],
        },
        published_at: '2026-01-02T10:00:00.000Z',
        last_retry_at: new Date(NOON).toISOString(),
        facebook_post_id: '1_2',
        x_post_id: '99',
        post_url: 'https://f.example/2',
        results: { facebook: onFacebook, x },
        retry_info: { is_retry: true, previous_attempts: 1, retried_platform: 'x' },
      })
    },
  )

  it('sends nothing: nothing is due, nothing was attempted, nothing happened', async () => {
    await bringIn([failing, { id: 'old-8', text: 'Hi', status: 'posted', platforms: ['facebook'] }])
    const { orm } = database()
    expect((await orm.select().from(targetRows)).map(({ dueAt }) => dueAt)).toEqual([
      null,
      null,
      null,
    ])
    expect(await orm.select().from(attempts)).toEqual([])
    expect(await orm.select().from(events)).toEqual([])
  })

  it('changes nothing when the same is imported again, also after a retry', async () => {
    const [{ postId }] = await bringIn([failing])
    await api.bot.ask({ kind: 'retryFailed', id: postId })
    const before = await api.bot.load(postId)
    expect(await bringIn([failing])).toEqual([{ kind: 'known', id: 'old-7', postId }])
    expect(await api.bot.load(postId)).toEqual(before)
    expect(await api.bot.all()).toHaveLength(1)
  })

  it('gives a thread to what needs one, and makes no noise about what is live', async () => {
    const posted = { ...failing, id: 'old-9', status: 'posted', facebook_post_id: '1_9' }
    await bringIn([failing, { ...posted, insights: undefined, error_message: null }])
    const told = Object.fromEntries(
      (await api.bot.all()).map((post) => [post.sourceKey, post.changed > post.told]),
    )
    expect(told).toEqual({ 'import:old-7': true, 'import:old-9': false })
  })

  it('asks a person about what the record does not know', async () => {
    const [{ postId }] = await bringIn([
      { id: 'u', text: 'Hi', status: 'failed', platforms: ['x'] },
    ])
    const { body } = await api.get(`/api/posts/${postId}`)
    expect(body.targets[0]).toMatchObject({ outcome: 'needsPerson', state: 'unconfirmed' })
  })

  it('brings in a record without the characters that cannot be stored, and knows it again', async () => {
    const odd = {
      id: 'odd\0\ud83d',
      text: 'Hi\0 there \udc00',
      insights: { publish_results: [{ platform: 'x', success: false, error: 'No\0 \ud83d' }] },
    }
    const [result, next] = await bringIn([odd, { ...failing, id: 'c' }])
    expect(result).toMatchObject({ kind: 'imported', id: 'odd\ufffd' })
    expect(next).toMatchObject({ kind: 'imported' })
    expect((await bringIn([odd]))[0]).toMatchObject({ kind: 'known', postId: result.postId })
    const { post, targets } = await api.bot.load(result.postId)
    expect(post.text).toBe('Hi there \ufffd')
    expect(targets.at(-1)?.target.state).toMatchObject({ reason: { text: 'No \ufffd' } })
  })

  it('explains what it cannot bring in, and brings in the rest', async () => {
    const results = await bringIn([
      { id: 'a', text: 'Hi', status: 'posted', platforms: ['pinterest'] },
      { id: 'b', text: 'Hi' },
      { ...failing, media_url: 'http://127.0.0.1:1/gone.jpg' },
      { ...failing, id: 'c' },
      { ...failing, id: 'd' },
    ])
    expect(results.map(({ kind }: { kind: string }) => kind)).toEqual([
      'problem',
      'problem',
      'problem',
      'imported',
      'problem',
    ])
    expect(results[0].message).toBe('There is no pinterest account here.')
    expect(results[2].message).toContain('Its media cannot be fetched')
    expect(results[4].message).toContain('belongs to another post')
  })
})
