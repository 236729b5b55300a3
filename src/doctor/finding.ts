/** What one look at the installation found. */
export interface Finding {
  /** What was looked at: `database`, `Slack`, `account facebook`. */
  readonly about: string
  /**
   * `fault`: it will not work so. `warning`: it works, and something will surprise somebody.
   * `unchecked`: it could not be looked at, or there is nothing to look at.
   */
  readonly kind: 'ok' | 'fault' | 'warning' | 'unchecked'
  readonly text: string
  /** What to do about it. */
  readonly next?: string
}

/** How far this machine's clock is ahead of another, in milliseconds; either may be the wrong one. */
export interface ClockReading {
  readonly of: string
  readonly aheadMs: number
}

/** Findings about one part, and the clocks that were seen on the way. */
export interface Look {
  readonly findings: readonly Finding[]
  readonly clocks?: readonly ClockReading[]
}

export const findings =
  (about: string) =>
  (kind: Finding['kind'], text: string, next?: string): Finding => ({
    about,
    kind,
    text,
    ...(next === undefined ? {} : { next }),
  })

/** Errors say in one message what is wrong and, after it, what to do. */
export function faultOf(about: string, error: unknown): Finding {
  return findings(about)('fault', error instanceof Error ? error.message : String(error))
}
