import type { Outcome, Reason } from '../../core/outcome.js'
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
import { errorBody, type LinkedInError, POST_URN } from './wire.js'

const PLATFORM = 'LinkedIn'
const MAX_WORDS = 300
const DAY_MS = 86_400_000
const RECONNECT = reconnectWith('a new access token')

/**
 * What an exchange with LinkedIn taught us. A refusal in its own form is taken at its word, but for
 * "Content is a duplicate of …": that may well be our own post.
 * @see Microsoft Learn, LinkedIn "Error responses", and "UGC Post API" for duplicates
 */
export function judge(answer: Answer, call: CallKind, now: Instant): Outcome | Success {
  return classifyAnswer(PLATFORM, answer, call, ({ status, headers }, json) => {
    const said = errorBody.safeParse(json)
    if (status === 429) {
      const daily = said.success && /\bDAY\b/.test(said.data.message)
      const untilMidnight = daily ? DAY_MS - (now % DAY_MS) : undefined
      return rateLimited(PLATFORM, retryAfterMs(headers, now) ?? untilMidnight)
    }
    if (status < 400 || status >= 500 || status === 408 || !said.success) return undefined
    return refusal(status, said.data, call)
  })
}

function refusal(status: number, said: LinkedInError, call: CallKind): Outcome | undefined {
  const words = said.message.slice(0, MAX_WORDS)
  const code = said.code ?? String(said.serviceErrorCode ?? status)
  switch (status) {
    case 401: {
      const expired = said.serviceErrorCode === 65601 || /expired|revoked/i.test(words)
      const text = expired ? 'has expired or was revoked' : 'is refused'
      return permanent('auth', `The access token of LinkedIn ${text}.`, RECONNECT, code)
    }
    case 403:
      return permanent(
        'permission',
        `LinkedIn does not allow it: ${words}`,
        `Look at your role on the page, then press Check credentials. Where the token lacks a scope: ${RECONNECT}`,
        code,
      )
    case 404:
      return permanent('validation', `LinkedIn does not know it: ${words}`, undefined, '404')
    case 409: {
      // Two writes met, and one of them may be ours.
      const reason: Reason = { class: 'platform', code, text: `LinkedIn had a conflict: ${words}` }
      return call === 'mutation' ? { kind: 'ambiguous', reason } : { kind: 'transient', reason }
    }
    case 413:
      return permanent('media', `LinkedIn refuses a file: ${words}`, 'Use a smaller one.', code)
    case 426:
      return permanent(
        'platform',
        `LinkedIn no longer speaks this version of its API: ${words}`,
        'Set a newer apiVersion for the account in the accounts file and restart, then press Retry failed.',
        code,
      )
    default:
      return status === 422 && /duplicate/i.test(words)
        ? duplicate(words, call)
        : permanent('validation', `LinkedIn refuses it: ${words}`, undefined, code)
  }
}

/** The URN it names can be that of something else than a post, which then says nothing. */
function duplicate(words: string, call: CallKind): Outcome {
  const reason: Reason = {
    class: 'duplicate',
    code: '422',
    text: `LinkedIn refuses it because the same content was posted minutes ago: ${words}`,
    next: 'Look at that post; to say it again, change the text or wait ten minutes.',
  }
  if (call !== 'mutation') return { kind: 'permanent', reason }
  const remoteId = POST_URN.exec(words)?.[0]
  return {
    kind: 'ambiguous',
    reason,
    refusal: reason,
    ...(remoteId === undefined ? {} : { remoteId }),
  }
}
