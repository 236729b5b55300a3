import type { RateLimitMode } from './state.js'

/** Per minute for most methods; `post` is about one per second and channel. */
export type Tier = 1 | 2 | 3 | 4 | 'post'

interface Allowance {
  burst: number
  perSecond: number
}

const minute = (calls: number): Allowance => ({ burst: calls, perSecond: calls / 60 })

/**
 * `strict` is the published floor of each tier; `mild` only stops what would surely be stopped.
 * @see https://docs.slack.dev/apis/web-api/rate-limits
 */
const allowances: Record<Exclude<RateLimitMode, 'off'>, Partial<Record<Tier, Allowance>>> = {
  mild: { post: { burst: 20, perSecond: 1 }, 3: { burst: 100, perSecond: 2 } },
  strict: {
    post: { burst: 3, perSecond: 1 },
    // Published as "1+"; a bot that reconnects a few times is not refused by Slack.
    1: minute(10),
    2: minute(20),
    3: minute(50),
    4: minute(100),
  },
}

/** "Several hundred a minute" for the whole workspace. */
const workspaceAllowance = minute(300)

export interface RateLimiter {
  mode: RateLimitMode
  /** @returns seconds to wait when the call is over the limit */
  refuse(method: string, tier: Tier, channel: string): number | undefined
}

/** Token buckets: one per method and, for posting, per channel. */
export function createRateLimiter(mode: RateLimitMode, now: () => number): RateLimiter {
  const buckets = new Map<string, { tokens: number; at: number }>()
  const take = (key: string, allowance: Allowance): number | undefined => {
    const bucket = buckets.get(key) ?? { tokens: allowance.burst, at: now() }
    const refilled = ((now() - bucket.at) / 1000) * allowance.perSecond
    const tokens = Math.min(allowance.burst, bucket.tokens + refilled)
    const allowed = tokens >= 1
    buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, at: now() })
    return allowed ? undefined : Math.max(1, Math.ceil((1 - tokens) / allowance.perSecond))
  }
  return {
    mode,
    refuse(method, tier, channel) {
      if (this.mode === 'off') return undefined
      const allowance = allowances[this.mode][tier]
      if (!allowance) return undefined
      if (tier !== 'post') return take(method, allowance)
      return take(`${method} ${channel}`, allowance) ?? take('workspace', workspaceAllowance)
    },
  }
}
