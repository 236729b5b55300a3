import { Refused, type Reply } from '../frame/exchange.js'
import type { Fault } from '../types.js'

export interface MetaError {
  code: number
  subcode?: number
  message: string
  status?: number
  transient?: boolean
  userMessage?: string
}

/**
 * A Graph API error body; Facebook, Instagram and Threads share it.
 * @see Meta docs, Graph API "Handling Errors"; Instagram Platform "Error Codes"
 */
export function metaError(error: MetaError): Reply {
  const permission = error.code === 10 || (error.code >= 200 && error.code <= 299)
  const outage = error.code === 1 || error.code === 2
  return {
    status: error.status ?? (outage ? 500 : permission ? 403 : 400),
    body: {
      error: {
        message: error.message,
        type: 'OAuthException',
        code: error.code,
        ...(error.subcode === undefined ? {} : { error_subcode: error.subcode }),
        is_transient: error.transient ?? error.code === 2,
        ...(error.userMessage === undefined ? {} : { error_user_msg: error.userMessage }),
        fbtrace_id: 'ASandboxTraceId',
      },
    },
  }
}

export function refuseMeta(error: MetaError): Refused {
  return new Refused(metaError(error))
}

export const invalidToken: MetaError = {
  code: 190,
  message: 'Invalid OAuth access token - Cannot parse access token',
}

/** Code 100 with subcode 33, for objects that are not there or not visible to the token. */
export function noSuchObject(method: string, id: string): MetaError {
  const message =
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be ` +
    'loaded due to missing permissions, or does not support this operation'
  return { code: 100, subcode: 33, message }
}

/** What differs between the three platforms when they fail. */
export interface MetaFlavour {
  /** Business-use-case throttle: 80001 for Pages, 80002 for Instagram. */
  throttle: { code: number; type: string; objectId: string }
  /** The platform's duplicate refusal, where it has one. */
  duplicate: MetaError
}

/** Spoiled answers shared by the three Meta platforms. */
export function spoilMeta(fault: Fault, flavour: MetaFlavour): Reply {
  switch (fault.kind) {
    case 'no_id':
      return { status: 200, body: {} }
    case 'rate_limit':
      return throttled(fault, flavour)
    case 'bad_token':
      return metaError({
        code: 190,
        subcode: fault.subcode ?? 460,
        message: 'Error validating access token: The session has been invalidated',
      })
    case 'forbidden':
      return metaError({ code: 200, message: '(#200) Permissions error' })
    case 'duplicate_refusal':
      return metaError(flavour.duplicate)
    case 'meta_code': {
      const reply = metaError({
        code: fault.code ?? 2,
        message: `(#${fault.code ?? 2}) Sandbox fault`,
        ...(fault.subcode === undefined ? {} : { subcode: fault.subcode }),
        ...(fault.status === undefined ? {} : { status: fault.status }),
        ...(fault.transient === undefined ? {} : { transient: fault.transient }),
      })
      return fault.retryAfterS === undefined
        ? reply
        : { ...reply, headers: usageHeaders(fault.retryAfterS, flavour) }
    }
    default:
      return metaError({
        code: fault.code ?? (fault.status === 503 ? 2 : 1),
        message: 'An unexpected error has occurred. Please retry your request later.',
        status: fault.status ?? 500,
      })
  }
}

/**
 * Throttles call themselves transient, as real ones have been seen to.
 * @see https://github.com/facebook/facebook-nodejs-business-sdk/issues/97
 */
function throttled(fault: Fault, flavour: MetaFlavour): Reply {
  const code = fault.code ?? flavour.throttle.code
  const message = `(#${code}) There have been too many calls to this account`
  const reply = metaError({ code, message, transient: fault.transient ?? true })
  return { ...reply, headers: usageHeaders(fault.retryAfterS ?? 60, flavour) }
}

function usageHeaders(waitS: number, { throttle }: MetaFlavour): Record<string, string> {
  const full = { call_count: 100, total_cputime: 25, total_time: 25 }
  const minutes = Math.ceil(waitS / 60)
  const usage = { type: throttle.type, ...full, estimated_time_to_regain_access: minutes }
  return {
    'x-app-usage': JSON.stringify(full),
    'x-business-use-case-usage': JSON.stringify({ [throttle.objectId]: [usage] }),
  }
}
