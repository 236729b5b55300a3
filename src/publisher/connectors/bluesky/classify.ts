import type { Outcome } from '../../core/outcome.js'
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
import { type Answer, parseJson } from '../http.js'
import { xrpcError } from './wire.js'

const PLATFORM = 'Bluesky'
const MAX_WORDS = 300

/** The name of the error in an answer, if it is one of Bluesky's own. */
function errorName(answer: Answer): string | undefined {
  if (answer.kind !== 'answer' || answer.status < 400) return undefined
  return xrpcError.safeParse(parseJson(answer.text)).data?.error
}

/** Whether the access token has ended: a 400, where others have a 401. */
export function isSessionEnded(answer: Answer): boolean {
  const name = errorName(answer)
  return name === 'ExpiredToken' || name === 'InvalidToken'
}

const RECONNECT = reconnectWith('a working app password')
const ON_SITE = 'Log in on bsky.app and follow what it asks, then press Check credentials.'

/** What closes the account, whatever the call was. */
const CLOSED: Readonly<Record<string, { text: string; next: string }>> = {
  AuthenticationRequired: { text: 'refuses the identifier or the app password.', next: RECONNECT },
  AuthFactorTokenRequired: {
    text: 'wants a second factor; only an app password works without one.',
    next: RECONNECT,
  },
  AuthMissing: { text: 'refuses the session.', next: RECONNECT },
  ExpiredToken: { text: 'refuses the session right after the login.', next: RECONNECT },
  InvalidToken: { text: 'refuses the session right after the login.', next: RECONNECT },
  AccountTakedown: { text: 'has taken the account down.', next: ON_SITE },
  AccountSuspended: { text: 'has suspended the account.', next: ON_SITE },
  AccountDeactivated: { text: 'says the account is deactivated.', next: ON_SITE },
}

/**
 * What an exchange with Bluesky taught us. A 5xx hides its cause and leaves the doubt; a refusal in
 * the form `{error, message}` is taken at its word.
 * @see bluesky-social/atproto packages/xrpc-server/src/errors.ts, packages/pds/src/auth-verifier.ts
 */
export function judge(answer: Answer, call: CallKind, now: Instant): Outcome | Success {
  return classifyAnswer(PLATFORM, answer, call, ({ status, headers }, json) => {
    if (status === 429) {
      return rateLimited(PLATFORM, resetMs(headers, now) ?? retryAfterMs(headers, now))
    }
    if (status < 400 || status >= 500 || status === 408) return undefined
    const said = xrpcError.safeParse(json)
    return said.success ? refusal(status, said.data.error, said.data.message, call) : undefined
  })
}

function refusal(status: number, error: string, message: string, call: CallKind): Outcome {
  const words = (message || error).slice(0, MAX_WORDS)
  const closed = CLOSED[error]
  if (closed) return permanent('auth', `${PLATFORM} ${closed.text}`, closed.next, error)
  if (error === 'InvalidSwap' && call === 'mutation') {
    const text = 'Bluesky already has another record under the key of this post.'
    return { kind: 'ambiguous', reason: { class: 'duplicate', code: error, text } }
  }
  if (isBlobLost(error, message)) {
    const text = 'Bluesky has dropped an uploaded file; it is uploaded again.'
    return { kind: 'transient', reason: { class: 'media', code: error, text } }
  }
  if (status === 413 || error === 'BlobTooLarge' || error === 'InvalidMimeType') {
    return permanent('media', `${PLATFORM} refuses a file: ${words}`, 'Use a smaller one.', error)
  }
  if (status === 401) return permanent('auth', `${PLATFORM}: ${words}`, RECONNECT, error)
  if (status === 403) return permanent('permission', `${PLATFORM}: ${words}`, ON_SITE, error)
  return permanent('validation', `${PLATFORM} refuses it: ${words}`, undefined, error)
}

/** Files that no record refers to live for minutes. @see com.atproto.repo.uploadBlob */
function isBlobLost(error: string, message: string): boolean {
  return error === 'BlobNotFound' || /could not find blob/i.test(message)
}

/**
 * How long until the limit is reset, from `RateLimit-Reset` in epoch seconds.
 * @see bluesky-social/atproto packages/xrpc-server/src/rate-limiter-http.ts
 */
function resetMs(headers: Readonly<Record<string, string>>, now: Instant): number | undefined {
  const seconds = Number(headers['ratelimit-reset'] || Number.NaN)
  return Number.isFinite(seconds) ? Math.max(0, seconds * 1000 - now) : undefined
}
