import type { Instant } from '../../publisher/core/target.js'
import type { Note } from '../../store/notes.js'
import type { Button } from '../card-buttons.js'
import { noteLine, resolveButtons } from '../notes.js'
import { duration, type Line } from '../wording.js'
import { type Entry, failureEntries, type ThreadMessage, threadOf } from './card-thread.js'
import { comparedWords, counted, type Measured, timed, type Wording } from './compared.js'
import type { Details } from './details.js'
import { type Durations, firstAttemptRate, successRate } from './figures.js'
import type { Picture } from './picture.js'
import { type ReasonCost, reasonInWords } from './reasons.js'
import type { Report } from './report.js'
import { weekInWords } from './week.js'
import { count, listed, meanOrDash, publishes, rateOrDash } from './words.js'

/** A week's scorecard, before any chat has given it a shape. Read from top to bottom in ten seconds. */
export interface ScorecardCard {
  readonly kind: 'scorecard'
  /** The week's id, such as `2026-W47`. */
  readonly week: string
  readonly title: string
  /** In small print under the title: that the week still runs, that it is posted late. */
  readonly asides: readonly Line[]
  /** Nothing came to a result, and nothing is open: `figures` is empty and `besides` says so. */
  readonly quiet: boolean
  /** Success, manual retries, time to resolve, duplicates: always these four, in this order. */
  readonly figures: readonly CardFigure[]
  readonly picture?: Picture
  /** What else was counted. */
  readonly besides: readonly Line[]
  /** What failures cost most, the costliest first. */
  readonly reasons: readonly Line[]
  /** Failures that last; the thread has them all. */
  readonly open: readonly Entry[]
  /** How many more failures last. */
  readonly moreOpen: number
  /** What people wrote down and nobody has resolved. */
  readonly notes: readonly Line[]
  /** One for each of them that is still open. */
  readonly noteButtons: readonly Button[]
  /** Messages for the thread under the card, in order. */
  readonly thread: readonly ThreadMessage[]
}

export interface CardFigure {
  readonly label: string
  readonly value: string
  /** What the value is made of. */
  readonly detail: string
  /** The week before and the mean of the weeks before. */
  readonly compared: string
  /** Against the week before. */
  readonly trend: 'better' | 'worse' | 'same' | 'none'
}

/** Everything a card is made from. */
export interface CardView {
  readonly report: Report
  readonly details: Details
  readonly notes: readonly Note[]
  readonly picture?: Picture
  /** When it was due, if it is posted noticeably after that. */
  readonly lateSince?: Instant
}

const REASONS_SHOWN = 3
const OPEN_SHOWN = 5
const NOTES_SHOWN = 3

export function scorecardCard(view: CardView): ScorecardCard {
  const { report, details, picture } = view
  const open = report.failures.filter(({ end }) => end === undefined)
  const quiet = isQuiet(report)
  const notes = view.notes.slice(0, NOTES_SHOWN)
  return {
    kind: 'scorecard',
    week: report.week.id,
    title: `Scorecard: ${weekInWords(report.week)}`,
    asides: asidesOf(view),
    quiet,
    figures: quiet ? [] : fourFigures(report, open.length),
    ...(picture ? { picture } : {}),
    besides: quiet
      ? [['A quiet week: nothing was published from here, and nothing failed.']]
      : besidesOf(report),
    reasons: report.reasons.slice(0, REASONS_SHOWN).map(reasonLine),
    open: failureEntries(open.slice(0, OPEN_SHOWN), report, details),
    moreOpen: Math.max(0, open.length - OPEN_SHOWN),
    notes: notes.map(scorecardNote),
    noteButtons: resolveButtons(notes),
    thread: threadOf(report, details),
  }
}

function isQuiet({ total: { now }, failures, incidents }: Report): boolean {
  const happened =
    now.settled + now.byHand + now.givenUp + now.missed + now.manualRetries + now.questions.asked
  return happened === 0 && failures.length === 0 && incidents.length === 0
}

function asidesOf({ report, lateSince }: CardView): Line[] {
  return [
    ...(lateSince === undefined
      ? []
      : [['Posted late: it was due ', { at: lateSince }, ', and could not be posted then.']]),
    ...(report.running ? [['So far, as of ', { at: report.seenAt }, '.']] : []),
  ]
}

