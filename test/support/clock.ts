/** A clock that stands still until it is moved: for decisions that must not depend on luck. */
export interface SteppedClock {
  readonly now: () => number
  /** Moves forward, or backward when negative. */
  advance(ms: number): void
}

/** A Monday in January 2026, 12:00 UTC: an instant whose exact value never matters. */
export const NOON = Date.UTC(2026, 0, 5, 12)

export function createSteppedClock(startAt: number = NOON): SteppedClock {
  let at = startAt
  return {
    now: () => at,
    advance(ms) {
      at += ms
    },
  }
}

/** The machine's clock with a shift that can grow: real waits, but a lease can be made to end. */
export function createShiftedClock(): SteppedClock {
  let shiftMs = 0
  return {
    now: () => Date.now() + shiftMs,
    advance(ms) {
      shiftMs += ms
    },
  }
}
