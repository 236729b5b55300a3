/** How many requests may come: `perSecond` on and on, and `burst` at once. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** Token buckets by key; what has been full for a while is forgotten, so that memory stays flat. */
export interface Buckets {
  /** Takes one. @returns milliseconds until there is one, 0 when it was there and is taken */
  take(key: string, rate: Rate, now: number): number
}

const MOST_KEYS = 10_000

export function createBuckets(): Buckets {
  const levels = new Map<string, { level: number; at: number }>()

  function levelOf(key: string, { perSecond, burst }: Rate, now: number): number {
    const last = levels.get(key)
    if (!last) return burst
    return Math.min(burst, last.level + (Math.max(0, now - last.at) / 1000) * perSecond)
  }

  const waitMs = (level: number, { perSecond }: Rate) =>
    level >= 1 ? 0 : Math.max(1, Math.ceil(((1 - level) / perSecond) * 1000))

  return {
    take(key, rate, now) {
      const level = levelOf(key, rate, now)
      const wait = waitMs(level, rate)
      levels.delete(key) // so that the map is in the order of use
      levels.set(key, { level: wait === 0 ? level - 1 : level, at: now })
      if (levels.size > MOST_KEYS) {
        const [oldest] = levels.keys()
        if (oldest !== undefined) levels.delete(oldest)
      }
      return wait
    },
  }
}