function fourFigures(report: Report, open: number): CardFigure[] {
  const { now } = report.total
  const answers = now.resolved
  return [
    {
      label: 'Success',
      value: rateOrDash(successRate(now)),
      detail:
        now.settled === 0
          ? 'nothing came to a result'
          : `${now.live} of ${publishes(now.settled)} live`,
      ...compare(report, (figures) => successRate(figures), rateOrDash, 'more is better'),
    },
    {
      label: 'Manual retries',
      value: count(now.manualRetries),
      detail: now.manualRetries === 0 ? 'nobody had to step in' : byAccount(report),
      ...compare(report, ({ manualRetries }) => manualRetries, counted, 'less is better'),
    },
    {
      label: 'Time to resolve',
      value: meanOrDash(answers),
      detail: `${resolvedWords(answers)}${open > 0 ? `; ${open} not live yet` : ''}`,
      ...compare(report, ({ resolved }) => resolved?.meanMs, timed, 'less is better'),
    },
    {
      label: 'Duplicates',
      value: count(now.duplicates),
      detail: now.prevented === 0 ? 'none to prevent' : `${now.prevented} prevented`,
      ...compare(report, ({ duplicates }) => duplicates, counted, 'less is better'),
    },
  ]
}

function resolvedWords(times: Durations | null): string {
  if (!times) return 'nothing was resolved'
  if (times.count === 1) return '1 resolved'
  return `mean of ${times.count}; median ${duration(times.medianMs)}, worst ${duration(times.worstMs)}`
}

function byAccount({ accounts }: Report): string {
  const retried = accounts
    .filter(({ now }) => now.manualRetries > 0)
    .toSorted((a, b) => b.now.manualRetries - a.now.manualRetries)
    .map(({ account, now }) => `${account} ${now.manualRetries}`)
  return listed(retried, 3)
}

function compare(
  report: Report,
  measure: Measured,
  say: Wording,
  sense: 'more is better' | 'less is better',
): Pick<CardFigure, 'compared' | 'trend'> {
  const { now, before } = report.total
  const [current, earlier] = [measure(now), before ? measure(before) : undefined]
  const known = current !== undefined && earlier !== undefined
  const better = sense === 'more is better' ? 1 : -1
  return {
    compared: comparedWords(report.total, report.weeksInMean, measure, say),
    trend: !known
      ? 'none'
      : current === earlier
        ? 'same'
        : (current - earlier) * better > 0
          ? 'better'
          : 'worse',
  }
}

function besidesOf(report: Report): Line[] {
  const { now } = report.total
  const { asked, withdrawn, answered } = now.questions
  const line = (label: string, value: string, measure: Measured, say: Wording = counted): Line => [
    { strong: label },
    ` ${value} (${comparedWords(report.total, report.weeksInMean, measure, say)})`,
  ]
  const answers = answered
    ? `, ${answered.count} answered in ${duration(answered.medianMs)} (median)`
    : ''
  return [
    line('At first attempt', rateOrDash(firstAttemptRate(now)), firstAttemptRate, rateOrDash),
    line('Late', count(now.late), ({ late }) => late),
    line('Missed', count(now.missed), ({ missed }) => missed),
    line('Duplicates prevented', count(now.prevented), ({ prevented }) => prevented),
    line(
      'Questions to people',
      `${asked} asked${answers}${withdrawn > 0 ? `, ${withdrawn} withdrawn` : ''}`,
      ({ questions }) => questions.asked,
    ),
    ...(now.removed > 0
      ? [line('Gone from the platform', count(now.removed), ({ removed }) => removed)]
      : []),
    ...(now.givenUp > 0
      ? [line('Given up after a failure', count(now.givenUp), ({ givenUp }) => givenUp)]
      : []),
    ...(now.byHand > 0 ? [line('Posted by hand', count(now.byHand), ({ byHand }) => byHand)] : []),
  ]
}

function reasonLine({ reason, failures, open, accounts, lostMs }: ReasonCost): Line {
  const where = listed(
    accounts.map((each) =>
      accounts.length > 1 ? `${each.account} ${each.failures}` : each.account,
    ),
    3,
  )
  const still = open > 0 ? `, ${open} not live yet` : ''
  return [
    { strong: reasonInWords(reason) },
    `: ${publishes(failures)} (${where}), ${duration(lostMs)} not live${still}`,
  ]
}

/** Apart from its thread a note has to say what it is about. */
function scorecardNote(note: Note): Line {
  return note.account === null
    ? noteLine(note)
    : [{ strong: note.account }, ': ', ...noteLine(note)]
}
