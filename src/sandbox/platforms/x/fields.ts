import type { Call } from '../frame/exchange.js'
import type { StoredPost } from '../frame/posts.js'
import { invalidRequest } from './problems.js'
import type { UrlEntity } from './text.js'

export interface XPost extends StoredPost {
  /** The text as the API gives it back. */
  returned: string
  urls: UrlEntity[]
}

const FIELDS = ['id', 'text', 'created_at', 'entities', 'author_id', 'attachments']

/** The asked fields; the parameter is `tweet.fields` in the guides, `post.fields` in the description. */
export function fieldsOf(call: Call, allowed: string[]): string[] {
  for (const name of call.query.keys()) {
    if (![...allowed, 'tweet.fields', 'post.fields'].includes(name)) {
      throw invalidRequest(`The query parameter [${name}] is not one of the allowed ones`)
    }
  }
  const asked = call.query.get('tweet.fields') ?? call.query.get('post.fields') ?? ''
  const names = asked.split(',').filter((name) => name !== '')
  const unknown = names.find((name) => !FIELDS.includes(name))
  if (unknown !== undefined) throw invalidRequest(`The field [${unknown}] is not known`)
  return names
}

/** A post with the asked fields; id, text and edit history always come. */
export function pick(post: XPost, fields: string[]): Record<string, unknown> {
  const all: Record<string, unknown> = {
    created_at: post.createdAt,
    author_id: post.account,
    entities: post.urls.length > 0 ? { urls: post.urls } : undefined,
    attachments: post.media.length > 0 ? { media_keys: post.media.map(() => '3_1') } : undefined,
  }
  const chosen = fields.map((name) => [name, all[name]] as const)
  const present = chosen.filter(([, value]) => value !== undefined)
  return {
    id: post.id,
    text: post.returned,
    edit_history_tweet_ids: [post.id],
    ...Object.fromEntries(present),
  }
}

/** A time parameter in milliseconds. @throws Refused for anything but RFC 3339 in UTC */
export function timeOf(call: Call, name: string): number | undefined {
  const given = call.query.get(name)
  if (given === null) return undefined
  const at = /^\d{4}-\d\d-\d\dT.*Z$/.test(given) ? Date.parse(given) : Number.NaN
  if (Number.isNaN(at)) throw invalidRequest(`${name} must be an RFC 3339 time`)
  return at
}
