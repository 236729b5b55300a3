import type { FailureClass, Outcome, Reason } from '../core/outcome.js'
import { type Answer, parseJson } from './http.js'

export type CallKind = 'mutation' | 'other'

export interface Success {
  readonly kind: 'success'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  readonly json: unknown
}

/** A platform's own reading of a refusal; `undefined` when the body is not in its error shape. */
export type Refine = (
  answer: Extract<Answer, { kind: 'answer' }>,
  json: unknown,
  call: CallKind,
) => Outcome | undefined

/**
 * What an HTTP exchange taught us, before the body of a success is read.
 * For a mutation everything is ambiguous that leaves a doubt: no answer, 408, any 5xx, a redirect,
 * and a 4xx that is not in the platform's own error shape. For other calls the same is transient.
 * A platform may narrow a refusal through `refine`, where its documentation says so.
 */
export function classifyAnswer(
  platform: string,
  answer: Answer,
  call: CallKind,
  refine: Refine,
): Outcome | Success {
  const doubt = (reason: Reason): Outcome =>
    call === 'mutation' ? { kind: 'ambiguous', reason } : { kind: 'transient', reason }
  switch (answer.kind) {
    case 'notSent':
      return {
        kind: 'transient',
        reason: { class: 'network', text: `${platform} could not be reached: ${answer.why}.` },
      }
    case 'noAnswer':
      return doubt({ class: 'network', text: `${platform} gave no answer: ${answer.why}.` })
    case 'answer':
      break
  }
  const { status, headers, text } = answer
  const json = parseJson(text)
  const refined = refine(answer, json, call)
  if (refined) return refined
  if (status >= 200 && status < 300) return { kind: 'success', status, headers, text, json }
  if (status === 429) return rateLimited(platform, retryAfterMs(headers))
  const code = String(status)
  if (status === 408 || status >= 500) {
    return doubt({ class: 'platform', code, text: `${platform} answered ${status}.` })
  }
  return doubt({
    class: 'platform',
    code,
    text: `${platform} answered ${status} in a form that is not its own.`,
  })
}

/** A success whose body cannot be trusted: for a mutation the post may well be out. */
export function unreadable(platform: string, call: CallKind, what: string): Outcome {
  const reason: Reason = { class: 'platform', text: `${platform} answered without ${what}.` }
  return call === 'mutation' ? { kind: 'ambiguous', reason } : { kind: 'transient', reason }
}

/** Whether the platform will not have this file, whatever else may be right. */
export function isRefusedFile(judged: Outcome | Success): boolean {
  if (judged.kind !== 'permanent') return false
  return judged.reason.class === 'media' || judged.reason.class === 'validation'
}

export type RateLimited = Extract<Outcome, { kind: 'transient' }>

/** The account waits, as long as the platform says or as the policy says. */
export function rateLimited(
  platform: string,
  waitMs: number | undefined,
  code = '429',
): RateLimited {
  return {
    kind: 'transient',
    scope: 'account',
    reason: {
      class: 'rate_limit',
      code,
      text: `${platform} limits how often this account may publish.`,
    },
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  }
}

export function permanent(
  reasonClass: FailureClass,
  text: string,
  next?: string,
  code?: string,
): Outcome {
  return {
    kind: 'permanent',
    reason: {
      class: reasonClass,
      text,
      ...(next === undefined ? {} : { next }),
      ...(code === undefined ? {} : { code }),
    },
  }
}

/**
 * `Retry-After` in milliseconds: seconds or an HTTP date.
 * @see RFC 9110, section 10.2.3
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string>>,
  now: number = Date.parse(headers.date ?? '') || Date.now(),
): number | undefined {
  const value = headers['retry-after']
  if (value === undefined || value.trim() === '') return undefined
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000)
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}

/** Why a call that did not succeed did not, and how long its platform asks to wait. */
export function failureOf(outcome: Outcome): { reason: Reason; retryAfterMs?: number } {
  if (outcome.kind === 'published' || outcome.kind === 'accepted') {
    throw new TypeError(`${outcome.kind} is no failure`)
  }
  const retryAfterMs = outcome.kind === 'transient' ? outcome.retryAfterMs : undefined
  return {
    reason: outcome.reason,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}
