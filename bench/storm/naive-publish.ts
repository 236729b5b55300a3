import type { PlatformName } from '../../src/sandbox/platforms/index.js'
import type { StormAccount } from './accounts.js'

/** Fetches JSON and throws for whatever is not a success, as one writes it at first. */
type Ask = (
  path: string,
  request: { body?: object; form?: Record<string, string>; headers?: Record<string, string> },
) => Promise<{ id?: string; status?: string; status_code?: string; accessJwt?: string }>

/**
 * Publishes by the shortest way that each platform's first page of documentation shows.
 * @throws whatever goes wrong
 */
export async function publishNaively(
  { platform, sandbox: { id, token } }: StormAccount,
  post: { text: string; pictureUrl: string },
  parts: { sandboxUrl: string; timeoutMs: number },
): Promise<void> {
  const bearer = { authorization: `Bearer ${token}` }
  const ask: Ask = async (path, { body, form, headers }) => {
    const answer = await fetch(`${parts.sandboxUrl}/${platform}/${path}`, {
      method: body || form ? 'POST' : 'GET',
      headers: {
        ...(body ? { 'content-type': 'application/json' } : {}),
        'user-agent': 'naive',
        ...bearer,
        ...headers,
      },
      ...(body ? { body: JSON.stringify(body) } : form ? { body: new URLSearchParams(form) } : {}),
      signal: AbortSignal.timeout(parts.timeoutMs),
    })
    if (!answer.ok) throw new Error(`${platform} answered ${answer.status}`)
    const text = await answer.text()
    return text ? JSON.parse(text) : {}
  }
  await WAYS[platform](ask, { ...post, id, token })
}

interface Sending {
  readonly text: string
  readonly pictureUrl: string
  readonly id: string
  readonly token: string
}

const WAYS: Record<PlatformName, (ask: Ask, sending: Sending) => Promise<unknown>> = {
  facebook: (ask, { id, text }) => ask(`v26.0/${id}/feed`, { form: { message: text } }),
  instagram: (ask, { id, text, pictureUrl }) =>
    throughContainer(ask, `v26.0/${id}/media`, 'status_code', {
      image_url: pictureUrl,
      caption: text,
    }),
  threads: (ask, { id, text }) =>
    throughContainer(ask, `v1.0/${id}/threads`, 'status', { media_type: 'TEXT', text }),
  async bluesky(ask, { id, token, text }) {
    const login = { identifier: id, password: token }
    const { accessJwt } = await ask('xrpc/com.atproto.server.createSession', { body: login })
    const collection = 'app.bsky.feed.post'
    const record = { $type: collection, text, createdAt: new Date().toISOString() }
    return ask('xrpc/com.atproto.repo.createRecord', {
      body: { repo: id, collection, record },
      headers: { authorization: `Bearer ${accessJwt}` },
    })
  },
  mastodon: (ask, { text }) => ask('api/v1/statuses', { body: { status: text } }),
  x: (ask, { text }) => ask('2/tweets', { body: { text } }),
  linkedin: (ask, { id, text }) =>
    ask('rest/posts', {
      body: {
        author: id,
        commentary: text,
        visibility: 'PUBLIC',
        distribution: { feedDistribution: 'MAIN_FEED' },
        lifecycleState: 'PUBLISHED',
      },
      headers: { 'linkedin-version': '202609', 'x-restli-protocol-version': '2.0.0' },
    }),
  telegram: (ask, { id, token, text }) =>
    ask(`bot${token}/sendMessage`, { body: { chat_id: id, text } }),
  discord: (ask, { id, token, text }) =>
    ask(`api/v10/webhooks/${id}/${token}?wait=true`, { body: { content: text } }),
}

const MOST_POLLS = 10

async function throughContainer(
  ask: Ask,
  path: string,
  field: 'status' | 'status_code',
  form: Record<string, string>,
): Promise<unknown> {
  const container = await ask(path, { form })
  const version = path.split('/')[0]
  for (let polls = 0; polls < MOST_POLLS; polls++) {
    const state = await ask(`${version}/${container.id}?fields=${field}`, {})
    if (state[field] === 'FINISHED') break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return ask(`${path}_publish`, { form: { creation_id: container.id ?? '' } })
}
