import { DateTime } from 'luxon'
import type { Instant } from '../../publisher/core/target.js'
import { type Week, weekNamed, weekOf, weeksUpTo } from './week.js'

export type Period =
  | { readonly kind: 'week'; readonly week: Week }
  | { readonly kind: 'problem'; readonly message: string; readonly next?: string }

const EXAMPLES = 'Write "this week", "last week", a week such as 2026-W47, or a day in it.'

/**
 * The week that stands after `/scorecard`: nothing or `this week`, `last week`, `2026-W47`, `W47`
 * (the newest one that has begun) or a day such as `2026-11-18`. Weeks ahead and weeks that do not
 * exist are refused. Pure given `now` (milliseconds) and `zone` (IANA name).
 */
export function parsePeriod(words: string, now: Instant, zone: string): Period {
  const text = words
    .trim()
    .toLowerCase()
    .replaceAll(/^["'“”]+|["'“”.]+$/g, '')
    .replaceAll(/\s+/g, ' ')
  const running = weekOf(now, zone)
  if (/^(this week|this|now|)$/.test(text)) return { kind: 'week', week: running }
  if (/^(last week|last|previous week)$/.test(text)) return begun(weeksUpTo(running, 2)[0], running)
  const named = /^(?:(\d{4})-?\s?)?(?:w|week )(\d{1,2})$/.exec(text)
  if (named) return ofNumber(named[1], Number(named[2]), running)
  if (/^\d{4}-\d\d-\d\d$/.test(text)) {
    const day = DateTime.fromISO(text, { zone })
    if (!day.isValid) return refuse(`There is no day ${text}.`, EXAMPLES)
    return begun(weekOf(day.toMillis(), zone), running)
  }
  return refuse(`"${words.trim()}" is not a week I understand.`, EXAMPLES)
}

function ofNumber(year: string | undefined, number: number, running: Week): Period {
  const thisYear = Number(running.id.slice(0, 4))
  if (year === undefined) {
    const week = [thisYear, thisYear - 1]
      .map((candidate) => weekNamed(candidate, number, running.zone))
      .find((candidate) => candidate && candidate.startAt <= running.startAt)
    if (week) return { kind: 'week', week }
  }
  const named = year ?? String(thisYear)
  const week = weekNamed(Number(named), number, running.zone)
  return week
    ? begun(week, running)
    : refuse(`${named} has no week ${number}.`, `Its weeks go from 1 to ${lastNumber(named)}.`)
}

function lastNumber(year: string): number {
  return weekNamed(Number(year), 53, 'utc') ? 53 : 52
}

function begun(week: Week | undefined, running: Week): Period {
  if (!week || week.startAt > running.startAt) {
    return refuse(
      `Week ${week?.id ?? ''} has not begun yet.`,
      `The newest week with a scorecard is ${running.id}.`,
    )
  }
  return { kind: 'week', week }
}

function refuse(message: string, next: string): Period {
  return { kind: 'problem', message, next }
}
