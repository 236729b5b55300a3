import { Refused } from '../frame/exchange.js'
import { Posts, type StoredPost } from '../frame/posts.js'
import { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import type { LiveMedia, SandboxAccount } from '../types.js'
import { refuse } from './wire.js'

export interface Status extends StoredPost {
  visibility: string
  spoiler: string
  language: string | null
  attachmentIds: string[]
  scheduledAt?: number
}

export interface Attachment {
  id: string
  account: string
  polls: number
  media: LiveMedia
  attached: boolean
}

/** What one sandbox server holds and counts. */
export interface Server {
  world: World
  posts: Posts<Status>
  attachments: Map<string, Attachment>
  /** Idempotency keys, by account and key. */
  keys: Map<string, { statusId: string; at: number }>
  limits: Record<'requests' | 'statuses' | 'media' | 'deletes', RollingLimit>
}

/** @see mastodon/documentation api/rate-limits.md; mastodon/mastodon app/lib/rate_limiter.rb */
export function createServer(world: World): Server {
  const rate = (limit: number, windowMs: number) =>
    new RollingLimit(limit, windowMs, world.now, world.switches.quotas)
  return {
    world,
    posts: new Posts<Status>(world.now, world.switches.listLagMs, world.keep('mastodon posts')),
    attachments: world.keep('mastodon media'),
    keys: world.keep('mastodon keys'),
    limits: {
      requests: rate(300, 300_000),
      statuses: rate(300, 3 * 3_600_000),
      media: rate(30, 1_800_000),
      deletes: rate(30, 1_800_000),
    },
  }
}

export function own({ posts }: Server, account: SandboxAccount, id: string): Status {
  const status = posts.get(id)
  if (status?.account !== account.id || !posts.isLive(status)) throw refuse(404, 'Record not found')
  return status
}

/** Mastodon's reset is an ISO 8601 time. @see mastodon/mastodon config/initializers/rack_attack.rb */
export function spend(limit: RollingLimit, account: SandboxAccount): Record<string, string> {
  const granted = limit.take(account.id)
  const headers = {
    'x-ratelimit-limit': String(limit.limit),
    'x-ratelimit-remaining': String(limit.remaining(account.id)),
    'x-ratelimit-reset': new Date(limit.resetAt(account.id)).toISOString(),
  }
  if (granted) return headers
  throw new Refused({ status: 429, headers, body: { error: 'Too many requests' } })
}

/** Pictures are done at once; videos after the polls. */
export function isReady({ world }: Server, { media, polls }: Attachment): boolean {
  return media.kind === 'image' || polls >= world.switches.processingPolls
}
