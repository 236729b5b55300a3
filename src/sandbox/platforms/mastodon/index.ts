import { bearerOf, type Call, isObject, Refused, type Reply } from '../frame/exchange.js'
import { inspectMedia } from '../frame/media.js'
import type { Platform } from '../frame/platform.js'
import { Posts, type StoredPost } from '../frame/posts.js'
import { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import type { Fault, LiveMedia, SandboxAccount } from '../types.js'
import { contentOf, statusLength } from './text.js'

const KEY_LIFE_MS = 3_600_000
const VISIBILITIES = ['public', 'unlisted', 'private', 'direct']
const IMAGE_TYPES = ['jpg', 'png', 'gif', 'webp']
const LIMITS = {
  characters: 500,
  attachments: 4,
  description: 1500,
  imageBytes: 16 * 1024 * 1024,
  imageMatrix: 33_177_600,
  videoBytes: 99 * 1024 * 1024,
}
const STATUS_PARAMS = [
  'status',
  'media_ids',
  'visibility',
  'sensitive',
  'spoiler_text',
  'language',
  'scheduled_at',
  'in_reply_to_id',
]

interface Status extends StoredPost {
  visibility: string
  spoiler: string
  language: string | null
  attachmentIds: string[]
  scheduledAt?: number
}

interface Attachment {
  id: string
  account: string
  polls: number
  media: LiveMedia
  attached: boolean
}

/** A Mastodon server. @see mastodon/documentation methods/statuses.md, media.md, accounts.md */
export function createMastodon(world: World): Platform {
  const posts = new Posts<Status>(world.now, world.switches.listLagMs)
  const attachments = new Map<string, Attachment>()
  const keys = new Map<string, { statusId: string; at: number }>()
  const rate = (limit: number, windowMs: number) =>
    new RollingLimit(limit, windowMs, world.now, world.switches.quotas)
  const limits = {
    requests: rate(300, 300_000),
    statuses: rate(300, 3 * 3_600_000),
    media: rate(30, 1_800_000),
    deletes: rate(30, 1_800_000),
  }

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
        return postStatus(call, account)
      case 'POST api/v2/media':
        return postMedia(call, account)
    }
    switch (`${call.method} ${path.replace(`/${id}`, '/:id')}`) {
      case 'GET api/v1/media/:id':
      case 'PUT api/v1/media/:id':
        return answerMedia(call, account, id)
      case 'GET api/v1/accounts/:id/statuses':
        return list(call, id)
      case 'GET api/v1/statuses/:id':
        return { status: 200, body: statusOf(call, own(account, id)) }
      case 'DELETE api/v1/statuses/:id': {
        const status = own(account, id)
        spend(limits.deletes, account)
        posts.remove(id)
        return { status: 200, body: { ...statusOf(call, status), text: status.text } }
      }
    }
    if (call.method === 'GET' && edge === 'source' && path.startsWith('api/v1/statuses/')) {
      const status = own(account, id)
      return { status: 200, body: { id, text: status.text, spoiler_text: status.spoiler } }
    }
    throw refuse(404, 'Record not found')
  }

  function own(account: SandboxAccount, id: string): Status {
    const status = posts.get(id)
    if (status?.account !== account.id || !posts.isLive(status))
      throw refuse(404, 'Record not found')
    return status
  }

  /** Mastodon's reset is an ISO 8601 time. @see mastodon/mastodon config/initializers/rack_attack.rb */
  function spend(limit: RollingLimit, account: SandboxAccount): Record<string, string> {
    const granted = limit.take(account.id)
    const headers = {
      'x-ratelimit-limit': String(limit.limit),
      'x-ratelimit-remaining': String(limit.remaining(account.id)),
      'x-ratelimit-reset': new Date(limit.resetAt(account.id)).toISOString(),
    }
    if (granted) return headers
    throw new Refused({ status: 429, headers, body: { error: 'Too many requests' } })
  }

  function postStatus(call: Call, account: SandboxAccount): Reply {
    const key = call.headers['idempotency-key']
    const slot = `${account.id} ${key}`
    const earlier = world.switches.honourIdempotencyKey && key ? keys.get(slot) : undefined
    if (earlier && world.now() - earlier.at < KEY_LIFE_MS) {
      // The body is not compared; a status that was deleted since is simply not found.
      return { status: 200, body: statusOf(call, own(account, earlier.statusId)) }
    }
    const status = readStatus(call, account)
    spend(limits.statuses, account)
    posts.add(status)
    for (const id of status.attachmentIds) {
      const attachment = attachments.get(id)
      if (attachment) attachment.attached = true
    }
    if (key) keys.set(slot, { statusId: status.id, at: world.now() })
    if (status.scheduledAt === undefined) return { status: 200, body: statusOf(call, status) }
    const scheduled_at = new Date(status.scheduledAt).toISOString()
    const params = { text: status.text, visibility: status.visibility }
    return { status: 200, body: { id: status.id, scheduled_at, params, media_attachments: [] } }
  }

  function readStatus(call: Call, account: SandboxAccount): Status {
    const params = paramsOf(call)
    for (const name of Object.keys(params)) {
      if (!STATUS_PARAMS.includes(name)) throw invalid(`Unknown parameter ${name}`)
    }
    const text = textOf(params.status)
    const spoiler = textOf(params.spoiler_text)
    const visibility = textOf(params.visibility) || 'public'
    const language = textOf(params.language) || null
    const media = attachmentsOf(params.media_ids, account)
    if (text.trim() === '' && media.length === 0) throw invalid("Text can't be blank")
    if (statusLength(text, spoiler) > LIMITS.characters) {
      throw invalid(`Text character limit of ${LIMITS.characters} exceeded`)
    }
    if (!VISIBILITIES.includes(visibility)) throw invalid('Visibility is not included in the list')
    if (language && !/^[a-z]{2,3}(-[A-Za-z]+)?$/.test(language))
      throw invalid('Language is invalid')
    const at = world.now()
    const scheduledAt = scheduleOf(textOf(params.scheduled_at), at)
    const id = world.nextId()
    return {
      id,
      account: account.id,
      text,
      media: media.map((attachment) => attachment.media),
      attachmentIds: media.map((attachment) => attachment.id),
      createdAt: new Date(at).toISOString(),
      permalink: `${call.root}/@${account.username}/${id}`,
      at,
      liveAt: scheduledAt ?? at,
      ...(scheduledAt === undefined ? {} : { scheduledAt }),
      visibility,
      spoiler,
      language,
    }
  }

  function attachmentsOf(ids: unknown, account: SandboxAccount): Attachment[] {
    const wanted = Array.isArray(ids) ? ids.map(String) : []
    if (ids !== undefined && !Array.isArray(ids)) throw invalid('media_ids must be a list')
    if (wanted.length > LIMITS.attachments) throw invalid('Cannot attach more than 4 files')
    const found = wanted.map((id) => {
      const attachment = attachments.get(id)
      if (attachment?.account !== account.id || attachment.attached) {
        throw invalid(`Media attachments ${id} not found or already used`)
      }
      if (!isReady(attachment)) {
        throw invalid(
          'Cannot attach files that have not finished processing. Try again in a moment!',
        )
      }
      return attachment
    })
    if (found.length > 1 && found.some(({ media }) => media.kind === 'video')) {
      throw invalid('Cannot attach a video to a post that already contains images')
    }
    return found
  }

  function postMedia(call: Call, account: SandboxAccount): Reply {
    const file =
      call.body.type === 'form' ? call.body.files.find((f) => f.field === 'file') : undefined
    const params = paramsOf(call)
    const description = textOf(params.description)
    if (!file) throw invalid("File can't be blank")
    const found = inspectMedia(file.bytes)
    if (!found || (found.kind === 'image' && !IMAGE_TYPES.includes(found.type))) {
      throw invalid('File content type is not supported')
    }
    const cap = found.kind === 'image' ? LIMITS.imageBytes : LIMITS.videoBytes
    if (file.bytes.length > cap) throw invalid('File size is too large')
    if (found.kind === 'image' && found.width * found.height > LIMITS.imageMatrix) {
      throw invalid('Image dimensions are not supported')
    }
    if (description.length > LIMITS.description) throw invalid('Description is too long')
    spend(limits.media, account)
    const alt = description === '' ? {} : { alt: description }
    const media = { ...world.media.keep(file.bytes, found.kind), ...alt }
    const attachment = { id: world.nextId(), account: account.id, polls: 0, media, attached: false }
    attachments.set(attachment.id, attachment)
    const status = isReady(attachment) ? 200 : 202
    return { status, body: attachmentOf(call, attachment) }
  }

  function answerMedia(call: Call, account: SandboxAccount, id: string): Reply {
    const attachment = attachments.get(id)
    if (attachment?.account !== account.id) throw refuse(404, 'Record not found')
    if (call.method === 'PUT') {
      attachment.media.alt = textOf(paramsOf(call).description)
      return { status: 200, body: attachmentOf(call, attachment) }
    }
    const status = isReady(attachment) ? 200 : 206
    const body = attachmentOf(call, attachment)
    attachment.polls += 1
    return { status, body }
  }

  /** Pictures are done at once; videos after the polls. */
  function isReady({ media, polls }: Attachment): boolean {
    return media.kind === 'image' || polls >= world.switches.processingPolls
  }

  function attachmentOf(call: Call, attachment: Attachment) {
    const { id, media } = attachment
    const url = isReady(attachment) ? `${call.root}/_media/${media.sha256}` : null
    return { id, type: media.kind, url, preview_url: url, description: media.alt ?? null, meta: {} }
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
    return { status: 200, body: page.map((status) => statusOf(call, status)) }
  }

  function statusOf(call: Call, status: Status) {
    const account = world.accounts('mastodon').find(({ id }) => id === status.account)
    const files = status.attachmentIds.flatMap((id) => attachments.get(id) ?? [])
    return {
      id: status.id,
      created_at: status.createdAt,
      visibility: status.visibility,
      sensitive: false,
      spoiler_text: status.spoiler,
      language: status.language,
      uri: `${call.root}/users/${account?.username}/statuses/${status.id}`,
      url: status.permalink,
      content: contentOf(status.text),
      reblog: null,
      in_reply_to_id: null,
      application: { name: 'Sandbox app', website: null },
      account: account && accountOf(call, account),
      media_attachments: files.map((file) => attachmentOf(call, file)),
      mentions: [],
      tags: [],
      emojis: [],
      card: null,
      poll: null,
    }
  }

  function accountOf(call: Call, { id, username, name }: SandboxAccount) {
    const url = `${call.root}/@${username}`
    return { id, username, acct: username, display_name: name, url, bot: false, locked: false }
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
      attachments.clear()
      keys.clear()
      for (const limit of Object.values(limits)) limit.clear()
    },
  }
}

