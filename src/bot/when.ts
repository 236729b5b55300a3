import { casual, type ParsedResult } from 'chrono-node'
import { DateTime } from 'luxon'

export type When =
  | {
      readonly kind: 'at'
      /** Undefined: right now. */
      readonly at: number | undefined
      /** Said to the one who asked, when the words did not name exactly this time. */
      readonly note?: string
    }
  | { readonly kind: 'problem'; readonly message: string; readonly next?: string }

const EXAMPLES =
  'Write it like "tomorrow 9:00", "friday 17:30", "in 2 hours" or "2026-11-23 09:00".'
const YEAR_MS = 366 * 86_400_000

/**
 * The instant that a person's words mean in their workspace's time zone.
 * Pure given `now` (milliseconds) and `zone` (IANA name). The past, more than a year ahead, a date
 * without a time of day and whatever was not understood as a whole are refused.
 */
export function parseWhen(words: string, now: number, zone: string): When {
  const text = words.trim().replaceAll(/\s+/g, ' ')
  if (/^now$/i.test(text)) return { kind: 'at', at: undefined }
  const unsure = ambiguousDate(text)
  if (unsure) {
    return refuse(`${unsure} can be read as two different days.`, 'Name the month in words.')
  }
  const written = text.replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, '$1T')
  if (/\dT\d/.test(written) && DateTime.fromISO(written).isValid) return exact(written, now, zone)
  const reference = { instant: new Date(now), timezone: DateTime.fromMillis(now, { zone }).offset }
  const results = casual.parse(text, reference, { forwardDate: true })
  const [result] = results
  if (!result) return refuse(`"${text}" is not a time I understand.`, EXAMPLES)
  const unread = `${text.slice(0, result.index)} ${text.slice(result.index + result.text.length)}`
  if (results.length > 1 || /[\p{L}\p{N}]/u.test(unread.replaceAll(/\b(at|on|the)\b/gi, ''))) {
    return refuse(
      `I understood "${result.text}" as ${inWords(instantOf(result, zone).at, zone)}, but not the rest of "${text}".`,
      EXAMPLES,
    )
  }
  if (result.end) return refuse(`"${text}" names two times.`, EXAMPLES)
  if (!result.start.isCertain('hour') && !/^in\b/i.test(text)) {
    const day = DateTime.fromMillis(instantOf(result, zone).at, { zone })
    const named = day.setLocale('en').toFormat('cccc d LLLL yyyy')
    return refuse(`I understood ${named}, but not the time of day.`, EXAMPLES)
  }
  return within(instantOf(result, zone), now, zone)
}

/** Two numbers that may be day and month or month and day; with dots or dashes a year follows, "9.30" is a time. */
const DAY_AND_MONTH =
  /(?<!\d|\d{4}[./-])(\d{1,2})(?:\/(\d{1,2})(?:[./-](?:\d{4}|\d\d))?|[.-](\d{1,2})[./-](?:\d{4}|\d\d))(?!\d)/g

function ambiguousDate(text: string): string | undefined {
  return [...text.matchAll(DAY_AND_MONTH)].find(([, one, slashed, dotted]) => {
    const [first, second] = [Number(one), Number(slashed ?? dotted)]
    return first !== second && first <= 12 && second <= 12
  })?.[0]
}

/** An instant that was picked, not written. */
export function checkInstant(at: number, now: number, zone: string): When {
  return within({ at }, now, zone)
}

/** A moment for people: `Monday 23 November 2026, 09:00 (Europe/Madrid)`. */
export function inWords(at: number, zone: string): string {
  return `${DateTime.fromMillis(at, { zone }).setLocale('en').toFormat('cccc d LLLL yyyy, HH:mm')} (${zone})`
}

interface Resolved {
  readonly at: number
  readonly note?: string
}

function within(resolved: Resolved, now: number, zone: string): When {
  const { at } = resolved
  if (at < now) return refuse(`${inWords(at, zone)} is in the past.`, EXAMPLES)
  if (at - now > YEAR_MS) return refuse(`${inWords(at, zone)} is more than a year ahead.`, EXAMPLES)
  return { kind: 'at', ...resolved }
}

/** @param iso a valid ISO 8601 date and time, in any of its forms */
function exact(iso: string, now: number, zone: string): When {
  const [, clock = ''] = iso.split('T')
  if (/(Z|[+-]\d\d(:?\d\d)?)$/i.test(clock)) {
    return within({ at: DateTime.fromISO(iso).toMillis() }, now, zone)
  }
  // As it stands on the wall; read in a zone without clock changes, so that no hour is skipped yet.
  const { year, month, day, hour, minute, second } = DateTime.fromISO(iso, { zone: 'utc' })
  return within(localTime({ year, month, day, hour, minute, second }, zone), now, zone)
}

function instantOf({ start }: ParsedResult, zone: string): Resolved {
  // "in 2 hours" and "9:00 EST" are instants already, whatever the clocks here do.
  if (start.isCertain('timezoneOffset')) return { at: start.date().getTime() }
  const [year, month, day, hour, minute] = (
    ['year', 'month', 'day', 'hour', 'minute'] as const
  ).map((part) => start.get(part) ?? 0)
  return localTime({ year, month, day, hour, minute } as WallTime, zone)
}

interface WallTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second?: number
}

/** A time on the clock on the wall, also in the hours that clock changes skip or repeat. */
function localTime(wall: WallTime, zone: string): Resolved {
  const time = DateTime.fromObject(wall, { zone })
  const asked = `${String(wall.hour).padStart(2, '0')}:${String(wall.minute).padStart(2, '0')}`
  if (time.hour !== wall.hour || time.minute !== wall.minute) {
    return {
      at: time.toMillis(),
      note: `Clocks go forward that night and skip ${asked}; it is taken as ${time.toFormat('HH:mm')}.`,
    }
  }
  const both = time.getPossibleOffsets().map((possible) => possible.toMillis())
  const at = Math.min(...both)
  if (both.length < 2) return { at }
  return { at, note: `Clocks go back that night and ${asked} comes twice; the first one is taken.` }
}

function refuse(message: string, next: string): When {
  return { kind: 'problem', message, next }
}
