import { duration } from '../wording.js'
import type { Figures } from './figures.js'
import type { Compared } from './report.js'
import { count } from './words.js'

export type Measured = (figures: Figures) => number | undefined
export type Wording = (value: number | undefined) => string

export const counted: Wording = (value) => (value === undefined ? '–' : count(value))
export const timed: Wording = (value) => (value === undefined ? '–' : duration(value))

/** `week before 5, 4-week mean 4.3`, as far back as there were weeks. */
export function comparedWords(
  { before, mean }: Compared,
  weeksInMean: number,
  measure: Measured,
  say: Wording,
): string {
  if (!before || !mean) return 'the first week'
  const weeks = weeksInMean > 1 ? `, ${weeksInMean}-week mean ${say(measure(mean))}` : ''
  return `week before ${say(measure(before))}${weeks}`
}
