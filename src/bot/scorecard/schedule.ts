import { type CronExpression, CronExpressionParser } from 'cron-parser'
import { ConfigError } from '../../config.js'
import type { Instant } from '../../publisher/core/target.js'
import type { ScorecardChannel, StoredScorecard } from '../../store/scorecard-claims.js'
import { type Week, weekOf } from './week.js'

/** Posted this much after its time, a scorecard says so. */
export const LATE_AFTER_MS = 15 * 60_000

/** Scorecards that were missed are posted on return, so many at most: the others can be asked for. */
const CATCH_UP = 4

const DAY_MS = 86_400_000
/** A channel that had nothing to publish for so long before gets none. */
const ACTIVE_WITHIN_MS = 8 * 7 * DAY_MS
/** Half a week. */
const HALF_WEEK_MS = 3.5 * DAY_MS

/** A scorecard that should stand in a channel and does not. */
export interface DueScorecard {
  readonly key: string
  readonly chat: string
  readonly teamId: string
  readonly channelId: string
  readonly week: Week
  readonly dueAt: Instant
}

/** @throws ConfigError when it is not a schedule in cron's five fields */
export function checkCron(cron: string): void {
  try {
    if (cron.trim().split(/\s+/).length !== 5) throw new Error('it needs five fields')
    CronExpressionParser.parse(cron)
  } catch (error) {
    throw new ConfigError(
      `PRESSROOM_SCORECARD_CRON "${cron}" is not a schedule: ${(error as Error).message}. Write minute, hour, day of month, month and day of week, such as 0 16 * * 5.`,
    )
  }
}

/** The newest times at or before `now` at which scorecards were wanted, the oldest first. */
export function timesBefore(cron: string, zone: string, now: Instant, count: number): Instant[] {
  const schedule = parse(cron, zone, now + 1)
  return Array.from({ length: count }, () => schedule.prev().getTime()).reverse()
}

/** The first time after `now` at which scorecards are wanted. */
export function timeAfter(cron: string, zone: string, now: Instant): Instant {
  return parse(cron, zone, now).next().getTime()
}

function parse(cron: string, zone: string, at: Instant): CronExpression {
  return CronExpressionParser.parse(cron, { currentDate: new Date(at), tz: zone })
}

/** The week to report on: the one most of the last seven days belong to, be it Friday or Monday. */
export function weekToReport(dueAt: Instant, zone: string): Week {
  return weekOf(dueAt - HALF_WEEK_MS, zone)
}

/** One scorecard for a channel and week, ever; the first days of a channel have one besides. */
function scorecardKey(chat: string, channelId: string, week: Pick<Week, 'id'>): string {
  return `${chat}/${channelId}/${week.id}`
}

/** One that somebody asked for: it takes no weekly one's place. */
export function askedKey(place: { chat: string; channelId: string }, command: string): string {
  return `${place.chat}/${place.channelId}/asked/${command}`
}

/** Every scorecard that could be due, back to here. */
export function lookBack(now: Instant): { channelsSince: Instant; scorecardsSince: Instant } {
  const scorecardsSince = now - (CATCH_UP + 1) * 7 * DAY_MS
  return { scorecardsSince, channelsSince: scorecardsSince - ACTIVE_WITHIN_MS }
}

/**
 * The scorecards of a channel that should be posted now, the oldest first: the newest one, those
 * that were missed since the last one, and those whose posting was not brought to an end. Pure.
 * @param stored what was begun for this channel, at least as far as `lookBack` reaches
 */
export function dueFor(
  channel: ScorecardChannel,
  stored: readonly StoredScorecard[],
  schedule: { readonly cron: string; readonly zone: string },
  now: Instant,
): DueScorecard[] {
  const { chat, channelId, teamId, createdAt, newestAt } = channel
  const { cron, zone } = schedule
  const byKey = new Map(stored.map((row) => [row.key, row]))
  const lastAt = Math.max(...stored.map(({ dueAt }) => dueAt.getTime()), Number.NEGATIVE_INFINITY)
  const times = timesBefore(cron, zone, now, CATCH_UP)
  const due = new Map<string, DueScorecard>()
  for (const dueAt of times) {
    const whole = weekToReport(dueAt, zone)
    // A channel that is younger than that week hears of its first days instead.
    const isFirst = createdAt >= whole.endAt
    const week = isFirst ? weekOf(dueAt, zone) : whole
    const key = `${scorecardKey(chat, channelId, week)}${isFirst ? '/first' : ''}`
    const row = byKey.get(key)
    // Without an earlier one there is nothing to catch up with.
    const missed = lastAt > Number.NEGATIVE_INFINITY ? dueAt > lastAt : dueAt === times.at(-1)
    const active = createdAt <= dueAt && newestAt >= dueAt - ACTIVE_WITHIN_MS
    const wanted = row ? isUnfinished(row, now) : missed && active
    if (wanted && !due.has(key)) due.set(key, { key, chat, teamId, channelId, week, dueAt })
  }
  return [...due.values()]
}

function isUnfinished({ doneAt, retryAt, leaseExpiresAt }: StoredScorecard, now: Instant): boolean {
  const passed = (at: Date | null) => at === null || at.getTime() <= now
  return doneAt === null && passed(retryAt) && passed(leaseExpiresAt)
}
