import type { Scope } from './rate-limits.js'
import { matchPath } from './router.js'

/** What goes wrong with one request. */
export type Fault =
  /** The connection ends before anything is done. */
  | { kind: 'failBefore' }
  /** The work is done, then the connection ends instead of the answer. */
  | { kind: 'loseAnswer' }
  /** The answer is this status; the work is done only with `afterWork`. */
  | { kind: 'status'; status: number; afterWork: boolean }
  | { kind: 'rateLimit'; retryAfterS: number; scope: Scope }
  /** The work is done at once and the answer held back. */
  | { kind: 'slow'; ms: number }

/**
 * Faults for requests to come. A route pattern is `METHOD /path`, where `:name` and `*` stand for
 * any one segment: `POST /channels/:channel/messages`, `DELETE /channels/123/messages/*`.
 * Each fault is used up after `times` requests; of several, the first one set comes first.
 */
export interface Faults {
  loseAnswer(route: string, times?: number): void
  failBefore(route: string, times?: number): void
  rateLimit(route: string, times: number, retryAfterS: number, scope?: Scope): void
  status(route: string, status: number, times?: number, options?: { afterWork?: boolean }): void
  slow(route: string, ms: number, times?: number): void
  /** Delivers each of the next interactions twice at once. */
  doubleInteractions(times?: number): void
  clear(): void
}

export interface FaultQueue extends Faults {
  take(method: string, path: string): Fault | null
  takeDouble(): boolean
}

export function createFaults(): FaultQueue {
  let waiting: { method: string; path: string; fault: Fault; left: number }[] = []
  let doubles = 0
  const add = (route: string, left: number, fault: Fault) => {
    const [method = '', path] = route.split(' ')
    if (!path?.startsWith('/')) throw new Error(`a route reads "METHOD /path", not "${route}"`)
    waiting.push({ method, path, fault, left })
  }
  return {
    loseAnswer: (route, times = 1) => add(route, times, { kind: 'loseAnswer' }),
    failBefore: (route, times = 1) => add(route, times, { kind: 'failBefore' }),
    rateLimit: (route, times, retryAfterS, scope = 'user') =>
      add(route, times, { kind: 'rateLimit', retryAfterS, scope }),
    status: (route, status, times = 1, { afterWork = false } = {}) =>
      add(route, times, { kind: 'status', status, afterWork }),
    slow: (route, ms, times = 1) => add(route, times, { kind: 'slow', ms }),
    doubleInteractions(times = 1) {
      doubles += times
    },
    clear() {
      waiting = []
      doubles = 0
    },
    take(method, path) {
      const next = waiting.find((one) => one.method === method && matchPath(one.path, path))
      if (!next) return null
      next.left -= 1
      waiting = waiting.filter(({ left }) => left > 0)
      return next.fault
    },
    takeDouble() {
      if (doubles === 0) return false
      doubles -= 1
      return true
    },
  }
}
