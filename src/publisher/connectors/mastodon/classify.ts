import type { FailureClass, Outcome } from '../../core/outcome.js'
import type { Instant } from '../../core/target.js'
import { reconnectWith } from '../account.js'
import {
  type CallKind,
  classifyAnswer,
  permanent,
  rateLimited,
  retryAfterMs,
  type Success,
} from '../classify.js'
import type { Answer } from '../http.js'
import { errorBody } from './wire.js'

const PLATFORM = 'Mastodon'
const MAX_WORDS = 300
const RECONNECT = reconnectWith('a new access token')

/** What a call is for: the mutation, an upload, or anything else. */
export type Purpose = 'mutation' | 'upload' | 'read'

/**
 * What an exchange with a server taught us. A refusal in the form `{error}` is taken at its word;
 * 503 is also the answer to a race for the same key, so like every 5xx it leaves the doubt.
 * @see mastodon/documentation entities/Error.md
 */
export function judge(answer: Answer, purpose: Purpose, now: Instant): Outcome | Success {
  const call: CallKind = purpose === 'mutation' ? 'mutation' : 'other'
  return classifyAnswer(PLATFORM, answer, call, ({ status, headers }, json) => {
    if (status === 429) {
      return rateLimited(PLATFORM, resetMs(headers, now) ?? retryAfterMs(headers, now))
    }
    if (status < 400 || status >= 500 || status === 408) return undefined
    const said = errorBody.safeParse(json)
    return said.success ? refusal(status, said.data.error.slice(0, MAX_WORDS), purpose) : undefined
  })
}

function refusal(status: number, words: string, purpose: Purpose): Outcome {
  const code = String(status)
  const text = `${PLATFORM} refuses it: ${words}`
  // The token is an app's own. @see mastodon/mastodon app/controllers/api/base_controller.rb
  const isNobodys = status === 422 && /requires an authenticated user/i.test(words)
  if (status === 401 || isNobodys) {
    return permanent('auth', `${PLATFORM} refuses the access token: ${words}`, RECONNECT, code)
  }
  if (status === 403) {
    const next = 'Look at the account on its server, then press Check credentials.'
    return permanent('permission', text, next, code)
  }
  if (status === 404 && purpose === 'mutation') {
    // The key names a status that was deleted since. @see app/services/post_status_service.rb
    const gone = 'This server remembers the post as sent and deleted.'
    const next = 'It can be sent again an hour after it was first sent.'
    return permanent('duplicate', gone, next, code)
  }
  if (isStillProcessing(words)) {
    const reason = {
      class: 'media',
      code,
      text: 'Mastodon is still processing the media.',
    } as const
    return { kind: 'transient', reason }
  }
  const refused: FailureClass = purpose === 'upload' ? 'media' : 'validation'
  return permanent(refused, text, undefined, code)
}

/** @see mastodon/mastodon config/locales/en.yml, `media_attachments.validations.not_ready` */
function isStillProcessing(words: string): boolean {
  return /not finished processing/i.test(words)
}

/**
 * How long until the limit is reset, from `X-RateLimit-Reset`, which is an ISO 8601 time here.
 * @see mastodon/mastodon config/initializers/rack_attack.rb
 */
function resetMs(headers: Readonly<Record<string, string>>, now: Instant): number | undefined {
  const at = Date.parse(headers['x-ratelimit-reset'] ?? '')
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
