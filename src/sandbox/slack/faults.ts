/** What goes wrong with a Web API call, instead of or after its effect. */
export type Fault =
  /** The effect happens, then the connection dies without an answer. */
  | { kind: 'loseAnswer' }
  /** The connection dies, nothing happens. */
  | { kind: 'failBefore' }
  | { kind: 'rateLimit'; retryAfterS: number }
  | { kind: 'httpError'; status: number; applied: boolean }
  /** The effect happens at once, the answer comes late. */
  | { kind: 'slow'; delayMs: number }
  | { kind: 'error'; code: string; applied: boolean }

/** Faults to come, each for the next `times` calls of a method (`*` for any); first in, first out. */
export interface Faults {
  loseAnswer(method: string, times?: number): void
  failBefore(method: string, times?: number): void
  rateLimit(method: string, times: number, retryAfterS: number): void
  httpError(method: string, status: number, times?: number, options?: { applied: boolean }): void
  slow(method: string, delayMs: number, times?: number): void
  error(method: string, code: string, options?: { applied: boolean }, times?: number): void
  clear(): void
}

export interface FaultQueue extends Faults {
  take(method: string): Fault | undefined
}

/** A queue of faults; `take` hands out the next one for a method and counts it. */
export function createFaults(): FaultQueue {
  let planned: { method: string; left: number; fault: Fault }[] = []
  const plan = (method: string, left: number, fault: Fault) => {
    planned.push({ method, left, fault })
  }
  return {
    loseAnswer: (method, times = 1) => plan(method, times, { kind: 'loseAnswer' }),
    failBefore: (method, times = 1) => plan(method, times, { kind: 'failBefore' }),
    rateLimit: (method, times, retryAfterS) =>
      plan(method, times, { kind: 'rateLimit', retryAfterS }),
    httpError: (method, status, times = 1, { applied } = { applied: false }) =>
      plan(method, times, { kind: 'httpError', status, applied }),
    slow: (method, delayMs, times = 1) => plan(method, times, { kind: 'slow', delayMs }),
    error: (method, code, { applied } = { applied: false }, times = 1) =>
      plan(method, times, { kind: 'error', code, applied }),
    clear: () => {
      planned = []
    },
    take(method) {
      const next = planned.find((p) => p.method === method || p.method === '*')
      if (!next) return undefined
      next.left -= 1
      if (next.left <= 0) planned = planned.filter((p) => p !== next)
      return next.fault
    },
  }
}