const CONFIGURATION = {
  statuses: {
    max_characters: LIMITS.characters,
    max_media_attachments: LIMITS.attachments,
    characters_reserved_per_url: 23,
  },
  media_attachments: {
    description_limit: LIMITS.description,
    image_size_limit: LIMITS.imageBytes,
    image_matrix_limit: LIMITS.imageMatrix,
    video_size_limit: LIMITS.videoBytes,
    supported_mime_types: ['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'video/mp4'],
  },
}

function refuse(status: number, error: string): Refused {
  return new Refused({ status, body: { error } })
}

function invalid(reason: string): Refused {
  return refuse(422, `Validation failed: ${reason}`)
}

function paramsOf(call: Call): Record<string, unknown> {
  if (call.body.type === 'json' && isObject(call.body.value)) return call.body.value
  if (call.body.type === 'invalid') throw refuse(400, 'Bad request')
  if (call.body.type !== 'form') return {}
  const params: Record<string, unknown> = {}
  for (const [name, value] of call.body.fields) {
    const list = /^(\w+)\[\]$/.exec(name)?.[1]
    if (list === undefined) params[name] = value
    else params[list] = [...(Array.isArray(params[list]) ? params[list] : []), value]
  }
  return params
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value)
}

/** @throws Refused for a time that is less than five minutes ahead */
function scheduleOf(given: string, now: number): number | undefined {
  if (given === '') return undefined
  const at = Date.parse(given)
  if (Number.isNaN(at) || at < now + 300_000) {
    throw invalid('The scheduled date must be in the future')
  }
  return at
}

function isLater(a: string, b: string): boolean {
  return a.length === b.length ? a > b : a.length > b.length
}
