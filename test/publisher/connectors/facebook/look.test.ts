import { describe, expect, it } from 'vitest'
import { readPosts } from '../../../../src/publisher/connectors/facebook/look.js'
import type { Answer } from '../../../../src/publisher/connectors/http.js'
import { createGraph } from '../../../../src/publisher/connectors/meta/graph.js'
import { NOON } from '../../../support/clock.js'
import { json, metaError, scriptedSteps } from '../scripted-steps.js'

const account = {
  apiUrl: 'https://graph.facebook.com',
  apiVersion: 'v26.0',
  accessToken: 'EAAB-a-page-token',
}
const page = {
  pageId: '1029',
  graph: createGraph('Facebook', account, { subcodes: {}, codes: {} }),
}
const post = { message: 'The harbour', created_time: '2026-01-05T12:00:00+0000' }
const notFound: Answer = { kind: 'answer', status: 404, headers: {}, text: 'Not Found' }

async function read(answers: readonly Answer[]) {
  const steps = scriptedSteps(answers)
  const list = await readPosts(page, steps, NOON)
  const edges = steps.requests.map(({ url }) => new URL(url).pathname.split('/').at(-1))
  return { edges, ids: list.kind === 'read' ? list.value.map(({ id }) => id) : undefined }
}

describe('the posts of a Page', () => {
  it.each([
    ['a plain 404', notFound],
    ['an unknown path', metaError(2500)],
    ['an unsupported request', metaError(100)],
  ])('are read from the feed where published ones have no list: %s', async (_, refusal) => {
    const feed = json({
      data: [
        { id: 'a', ...post },
        { id: 'b', ...post, is_published: true },
        { id: 'unseen', ...post, is_published: false },
      ],
    })
    expect(await read([refusal, feed])).toEqual({
      edges: ['published_posts', 'feed'],
      ids: ['a', 'b'],
    })
  })

  it.each([
    ['an outage', metaError(2, undefined, 500)],
    ['a refused token', metaError(190)],
    ['a limit', metaError(4)],
  ])('are not known after %s', async (_, refusal) => {
    expect(await read([refusal])).toEqual({ edges: ['published_posts'], ids: undefined })
  })
})
