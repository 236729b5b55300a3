import { Refused, type Reply } from '../frame/exchange.js'
import type { RollingLimit } from '../frame/rolling-limit.js'

/** An XRPC error. @see bluesky-social/atproto packages/xrpc-server/src/errors.ts */
export function refuseXrpc(status: number, error: string, message: string): Refused {
  return new Refused(xrpcError(status, error, message))
}

export function xrpcError(status: number, error: string, message: string): Reply {
  return { status, body: { error, message } }
}

/** Epoch seconds, unlike Mastodon's. @see packages/xrpc-server/src/rate-limiter-http.ts */
export function rateHeaders(limit: RollingLimit, key: string): Record<string, string> {
  return {
    'ratelimit-limit': String(limit.limit),
    'ratelimit-remaining': String(limit.remaining(key)),
    'ratelimit-reset': String(Math.ceil(limit.resetAt(key) / 1000)),
    'ratelimit-policy': `${limit.limit};w=${limit.windowMs / 1000}`,
  }
}
