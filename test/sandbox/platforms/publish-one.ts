import type { PlatformName } from '../../../src/sandbox/platforms/index.js'
import type { Answer, Client } from './support.js'

/** Does what comes before the mutation, and returns the mutation itself. */
export type Prepare = (client: Client, text: string) => Promise<() => Promise<Answer>>

const agent = { 'user-agent': 'DiscordBot (a.example, 1)' }
const restli = { 'linkedin-version': '202609', 'x-restli-protocol-version': '2.0.0' }

async function poll(client: Client, path: string): Promise<void> {
  for (;;) {
    const { json } = await client.call('GET', path)
    if ((json.status_code ?? json.status) === 'FINISHED') return
  }
}

/** One text (for Instagram a picture) to each platform. */
export const prepareOne: Record<PlatformName, Prepare> = {
  facebook:
    async ({ call }, message) =>
    () =>
      call('POST', '/v26.0/1029/feed', { body: { message } }),
  instagram: async (client, caption) => {
    const body = { image_url: 'https://cdn.example/a.jpg', caption }
    const { id } = (await client.call('POST', '/v26.0/1784/media', { body })).json
    await poll(client, `/v26.0/${id}?fields=status_code`)
    return () => client.call('POST', '/v26.0/1784/media_publish', { body: { creation_id: id } })
  },
  threads: async (client, text) => {
    const body = new URLSearchParams({ media_type: 'TEXT', text })
    const { id } = (await client.call('POST', '/v1.0/9921/threads', { body })).json
    await poll(client, `/v1.0/${id}?fields=status`)
    return () =>
      client.call('POST', '/v1.0/9921/threads_publish', {
        body: new URLSearchParams({ creation_id: id }),
      })
  },
  bluesky: async ({ call }, text) => {
    const login = { identifier: 'acme.example', password: 'sandbox-bluesky-token' }
    const { accessJwt: token, did } = (
      await call('POST', '/xrpc/com.atproto.server.createSession', { token: null, body: login })
    ).json
    const collection = 'app.bsky.feed.post'
    const record = { $type: collection, text, createdAt: '2026-09-01T10:00:00Z' }
    const body = { repo: did, collection, rkey: '3mabcdefghijk', record, swapRecord: null }
    return () => call('POST', '/xrpc/com.atproto.repo.putRecord', { token, body })
  },
  mastodon:
    async ({ call }, status) =>
    () =>
      call('POST', '/api/v1/statuses', { body: { status } }),
  x:
    async ({ call }, text) =>
    () =>
      call('POST', '/2/tweets', { body: { text } }),
  linkedin:
    async ({ call }, commentary) =>
    () =>
      call('POST', '/rest/posts', {
        headers: restli,
        body: {
          author: 'urn:li:organization:77',
          commentary,
          visibility: 'PUBLIC',
          distribution: { feedDistribution: 'MAIN_FEED' },
          lifecycleState: 'PUBLISHED',
        },
      }),
  telegram:
    async ({ call }, text) =>
    () =>
      call('POST', '/botsandbox-telegram-token/sendMessage', {
        token: null,
        body: { chat_id: '@acme', text },
      }),
  discord:
    async ({ call }, content) =>
    () =>
      call('POST', '/webhooks/1100000000000000001/sandbox-discord-token?wait=true', {
        token: null,
        headers: agent,
        body: { content },
      }),
}
