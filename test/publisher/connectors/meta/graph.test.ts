import { describe, expect, it } from 'vitest'
import { pagePost } from '../../../../src/publisher/connectors/facebook/wire.js'
import {
  checkToken,
  createGraph,
  readList,
  readObject,
} from '../../../../src/publisher/connectors/meta/graph.js'
import { json, metaError, scriptedSteps } from '../scripted-steps.js'

const TOKEN = 'EAAB-a-page-token'
const graph = createGraph(
  'Facebook',
  { apiUrl: 'https://graph.facebook.com', apiVersion: 'v26.0', accessToken: TOKEN },
  { codes: {}, subcodes: {} },
)
const entry = (id: string) => ({ id, message: id, created_time: '2026-01-05T12:00:00+0000' })
const list = (steps: ReturnType<typeof scriptedSteps>) =>
  readList(graph, steps, '1029/published_posts', { limit: '100' }, pagePost)

describe('a list', () => {
  it('is read page by page on our own address, wherever an answer points', async () => {
    const next = `https://elsewhere.example/v26.0/1029/published_posts?access_token=${TOKEN}`
    const steps = scriptedSteps([
      json({ data: [entry('a')], paging: { cursors: { after: 'c1' }, next } }),
      json({ data: [entry('b')], paging: { next: `${next}&until=17&__paging_token=t` } }),
      json({ data: [entry('c')], paging: { cursors: { after: 'c3' } } }),
    ])
    expect(await list(steps)).toMatchObject({ value: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] })
    expect(steps.requests.map(({ url }) => url)).toEqual([
      'https://graph.facebook.com/v26.0/1029/published_posts?limit=100',
      'https://graph.facebook.com/v26.0/1029/published_posts?limit=100&after=c1',
      'https://graph.facebook.com/v26.0/1029/published_posts?limit=100&until=17&__paging_token=t',
    ])
  })

  it('ends after four pages', async () => {
    const endless = json({
      data: [],
      paging: { cursors: { after: 'c' }, next: 'https://x.example' },
    })
    const steps = scriptedSteps(Array.from({ length: 9 }, () => endless))
    await list(steps)
    expect(steps.requests).toHaveLength(4)
  })

  it('is not read when one of its pages is not', async () => {
    const first = json({ data: [entry('a')], paging: { cursors: { after: 'c' }, next: 'x' } })
    expect(await list(scriptedSteps([first, metaError(2, undefined, 500)]))).toMatchObject({
      kind: 'unread',
    })
    expect(await list(scriptedSteps([json({ posts: [] })]))).toMatchObject({ kind: 'unread' })
  })

  it('leaves out entries that cannot be read', async () => {
    const steps = scriptedSteps([json({ data: [{ story: 'No id here' }, entry('a')] })])
    expect(await list(steps)).toMatchObject({ value: [{ id: 'a' }] })
  })
})

describe('an object', () => {
  const object = (steps: ReturnType<typeof scriptedSteps>) =>
    readObject(graph, steps, '1029_7', {}, pagePost)

  it('is missing only in the platform’s own words', async () => {
    expect(await object(scriptedSteps([metaError(100, 33)]))).toEqual({ kind: 'missing' })
    const proxy = { kind: 'answer', status: 404, headers: {}, text: 'Not Found' } as const
    expect(await object(scriptedSteps([proxy]))).toMatchObject({ kind: 'unread' })
  })
})

describe('a token', () => {
  const check = (answer: ReturnType<typeof json>) =>
    checkToken(graph, scriptedSteps([answer]), '1029', 'name')

  it('is good when it opens the account, even on a server that tells no name', async () => {
    expect(await check(json({ id: '1029', name: 'Acme' }))).toEqual({
      kind: 'ok',
      identity: 'Acme',
    })
    expect(await check(json({}))).toEqual({ kind: 'ok', identity: '1029' })
  })

  it('is refused in plain words, and not judged by an outage', async () => {
    const expired = await check(metaError(190, 463))
    expect(expired).toMatchObject({
      kind: 'refused',
      reason: { class: 'auth', code: '190/463', text: 'Facebook: The access token has expired.' },
    })
    expect(await check(metaError(2, undefined, 500))).toMatchObject({ kind: 'unknown' })
    expect(await check(metaError(200))).toMatchObject({ kind: 'refused' })
    expect(await check(metaError(100, 33))).toMatchObject({ kind: 'unknown' })
    expect(await check(metaError(803, undefined, 404))).toMatchObject({ kind: 'unknown' })
    expect(await check({ kind: 'noAnswer', why: 'a reset' })).toMatchObject({ kind: 'unknown' })
  })
})
