import type { Call, Reply } from '../frame/exchange.js'
import type { SandboxAccount } from '../types.js'
import { LIMITS, statusOf } from './entities.js'
import { type Attachment, isReady, own, type Server, type Status, spend } from './store.js'
import { statusLength } from './text.js'
import { invalid, paramsOf, textOf } from './wire.js'

const KEY_LIFE_MS = 3_600_000
const VISIBILITIES = ['public', 'unlisted', 'private', 'direct']
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

/**
 * `POST /api/v1/statuses`. A key that was used within the hour answers with its status.
 * @see mastodon/mastodon app/services/post_status_service.rb
 */
export function postStatus(server: Server, call: Call, account: SandboxAccount): Reply {
  const { world, posts, attachments, keys, limits } = server
  const key = call.headers['idempotency-key']
  const slot = `${account.id} ${key}`
  const earlier = world.switches.honourIdempotencyKey && key ? keys.get(slot) : undefined
  if (earlier && world.now() - earlier.at < KEY_LIFE_MS) {
    // The body is not compared; a status that was deleted since is simply not found.
    return { status: 200, body: statusOf(server, call, own(server, account, earlier.statusId)) }
  }
  const status = readStatus(server, call, account)
  spend(limits.statuses, account)
  posts.add(status)
  for (const id of status.attachmentIds) {
    const attachment = attachments.get(id)
    if (attachment) attachment.attached = true
  }
  if (key) keys.set(slot, { statusId: status.id, at: world.now() })
  if (status.scheduledAt === undefined) return { status: 200, body: statusOf(server, call, status) }
  const scheduled_at = new Date(status.scheduledAt).toISOString()
  const params = { text: status.text, visibility: status.visibility }
  return { status: 200, body: { id: status.id, scheduled_at, params, media_attachments: [] } }
}

function readStatus(server: Server, call: Call, account: SandboxAccount): Status {
  const params = paramsOf(call)
  for (const name of Object.keys(params)) {
    if (!STATUS_PARAMS.includes(name)) throw invalid(`Unknown parameter ${name}`)
  }
  const text = textOf(params.status)
  const spoiler = textOf(params.spoiler_text)
  const visibility = textOf(params.visibility) || 'public'
  const language = textOf(params.language) || null
  const media = attachmentsOf(server, params.media_ids, account)
  if (text.trim() === '' && media.length === 0) throw invalid("Text can't be blank")
  if (statusLength(text, spoiler) > LIMITS.characters) {
    throw invalid(`Text character limit of ${LIMITS.characters} exceeded`)
  }
  if (!VISIBILITIES.includes(visibility)) throw invalid('Visibility is not included in the list')
  if (language && !/^[a-z]{2,3}(-[A-Za-z]+)?$/.test(language)) throw invalid('Language is invalid')
  const at = server.world.now()
  const scheduledAt = scheduleOf(textOf(params.scheduled_at), at)
  const id = server.world.nextId()
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

function attachmentsOf(server: Server, ids: unknown, account: SandboxAccount): Attachment[] {
  const wanted = Array.isArray(ids) ? ids.map(String) : []
  if (ids !== undefined && !Array.isArray(ids)) throw invalid('media_ids must be a list')
  if (wanted.length > LIMITS.attachments) throw invalid('Cannot attach more than 4 files')
  const found = wanted.map((id) => {
    const attachment = server.attachments.get(id)
    if (attachment?.account !== account.id || attachment.attached) {
      throw invalid(`Media attachments ${id} not found or already used`)
    }
    if (!isReady(server, attachment)) {
      throw invalid('Cannot attach files that have not finished processing. Try again in a moment!')
    }
    return attachment
  })
  if (found.length > 1 && found.some(({ media }) => media.kind === 'video')) {
    throw invalid('Cannot attach a video to a post that already contains images')
  }
  return found
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
