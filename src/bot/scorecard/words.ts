import { duration } from '../wording.js'
import type { Durations } from './figures.js'

/**
 * A share in percent, never rounded up to what it is not: only all is 100 %, only none is 0 %.
 * One decimal where it tells something.
 * @param rate 0 to 1
 */
export function percent(rate: number): string {
  if (rate >= 1) return '100 %'
  // The smallest fraction is there against 0.29 × 1000 being 289.99….
  const tenths = Math.max(rate > 0 ? 1 : 0, Math.floor(rate * 1000 + 1e-9))
  return tenths % 10 === 0 ? `${tenths / 10} %` : `${(tenths / 10).toFixed(1)} %`
}

/** A rate or, when there was nothing to rate, a dash. */
export function rateOrDash(rate: number | undefined): string {
  return rate === undefined ? '–' : percent(rate)
}

/** A count; a mean of counts with one decimal where it has one. */
export function count(value: number): string {
  const tenths = Math.round(value * 10)
  return tenths % 10 === 0 ? String(tenths / 10) : (tenths / 10).toFixed(1)
}

/** The mean time in words or, when there was none, a dash. */
export function meanOrDash(times: Durations | null): string {
  return times ? duration(times.meanMs) : '–'
}

/** `a`, `a and b`, `a, b and 3 more`. */
export function listed(names: readonly string[], atMost: number): string {
  const shown = names.slice(0, atMost)
  const more = names.length - shown.length
  const parts = more > 0 ? [...shown, `${more} more`] : shown
  const last = parts.at(-1) ?? ''
  return parts.length < 2 ? last : `${parts.slice(0, -1).join(', ')} and ${last}`
}

/** `1 publish`, `2 publishes`: one post on one account each. */
export function publishes(number: number): string {
  return number === 1 ? '1 publish' : `${number} publishes`
}
