import { bearerOf, type Call, type Reply } from '../frame/exchange.js'
import type { Platform } from '../frame/platform.js'
import type { World } from '../frame/world.js'
import type { Fault, SandboxAccount } from '../types.js'
import { answerMedia, postMedia } from './attachments.js'
import { accountOf, CONFIGURATION, statusOf } from './entities.js'
import { postStatus } from './statuses.js'
import { createServer, own, spend } from './store.js'
import { refuse } from './wire.js'

/** A Mastodon server. @see mastodon/documentation methods/statuses.md, media.md, accounts.md */
export function createMastodon(world: World): Platform {
  const server = createServer(world)
  const { posts, limits } = server

  function answer(call: Call): Reply {
    const path = call.segments.join('/')
    const version = world.switches.honourIdempotencyKey
      ? '4.5.2'
      : '2.7.2 (compatible; Sandbox 1.0)'
    if (call.method === 'GET' && path === 'api/v1/instance') return instanceV1(call, version)
    if (call.method === 'GET' && path === 'api/v2/instance') return instanceV2(call, version)
    const account = world.accountOfToken('mastodon', bearerOf(call))
    if (!account) throw refuse(401, 'The access token is invalid')
    const headers = spend(limits.requests, account)
    return { ...route(call, account, path), headers }
  }

  function route(call: Call, account: SandboxAccount, path: string): Reply {
    const [, , , id = '', edge] = call.segments
    switch (`${call.method} ${path}`) {
      case 'GET api/v1/accounts/verify_credentials':
        return { status: 200, body: { ...accountOf(call, account), source: { privacy: 'public' } } }
      case 'GET api/v1/apps/verify_credentials':
        return { status: 200, body: { name: 'Sandbox app', scopes: ['read', 'write', 'profile'] } }
      case 'POST api/v1/statuses':
        return postStatus(server, call, account)
      case 'POST api/v2/media':
        return postMedia(server, call, account)
    }
    switch (`${call.method} ${path.replace(`/${id}`, '/:id')}`) {
      case 'GET api/v1/media/:id':
      case 'PUT api/v1/media/:id':
        return answerMedia(server, call, account, id)
      case 'GET api/v1/accounts/:id/statuses':
        return list(call, id)
      case 'GET api/v1/statuses/:id':
        return { status: 200, body: statusOf(server, call, own(server, account, id)) }
      case 'DELETE api/v1/statuses/:id': {
        const status = own(server, account, id)
        spend(limits.deletes, account)
        posts.remove(id)
        return { status: 200, body: { ...statusOf(server, call, status), text: status.text } }
      }
    }
    if (call.method === 'GET' && edge === 'source' && path.startsWith('api/v1/statuses/')) {
      const status = own(server, account, id)
      return { status: 200, body: { id, text: status.text, spoiler_text: status.spoiler } }
    }
    throw refuse(404, 'Record not found')
  }

  function list(call: Call, id: string): Reply {
    if (!world.accounts('mastodon').some((account) => account.id === id)) {
      throw refuse(404, 'Record not found')
    }
    const limit = Math.min(40, Number(call.query.get('limit') ?? 20))
    const after = call.query.get('min_id') ?? call.query.get('since_id')
    const before = call.query.get('max_id')
    const newest = posts
      .listed(id)
      .filter((status) => posts.isLive(status))
      .filter((status) => after === null || isLater(status.id, after))
      .filter((status) => before === null || isLater(before, status.id))
    const page = call.query.has('min_id') ? newest.slice(-limit) : newest.slice(0, limit)
    return { status: 200, body: page.map((status) => statusOf(server, call, status)) }
  }

  function instanceV1(call: Call, version: string): Reply {
    const uri = call.headers.host
    return { status: 200, body: { uri, title: 'Sandbox', version, configuration: CONFIGURATION } }
  }

  function instanceV2(call: Call, version: string): Reply {
    const domain = call.headers.host
    return {
      status: 200,
      body: { domain, title: 'Sandbox', version, configuration: CONFIGURATION },
    }
  }

  function spoil(fault: Fault): Reply {
    switch (fault.kind) {
      case 'no_id':
        return { status: 200, body: {} }
      case 'rate_limit': {
        const reset = new Date(world.now() + (fault.retryAfterS ?? 60) * 1000).toISOString()
        const headers = {
          'x-ratelimit-limit': '300',
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': reset,
        }
        return { status: 429, headers, body: { error: 'Too many requests' } }
      }
      case 'bad_token':
        return { status: 401, body: { error: 'The access token is invalid' } }
      case 'forbidden':
        return { status: 403, body: { error: 'This action is not allowed' } }
      case 'duplicate_refusal':
        return { status: 422, body: { error: 'Validation failed: Sandbox fault' } }
      default: {
        const error =
          fault.status === 503 ? 'There was a temporary problem' : 'Something went wrong'
        return { status: fault.status ?? 500, body: { error } }
      }
    }
  }

  return {
    posts,
    answer,
    spoil,
    purposeOf: (call) => {
      const account = world.accounts('mastodon').find(({ token }) => token === bearerOf(call))?.id
      const path = call.segments.join('/')
      if (call.method === 'POST' && path === 'api/v1/statuses') return { kind: 'mutation', account }
      const uploads = call.method !== 'GET' && /^api\/v[12]\/media/.test(path)
      return { kind: uploads ? 'prepare' : 'read', account }
    },
    postIdAt: ([first, second, third, fourth, ...rest]) => {
      if (rest.length > 0) return
      if (first?.startsWith('@') && second && !third) return second
      return first === 'users' && third === 'statuses' ? fourth : undefined
    },
    reset: () => {
      posts.clear()
      server.attachments.clear()
      server.keys.clear()
      for (const limit of Object.values(limits)) limit.clear()
    },
  }
}

function isLater(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length
}
