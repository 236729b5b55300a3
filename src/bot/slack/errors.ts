import type { Limited, Refused, Unknown } from '../chat.js'
import { networkFailure } from '../network-error.js'

/** What a failed Web API call tells us. */
export type SlackFailure = Limited | Refused | Unknown

const CHANNEL_REFUSES = new Set([
  'not_in_channel',
  'channel_not_found',
  'is_archived',
  'restricted_action',
  'restricted_action_read_only_channel',
  'restricted_action_thread_only_channel',
  'restricted_action_non_threadable_channel',
  'messages_tab_disabled',
])
const SLACK_REFUSES = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'org_login_required',
  'team_access_not_granted',
  'access_denied',
  'ekm_access_denied',
])
const THREAD_REFUSES = new Set([
  'thread_not_found',
  'invalid_thread_ts',
  'cannot_reply_to_message',
  'restricted_action_thread_locked',
])
/** @see https://docs.slack.dev/reference/methods/chat.postMessage: these may have partly succeeded */
const MAY_HAVE_HAPPENED = new Set([
  'fatal_error',
  'internal_error',
  'request_timeout',
  'service_unavailable',
])
const LIMITED = new Set(['ratelimited', 'rate_limited', 'message_limit_exceeded'])

/** When Slack says "too fast" without saying how long. */
const UNTOLD_WAIT_MS = 30_000

/** Messages that can never be edited again. */
const UNEDITABLE = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'is_inactive',
])

export function isUneditable(failure: SlackFailure): boolean {
  return failure.kind === 'refused' && UNEDITABLE.has(failure.why)
}

/** What an error thrown by the Web API client means; whatever is not recognised may have happened. */
export function classifySlackError(error: unknown): SlackFailure {
  const { code, data, retryAfter, statusCode, original } = fieldsOf(error)
  switch (code) {
    case 'slack_webapi_rate_limited_error':
      return { kind: 'limited', retryAfterMs: retryAfter * 1000 }
    case 'slack_webapi_platform_error':
      return classifyWord(String(data?.error ?? ''))
    case 'slack_webapi_http_error': {
      const why = `HTTP ${statusCode}`
      const refused = statusCode >= 400 && statusCode < 500 && statusCode !== 408
      return refused
        ? { kind: 'refused', why, scope: 'chat', final: false }
        : { kind: 'unknown', why }
    }
    case 'slack_webapi_request_error':
      return networkFailure(original)
    default: {
      const why = error instanceof Error ? error.message : String(error)
      // A 429 whose Retry-After cannot be read comes as a plain error.
      return why.startsWith('Retry header did not contain')
        ? { kind: 'limited', retryAfterMs: UNTOLD_WAIT_MS }
        : { kind: 'unknown', why }
    }
  }
}

function classifyWord(why: string): SlackFailure {
  if (LIMITED.has(why)) return { kind: 'limited', retryAfterMs: UNTOLD_WAIT_MS }
  // Whatever is not one of Slack's words is somebody else's page.
  if (MAY_HAVE_HAPPENED.has(why) || !/^[a-z0-9_]+$/.test(why)) {
    return { kind: 'unknown', why: why.slice(0, 100) }
  }
  const scope = CHANNEL_REFUSES.has(why)
    ? 'channel'
    : SLACK_REFUSES.has(why)
      ? 'chat'
      : THREAD_REFUSES.has(why)
        ? 'thread'
        : 'message'
  return { kind: 'refused', why, scope, final: true }
}

interface SlackErrorFields {
  readonly code: string | undefined
  readonly data: { readonly error?: unknown } | undefined
  /** Seconds. */
  readonly retryAfter: number
  readonly statusCode: number
  readonly original: unknown
}

function fieldsOf(error: unknown): SlackErrorFields {
  const fields = (error instanceof Error ? error : {}) as Partial<SlackErrorFields>
  return {
    code: fields.code,
    data: fields.data,
    retryAfter: fields.retryAfter ?? 0,
    statusCode: fields.statusCode ?? 0,
    original: fields.original,
  }
}
