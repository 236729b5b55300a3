import { createHash } from 'node:crypto'
import { matchPath } from './router.js'

/** `limit` requests per `windowMs` on the routes that fit `method path`, for each channel apart. */
export interface RateLimitRule {
  route: `${string} ${string}`
  limit: number
  windowMs: number
}

/**
 * Discord publishes no numbers per route and tells clients to read the headers. These are the ones
 * bots have long been seeing.
 * @see https://docs.discord.com/developers/topics/rate-limits
 */
export const DISCORD_RATE_LIMITS: readonly RateLimitRule[] = [
  { route: 'POST /channels/:major/messages', limit: 5, windowMs: 5_000 },
  { route: 'PATCH /channels/:major/messages/:message', limit: 5, windowMs: 5_000 },
  { route: 'DELETE /channels/:major/messages/:message', limit: 5, windowMs: 1_000 },
  { route: 'POST /webhooks/:app/:major', limit: 5, windowMs: 2_000 },
  { route: 'PATCH /webhooks/:app/:major/messages/:message', limit: 5, windowMs: 2_000 },
]

const GLOBAL_LIMIT = { limit: 50, windowMs: 1_000 }

/** 401, 403 and 429 in ten minutes, after which Cloudflare bans the address. */
const INVALID_LIMIT = { limit: 10_000, windowMs: 600_000 }

export type Scope = 'user' | 'global' | 'shared'

export interface Limited {
  status: 429
  headers: Record<string, string>
  body: unknown
}

export interface RateLimits {
  /** Counts a request: headers for its answer, or the refusal. */
  take(method: string, path: string): { headers: Record<string, string> } | { refused: Limited }
  /** Counts an answer towards the ban for invalid requests. */
  note(status: number, scope: Scope | null): void
}

/** Counts in real time, not by the server's clock: clients wait in real time too. */
export function createRateLimits(
  rules: readonly RateLimitRule[],
  now: () => number = () => performance.now(),
): RateLimits {
  const buckets = new Map<string, number[]>()
  let invalid: number[] = []
  const within = (times: number[], windowMs: number) =>
    times.filter((time) => time > now() - windowMs)

  return {
    take(method, path) {
      invalid = within(invalid, INVALID_LIMIT.windowMs)
      if (invalid.length >= INVALID_LIMIT.limit) return { refused: banned() }
      const rule = rules.find((one) => matches(one, method, path) !== null)
      const major = rule ? matches(rule, method, path) : null
      const key = `${rule?.route} ${major}`
      const used = rule ? within(buckets.get(key) ?? [], rule.windowMs) : []
      const global = isInteraction(path) ? [] : within(buckets.get('') ?? [], GLOBAL_LIMIT.windowMs)
      if (rules.length > 0 && global.length >= GLOBAL_LIMIT.limit) {
        const resetMs = (global[0] ?? now()) + GLOBAL_LIMIT.windowMs - now()
        return { refused: refuse(resetMs / 1000, 'global', {}) }
      }
      if (!rule) {
        buckets.set('', [...global, now()])
        return { headers: {} }
      }
      const full = used.length >= rule.limit
      if (!full) {
        used.push(now())
        buckets.set(key, used)
        buckets.set('', [...global, now()])
      }
      const resetS = Math.max(0, ((used[0] ?? now()) + rule.windowMs - now()) / 1000)
      const headers = {
        'x-ratelimit-bucket': createHash('md5').update(rule.route).digest('hex'),
        'x-ratelimit-limit': `${rule.limit}`,
        'x-ratelimit-remaining': `${rule.limit - used.length}`,
        'x-ratelimit-reset': (Date.now() / 1000 + resetS).toFixed(3),
        'x-ratelimit-reset-after': resetS.toFixed(3),
      }
      return full ? { refused: refuse(resetS, 'user', headers) } : { headers }
    },
    note(status, scope) {
      if ([401, 403].includes(status) || (status === 429 && scope !== 'shared')) invalid.push(now())
    },
  }
}

function matches(rule: RateLimitRule, method: string, path: string): string | null {
  const [ruleMethod, rulePath = ''] = rule.route.split(' ')
  return ruleMethod === method ? (matchPath(rulePath, path)?.major ?? null) : null
}

function isInteraction(path: string): boolean {
  return path.startsWith('/interactions/') || path.startsWith('/webhooks/')
}

/** The 429 Discord sends, with the headers of its scope. */
export function refuse(
  retryAfterS: number,
  scope: Scope,
  headers: Record<string, string>,
): Limited {
  const global = scope === 'global'
  return {
    status: 429,
    headers: {
      ...headers,
      'retry-after': `${Math.ceil(retryAfterS)}`,
      'x-ratelimit-scope': scope,
      ...(global ? { 'x-ratelimit-global': 'true' } : {}),
    },
    body: {
      message: 'You are being rate limited.',
      retry_after: Number(retryAfterS.toFixed(3)),
      global,
    },
  }
}

function banned(): Limited {
  return { status: 429, headers: { 'retry-after': '3600' }, body: 'error code: 1015' }
}
