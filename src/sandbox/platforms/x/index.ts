import { z } from 'zod'
import { type Call, jsonObject, Refused, type Reply } from '../frame/exchange.js'
import type { Platform } from '../frame/platform.js'
import { Posts } from '../frame/posts.js'
import { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import type { Fault, SandboxAccount } from '../types.js'
import { fieldsOf, pick, timeOf, type XPost } from './fields.js'
import { XMedia } from './media.js'
import { invalidRequest, problem, refuseX } from './problems.js'
import { createSchema } from './schema.js'
import { returnedText, weightedLength } from './text.js'
import { XTokens } from './tokens.js'

const WEIGHT_MAX = 280
const QUARTER_MS = 900_000
/** The real window is not documented. */
const DUPLICATE_WINDOW_MS = 24 * 3_600_000
const DUPLICATE = problem(
  403,
  'Forbidden',
  'You are not allowed to create a Tweet with duplicate content.',
)

interface Route {
  name: string
  limit: number
  reply: () => Reply
}

/** X, API v2. @see X API "Manage Posts", "Timelines", "Media" */
export function createX(world: World): Platform {
  const posts = new Posts<XPost>(world.now, world.switches.listLagMs, world.keep('x posts'))
  const said = world.keep<number>('x texts')
  const media = new XMedia(world)
  const tokens = new XTokens(world)
  const limits = new Map<string, RollingLimit>()

  function answer(call: Call): Reply {
    if (`${call.method} ${call.path}` === 'POST /2/oauth2/token') return tokens.answer(call)
    const account = tokens.ownerOf(call)
    if (!account) throw refuseX(401, 'Unauthorized', 'Unauthorized')
    const found = route(call, account)
    if (!found) throw refuseX(404, 'Not Found', 'Not Found')
    const headers = spend(account, found.name, found.limit)
    return { ...found.reply(), headers }
  }

  /** The call's work, and its allowance in 15 minutes. @see X API "Rate limits" */
  function route(call: Call, account: SandboxAccount): Route | undefined {
    const third = call.segments[2] ?? ''
    const path = call.segments.map((part, at) => (at === 2 && /^\d+$/.test(part) ? ':id' : part))
    switch (`${call.method} ${path.join('/')}`) {
      case 'POST 2/tweets':
        return { name: 'create', limit: 100, reply: () => create(call, account) }
      case 'GET 2/tweets/:id':
        return { name: 'look up', limit: 900, reply: () => lookUp(call, third) }
      case 'DELETE 2/tweets/:id':
        return { name: 'delete', limit: 50, reply: () => remove(account, third) }
      case 'GET 2/users/me':
        return { name: 'me', limit: 75, reply: () => me(account) }
      case 'GET 2/users/:id/tweets':
        return { name: 'timeline', limit: 900, reply: () => timeline(call, third) }
    }
    if (!call.path.startsWith('/2/media/')) return undefined
    return { name: 'media', limit: 500, reply: () => media.answer(call, account) }
  }

  function spend(account: SandboxAccount, name: string, limit: number): Record<string, string> {
    const window =
      limits.get(name) ?? new RollingLimit(limit, QUARTER_MS, world.now, world.switches.quotas)
    limits.set(name, window)
    const granted = window.take(account.id)
    const headers = {
      'x-rate-limit-limit': String(limit),
      'x-rate-limit-remaining': String(window.remaining(account.id)),
      'x-rate-limit-reset': String(Math.ceil(window.resetAt(account.id) / 1000)),
    }
    if (granted) return headers
    throw new Refused({ ...problem(429, 'Too Many Requests', 'Too Many Requests'), headers })
  }

  function create(call: Call, account: SandboxAccount): Reply {
    const input = createSchema.safeParse(jsonObject(call.body))
    if (!input.success) throw invalidRequest(z.prettifyError(input.error))
    const { text = '', media: attached, reply } = input.data
    const files = media.attach(account, attached?.media_ids ?? [])
    if (text.trim() === '' && files.length === 0) throw invalidRequest('text or media is needed')
    if (weightedLength(text) > WEIGHT_MAX) throw invalidRequest('Your Tweet text is too long.')
    if ((text.match(/\$[A-Za-z]{1,6}\b/g) ?? []).length > 1) throw invalidRequest('One cashtag')
    if (reply && !posts.get(reply.in_reply_to_tweet_id)) {
      throw refuseX(403, 'Forbidden', 'You may not reply to this Post.')
    }
    refuseDuplicate(account, text, files.length > 0)
    const postId = world.nextId()
    const permalink = `${call.root}/${account.username}/status/${postId}`
    const mediaUrl = files.length > 0 ? `${permalink}/photo/1` : undefined
    const at = world.now()
    const shown = returnedText(text, mediaUrl, () => `https://t.co/${world.code(10)}`)
    posts.add({
      id: postId,
      account: account.id,
      text,
      media: files,
      createdAt: new Date(at).toISOString(),
      permalink,
      at,
      liveAt: at,
      returned: shown.text,
      urls: shown.urls,
    })
    const data = { id: postId, text: shown.text, edit_history_tweet_ids: [postId] }
    return { status: 201, body: { data } }
  }

  /**
   * Remembers texts also after their deletion, as seen in practice. Whether media make equal text
   * distinct is not known; here they do, because that is the harder case for a publisher.
   */
  function refuseDuplicate(account: SandboxAccount, text: string, hasMedia: boolean): void {
    if (!world.switches.duplicateCheck || hasMedia) return
    const key = `${account.id} ${text}`
    const earlier = said.get(key)
    if (earlier !== undefined && world.now() - earlier < DUPLICATE_WINDOW_MS) {
      throw new Refused(DUPLICATE)
    }
    said.set(key, world.now())
  }

  function lookUp(call: Call, postId: string): Reply {
    const fields = fieldsOf(call, [])
    const post = posts.get(postId)
    if (post) return { status: 200, body: { data: pick(post, fields) } }
    const missing = problem(
      200,
      'Not Found Error',
      `Could not find tweet ${postId}.`,
      'resource-not-found',
    )
    const error = { ...(missing.body as object), resource_type: 'tweet', resource_id: postId }
    return { status: 200, body: { errors: [error] } }
  }

  function remove(account: SandboxAccount, postId: string): Reply {
    const own = posts.get(postId)?.account === account.id
    return { status: 200, body: { data: { deleted: own && posts.remove(postId) } } }
  }

  function me({ id, name, username }: SandboxAccount): Reply {
    return { status: 200, body: { data: { id, name, username } } }
  }

  function timeline(call: Call, userId: string): Reply {
    const allowed = ['max_results', 'start_time', 'end_time', 'since_id', 'until_id', 'exclude']
    const fields = fieldsOf(call, [...allowed, 'pagination_token'])
    const count = Number(call.query.get('max_results') ?? 10)
    if (!Number.isInteger(count) || count < 5 || count > 100) {
      throw invalidRequest('max_results must be 5 to 100')
    }
    const since = timeOf(call, 'start_time') ?? Number.NEGATIVE_INFINITY
    const until = timeOf(call, 'end_time') ?? Number.POSITIVE_INFINITY
    const sinceId = call.query.get('since_id') ?? '0'
    if (!/^\d{1,19}$/.test(sinceId)) throw invalidRequest('since_id must be an id')
    const skip = Number(call.query.get('pagination_token') ?? 0)
    const all = posts
      .listed(userId)
      .filter(({ at, id }) => at >= since && at < until && BigInt(id) > BigInt(sinceId))
    const page = all.slice(skip, skip + count)
    const next = skip + count < all.length ? { next_token: String(skip + count) } : {}
    const meta = { result_count: page.length, ...next }
    const data = page.map((post) => pick(post, fields))
    return { status: 200, body: page.length > 0 ? { data, meta } : { meta } }
  }

  function spoil(fault: Fault): Reply {
    switch (fault.kind) {
      case 'no_id':
        return { status: 201, body: { data: {} } }
      case 'rate_limit': {
        const reset = Math.ceil(world.now() / 1000 + (fault.retryAfterS ?? 60))
        const headers = {
          'x-rate-limit-limit': '100',
          'x-rate-limit-remaining': '0',
          'x-rate-limit-reset': String(reset),
        }
        return { ...problem(429, 'Too Many Requests', 'Too Many Requests'), headers }
      }
      case 'bad_token':
        return problem(401, 'Unauthorized', 'Unauthorized')
      case 'forbidden':
        return problem(403, 'Forbidden', 'You are not permitted to perform this action.')
      case 'duplicate_refusal':
        return DUPLICATE
      default:
        return problem(fault.status ?? 500, 'Internal Server Error', 'Something is broken.')
    }
  }

  return {
    posts,
    answer,
    spoil,
    purposeOf: (call) => {
      const account = tokens.ownerOf(call)?.id
      const [, kind, third] = call.segments
      if (call.method !== 'POST') return { kind: 'read', account }
      if (kind === 'tweets' && third === undefined) return { kind: 'mutation', account }
      return { kind: kind === 'media' ? 'prepare' : 'read', account }
    },
    postIdAt: ([user, status, postId]) =>
      user !== '2' && status === 'status' && /^\d+$/.test(postId ?? '') ? postId : undefined,
    reset: () => {
      posts.clear()
      said.clear()
      media.clear()
      limits.clear()
      tokens.clear()
    },
  }
}
