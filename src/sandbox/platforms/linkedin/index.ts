import { z } from 'zod'
import { bearerOf, type Call, jsonObject, Refused, type Reply } from '../frame/exchange.js'
import type { Platform } from '../frame/platform.js'
import { Posts, type StoredPost } from '../frame/posts.js'
import { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import type { Fault, LiveMedia, SandboxAccount } from '../types.js'
import { LinkedInAssets } from './assets.js'
import { duplicateOf, linkedInError, notFound, refuseLinkedIn } from './errors.js'
import { checkHeaders, createSchema, type Draft } from './schema.js'
import { plainTextOf } from './text.js'

const COMMENTARY_MAX = 3000
const DUPLICATE_WINDOW_MS = 600_000
const DAY_MS = 86_400_000
const DAILY_REQUESTS = 150

interface Share extends StoredPost {
  draft: Draft
  fingerprint: string
}

/** LinkedIn posts. @see Microsoft Learn, LinkedIn "Posts API", "Images API", "UGC Post API" */
export function createLinkedIn(world: World): Platform {
  const posts = new Posts<Share>(world.now, world.switches.listLagMs, world.keep('linkedin posts'))
  const recent = world.keep<{ urn: string; at: number }>('linkedin texts')
  const assets = new LinkedInAssets(world)
  const daily = new RollingLimit(DAILY_REQUESTS, DAY_MS, world.now, world.switches.quotas)

  function answer(call: Call): Reply {
    const [first, second, urn] = call.segments
    if (call.method === 'PUT' && first === 'dms-uploads') return assets.receive(call)
    const account = ownerOf(call)
    if (first === 'oauth' && call.method === 'POST') return introspect(call)
    if (!account) throw refuseLinkedIn(401, 'INVALID_ACCESS_TOKEN', 'Invalid access token')
    if (call.method === 'GET' && call.path === '/v2/userinfo') return userInfo(account)
    if (first !== 'rest') throw notFound(call)
    checkHeaders(call)
    // The day is UTC's: the allowance comes back at midnight.
    if (!daily.take(`${account.id} ${Math.floor(world.now() / DAY_MS)}`)) {
      throw refuseLinkedIn(429, 'TOO_MANY_REQUESTS', 'Resource level throttle limit reached')
    }
    const action = call.query.get('action')
    switch (`${call.method} ${second} ${action ?? (urn === undefined ? '' : ':urn')}`.trim()) {
      case 'POST posts':
        return create(call)
      case 'GET posts':
        return list(call)
      case 'GET posts :urn':
        return read(call, urn ?? '')
      case 'DELETE posts :urn':
        return remove(call, urn ?? '')
      case 'POST images initializeUpload':
        return assets.start(call, 'image', (owner) => mayActFor(call, owner))
      case 'POST videos initializeUpload':
        return assets.start(call, 'video', (owner) => mayActFor(call, owner))
      case 'POST videos finalizeUpload':
        return assets.finalize(call)
      default:
        throw notFound(call)
    }
  }

  function ownerOf(call: Call): SandboxAccount | undefined {
    return world.accountOfToken('linkedin', bearerOf(call))
  }

  /** One token may open several authors: a member and the pages they manage. */
  function mayActFor(call: Call, author: string): boolean {
    return world
      .accounts('linkedin')
      .some(
        ({ id, token }) =>
          id === author && token === bearerOf(call) && !world.isRevoked('linkedin', id),
      )
  }

  function create(call: Call): Reply {
    const input = createSchema.safeParse(jsonObject(call.body))
    if (!input.success) {
      const unknown = input.error.issues.some(({ code }) => code === 'unrecognized_keys')
      const reason = z.prettifyError(input.error)
      throw unknown
        ? refuseLinkedIn(422, 'UNPROCESSABLE_ENTITY', `unrecognized field found: ${reason}`)
        : refuseLinkedIn(400, 'INVALID_VALUE_FOR_FIELD', reason)
    }
    const draft = input.data
    if (!mayActFor(call, draft.author)) {
      throw refuseLinkedIn(403, 'ACCESS_DENIED', `Not allowed to post as ${draft.author}`)
    }
    if (draft.commentary.length > COMMENTARY_MAX) {
      throw refuseLinkedIn(400, 'FIELD_LENGTH_TOO_LONG', 'commentary is longer than 3000')
    }
    if (draft.commentary === '' && !draft.content) {
      throw refuseLinkedIn(400, 'MISSING_FIELD', 'commentary or content is needed')
    }
    const media = mediaOf(draft)
    const fingerprint = JSON.stringify(draft)
    refuseDuplicate(fingerprint)
    const kind = media.some((item) => item.kind === 'video') ? 'ugcPost' : 'share'
    const urn = `urn:li:${kind}:${world.nextId()}`
    const at = world.now()
    posts.add({
      id: urn,
      account: draft.author,
      text: plainTextOf(draft.commentary),
      media,
      createdAt: new Date(at).toISOString(),
      permalink: `${call.root}/feed/update/${urn}/`,
      at,
      liveAt: at,
      draft,
      fingerprint,
    })
    recent.set(fingerprint, { urn, at })
    return { status: 201, headers: { 'x-restli-id': urn } }
  }

  function mediaOf({ content, author }: Draft): LiveMedia[] {
    const used = (id: string, alt: string | undefined) => ({
      ...assets.use(id, author),
      ...(alt === undefined ? {} : { alt }),
    })
    if (!content) return []
    if ('media' in content) return [used(content.media.id, content.media.altText)]
    if ('multiImage' in content) {
      return content.multiImage.images.map(({ id, altText }) => used(id, altText))
    }
    // LinkedIn does not scrape the link: a card has the thumbnail it was given, or none.
    if (content.article.thumbnail !== undefined) assets.use(content.article.thumbnail, author)
    return []
  }

  function refuseDuplicate(fingerprint: string): void {
    const earlier = recent.get(fingerprint)
    if (!world.switches.duplicateCheck || !earlier || !posts.get(earlier.urn)) return
    if (world.now() - earlier.at < DUPLICATE_WINDOW_MS) throw new Refused(duplicateOf(earlier.urn))
  }

  /** Own posts can be listed for organisations only; members need a closed permission. */
  function list(call: Call): Reply {
    const author = call.query.get('author') ?? ''
    const count = Number(call.query.get('count') ?? 10)
    const start = Number(call.query.get('start') ?? 0)
    if (call.query.get('q') !== 'author' || author === '' || !(count >= 1 && count <= 100)) {
      throw refuseLinkedIn(400, 'INVALID_VALUE_FOR_FIELD', 'q=author, author, count 1 to 100')
    }
    refuseReading(call, author)
    const all = posts.listed(author)
    const elements = all.slice(start, start + count).map(postOf)
    return {
      status: 200,
      body: { elements, paging: { start, count, total: all.length, links: [] } },
    }
  }

  function read(call: Call, urn: string): Reply {
    const post = posts.get(urn)
    refuseReading(call, post?.account ?? '')
    if (!post) throw refuseLinkedIn(404, 'NOT_FOUND', `Post ${urn} not found`)
    return { status: 200, body: postOf(post) }
  }

  function refuseReading(call: Call, author: string): void {
    const member = author.startsWith('urn:li:person:') || ownerOf(call)?.id.includes(':person:')
    if (member || (author !== '' && !mayActFor(call, author))) {
      throw refuseLinkedIn(403, 'ACCESS_DENIED', 'Not enough permissions to access this resource')
    }
  }

  /** Idempotent: also 204 for a post that is not there. */
  function remove(call: Call, urn: string): Reply {
    const post = posts.get(urn)
    if (post && !mayActFor(call, post.account)) {
      throw refuseLinkedIn(403, 'ACCESS_DENIED', 'Not allowed to delete this post')
    }
    posts.remove(urn)
    return { status: 204 }
  }

  function introspect(call: Call): Reply {
    const fields = call.body.type === 'form' ? Object.fromEntries(call.body.fields) : {}
    if (call.path !== '/oauth/v2/introspectToken') throw notFound(call)
    const account = world.accountOfToken('linkedin', fields.token)
    if (!account) return { status: 200, body: { active: false } }
    const scope = account.id.includes(':person:')
      ? 'openid,profile,w_member_social'
      : 'w_organization_social,r_organization_social'
    const expires_at = Math.floor(world.now() / 1000) + 5_184_000
    return { status: 200, body: { active: true, status: 'active', scope, expires_at } }
  }

  function userInfo({ id, name }: SandboxAccount): Reply {
    return { status: 200, body: { sub: id.split(':').at(-1), name } }
  }

  function spoil(fault: Fault, good?: Reply): Reply {
    switch (fault.kind) {
      case 'no_id':
        return { status: 201 }
      case 'rate_limit':
        return linkedInError(429, 'TOO_MANY_REQUESTS', 'Resource level throttle limit reached')
      case 'bad_token':
        return {
          status: 401,
          body: {
            status: 401,
            serviceErrorCode: 65601,
            code: 'REVOKED_ACCESS_TOKEN',
            message: 'The token used in the request has been revoked by the user',
          },
        }
      case 'forbidden':
        return linkedInError(403, 'ACCESS_DENIED', 'Not enough permissions to access this resource')
      case 'duplicate_refusal':
        return duplicateOf(good?.headers?.['x-restli-id'] ?? 'urn:li:share:1')
      default:
        return linkedInError(fault.status ?? 500, 'INTERNAL_SERVER_ERROR', 'Internal server error')
    }
  }

  return {
    posts,
    answer,
    spoil,
    purposeOf: (call) => {
      if (call.method === 'PUT') return { kind: 'prepare' }
      const [, second] = call.segments
      if (call.method !== 'POST' || call.segments[0] !== 'rest') {
        return { kind: 'read', account: ownerOf(call)?.id }
      }
      if (second !== 'posts') return { kind: 'prepare', account: ownerOf(call)?.id }
      if (call.body.type === 'unread') return undefined
      const { author } = jsonObject(call.body) ?? {}
      return { kind: 'mutation', account: typeof author === 'string' ? author : ownerOf(call)?.id }
    },
    postIdAt: ([feed, update, urn]) => (feed === 'feed' && update === 'update' ? urn : undefined),
    reset: () => {
      posts.clear()
      recent.clear()
      assets.clear()
      daily.clear()
    },
  }
}

function postOf({ id, at, draft }: Share) {
  return { ...draft, id, createdAt: at, publishedAt: at, lastModifiedAt: at }
}
