import { DateTime } from 'luxon'
import type { Instant } from '../../publisher/core/target.js'

/**
 * An ISO 8601 week in a time zone: from Monday 00:00 to the next Monday 00:00 on the clock on the
 * wall there, which is 167 or 169 hours when the clocks change.
 */
export interface Week {
  /** ISO week year and number, such as `2026-W47`. */
  readonly id: string
  readonly startAt: Instant
  /** The first instant that no longer belongs to it. */
  readonly endAt: Instant
  /** IANA name. */
  readonly zone: string
}

/** The week that an instant belongs to. */
export function weekOf(at: Instant, zone: string): Week {
  return weekFrom(DateTime.fromMillis(at, { zone }).startOf('week'), zone)
}

/** @returns undefined when that year has no such week (only some have a week 53) */
export function weekNamed(year: number, number: number, zone: string): Week | undefined {
  const monday = DateTime.fromObject({ weekYear: year, weekNumber: number, weekday: 1 }, { zone })
  return monday.isValid ? weekFrom(monday.startOf('day'), zone) : undefined
}

/** The week with this id, such as `2026-W47`. @throws RangeError when there is none */
export function weekById(id: string, zone: string): Week {
  const [, year, number] = /^(\d{4})-W(\d\d)$/.exec(id) ?? []
  const week = weekNamed(Number(year), Number(number), zone)
  if (!week) throw new RangeError(`there is no week ${id}`)
  return week
}

/** That many weeks, the oldest first, of which `last` is the last. */
export function weeksUpTo(last: Week, count: number): Week[] {
  const monday = DateTime.fromMillis(last.startAt, { zone: last.zone })
  return Array.from({ length: count }, (_, index) =>
    weekFrom(monday.minus({ weeks: count - 1 - index }), last.zone),
  )
}

/** The instant a week's figures stand for: now while it runs, then for ever its end. */
export function seenAt(week: Week, now: Instant): Instant {
  return Math.max(week.startAt, Math.min(now, week.endAt))
}

/** `week 47, 16–22 November 2026`; the month and the year are said once where they are the same. */
export function weekInWords(week: Week): string {
  const first = DateTime.fromMillis(week.startAt, { zone: week.zone }).setLocale('en')
  const last = first.plus({ days: 6 })
  const shared =
    first.year !== last.year ? 'd LLLL yyyy' : first.month !== last.month ? 'd LLLL' : 'd'
  const dash = shared === 'd' ? '–' : ' – '
  return `week ${first.weekNumber}, ${first.toFormat(shared)}${dash}${last.toFormat('d LLLL yyyy')}`
}

function weekFrom(monday: DateTime, zone: string): Week {
  // Not 7 × 24 hours: a week with a clock change is shorter or longer.
  const next = monday.plus({ weeks: 1 }).startOf('day')
  return {
    id: monday.toFormat("kkkk-'W'WW"),
    startAt: monday.toMillis(),
    endAt: next.toMillis(),
    zone,
  }
}
