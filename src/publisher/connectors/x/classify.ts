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
import { type Problem, problem } from './wire.js'

const PLATFORM = 'X'
const MAX_WORDS = 300
const RECONNECT = reconnectWith('a new access token')

/**
 * What an exchange with X taught us. A problem document is taken at its word, but for one thing: X
 * refuses a text that it has accepted before, so that refusal is looked into first.
 * @see X API docs, "Response codes and errors"
 */
export function judge(answer: Answer, call: CallKind, now: Instant): Outcome | Success {
  return classifyAnswer(PLATFORM, answer, call, ({ status, headers }, json) => {
    const said = problem.safeParse(json)
    if (status === 429) {
      return rateLimited(PLATFORM, resetMs(headers, now) ?? retryAfterMs(headers, now))
    }
    if (status < 400 || status >= 500 || status === 408 || !said.success) return undefined
    return refusal(status, said.data, call)
  })
}

function refusal(status: number, said: Problem, call: CallKind): Outcome {
  const words = wordsOf(said).slice(0, MAX_WORDS)
  const code = said.type?.split('/').at(-1) ?? String(status)
  switch (status) {
    case 401:
      return permanent('auth', 'X refuses the access token.', RECONNECT, '401')
    case 402:
      return permanent(
        'policy',
        `X wants to be paid first: ${words}`,
        'Buy credits in the developer console of X, then press Retry failed.',
        '402',
      )
    case 403:
      if (/duplicate content/i.test(words)) return duplicate(call)
      return permanent(
        'permission',
        `X does not allow it: ${words}`,
        'Look at the app and the account on X, then press Check credentials.',
        code === 'about:blank' ? '403' : code,
      )
    case 413:
      return permanent('media', `X refuses a file: ${words}`, 'Use a smaller one.', '413')
    default:
      return permanent('validation', `X refuses it: ${words}`, undefined, String(status))
  }
}

/** The refusal names no post, so nobody knows from it which one is meant. */
function duplicate(call: CallKind): Outcome {
  const reason: Reason = {
    class: 'duplicate',
    code: '403',
    text: 'X refuses it because the account has posted the same text before.',
    next: 'Change the text to say it again.',
  }
  return call === 'mutation'
    ? { kind: 'ambiguous', reason, refusal: reason }
    : { kind: 'permanent', reason }
}

function wordsOf({ title, detail, message: one, errors = [] }: Problem): string {
  const more = errors.flatMap(({ message, detail }) => message ?? detail ?? [])
  const parts = [detail ?? title ?? one, ...more].filter((part) => part !== undefined)
  return [...new Set(parts)].join(' ')
}

/** Limits that a day holds are told beside the ones of the quarter of an hour. */
const LIMITS = ['x-rate-limit', 'x-user-limit-24hour', 'x-app-limit-24hour']

/**
 * How long until what is used up comes back, in epoch seconds; the longest wait counts.
 * @see X API docs, "Rate limits"
 */
function resetMs(headers: Readonly<Record<string, string>>, now: Instant): number | undefined {
  const used = LIMITS.filter((name) => headers[`${name}-remaining`] === '0')
  const names = used.length > 0 ? used : LIMITS.slice(0, 1)
  const resets = names.map((name) => Number(headers[`${name}-reset`] || Number.NaN) * 1000 - now)
  const waits = resets.filter((wait) => Number.isFinite(wait))
  return waits.length > 0 ? Math.max(0, ...waits) : undefined
}
