import type { FoundIncident } from '../../store/scorecard-asides.js'
import { accountLine, duration, excerpt, type Line, linkOr, plural } from '../wording.js'
import { accountEntries } from './card-accounts.js'
import { type Details, FAILURES_LISTED } from './details.js'
import type { Failure } from './failures.js'
import { reasonInWords, reasonOf } from './reasons.js'
import type { Report } from './report.js'

/** Where a post stands in its chat, for a link to it. */
export interface MessagePlace {
  readonly channelId: string
  /** The post's own message; the thread is under it. */
  readonly rootMessageId: string
  /** The target's message in that thread, once it stands there. */
  readonly messageId?: string
}

/** One thing in words, with the way to it. */
export interface Entry {
  readonly line: Line
  /** Where it stands in the chat; absent for what stands nowhere. */
  readonly place?: MessagePlace
}

/** A message in the thread under a scorecard. */
export interface ThreadMessage {
  /** The same for the same card, such as `accounts-1` or `failures-1`. */
  readonly part: string
  readonly title: Line
  readonly entries: readonly Entry[]
}

const ENTRIES_PER_MESSAGE = 10
const EXCERPT = 60

/** The thread: each account, what was found wrong with live posts, then every failure. */
export function threadOf(report: Report, details: Details): ThreadMessage[] {
  const { failures, incidents } = report
  const listed = failures.slice(0, FAILURES_LISTED)
  const accounts = accountEntries(report)
  return [
    ...inMessages('accounts', [{ strong: 'By account' }], accounts),
    ...inMessages('incidents', incidentTitle(incidents), incidentEntries(incidents, details)),
    ...inMessages('failures', failureTitle(failures), failureEntries(listed, report, details)),
  ]
}

function failureTitle(failures: readonly Failure[]): Line {
  const open = failures.filter(({ end }) => end === undefined).length
  return [
    { strong: plural(failures.length, 'failure') },
    `: ${open} not live yet, ${failures.length - open} over.`,
    ...(failures.length > FAILURES_LISTED ? [` The first ${FAILURES_LISTED} are listed.`] : []),
  ]
}

function inMessages(part: string, title: Line, entries: readonly Entry[]): ThreadMessage[] {
  const pages = Math.ceil(entries.length / ENTRIES_PER_MESSAGE)
  return Array.from({ length: pages }, (_, page) => ({
    part: `${part}-${page + 1}`,
    title: page === 0 ? title : [`Continued, ${page + 1} of ${pages}.`],
    entries: entries.slice(page * ENTRIES_PER_MESSAGE, (page + 1) * ENTRIES_PER_MESSAGE),
  }))
}

export function failureEntries(
  failures: readonly Failure[],
  report: Report,
  details: Details,
): Entry[] {
  return failures.map((failure) => {
    const { targetId, startedAt, startedBy } = failure
    const detail = details.targets.get(targetId)
    const live = failure.end?.how === 'live' ? detail?.permalink : undefined
    const said = details.said.get(startedBy.id)
    return {
      line: [
        ...accountLine(failure),
        ` “${excerpt(detail?.text ?? '', EXCERPT) || 'no text'}”: `,
        `${reasonInWords(reasonOf(failure))}, `,
        { at: startedAt },
        said ? `. ${sentence(excerpt(said, 160))} ` : '. ',
        outcomeOf(failure, report),
        ...(live ? [' ', linkOr(live, 'Open')] : []),
      ],
      ...placeOf(targetId, details),
    }
  })
}

function sentence(words: string): string {
  return /[.!?…]$/.test(words) ? words : `${words}.`
}

const STANDING: Readonly<Record<string, string>> = {
  waiting: 'it is tried again by itself',
  held: 'it is held for a person',
  failed: 'it failed',
  unconfirmed: 'a person has to look',
}

function outcomeOf({ startedAt, end, last }: Failure, { seenAt }: Report): string {
  if (end?.how === 'live') return `Live after ${duration(end.at - startedAt)}.`
  if (end) return `Given up after ${duration(end.at - startedAt)}.`
  const standing = STANDING[last.to] ?? 'it is being worked on'
  return `Not live for ${duration(seenAt - startedAt)}: ${standing}.`
}

function incidentTitle(incidents: readonly FoundIncident[]): Line {
  const duplicates = incidents.filter(({ type }) => type === 'duplicate').length
  const removals = incidents.length - duplicates
  const words = [
    ...(duplicates > 0 ? [plural(duplicates, 'duplicate')] : []),
    ...(removals > 0 ? [plural(removals, 'removal')] : []),
  ]
  return [{ strong: `Found: ${words.join(' and ')}` }, '.']
}

function incidentEntries(incidents: readonly FoundIncident[], details: Details): Entry[] {
  return incidents.map((incident) => {
    const detail = details.targets.get(incident.targetId)
    const what = incident.type === 'duplicate' ? 'was live twice' : 'was live and is gone'
    return {
      line: [
        ...accountLine(incident),
        ` “${excerpt(detail?.text ?? '', EXCERPT) || 'no text'}” ${what}, found `,
        { at: incident.at },
        '.',
        ...incident.links.flatMap((link, index): Line => [' ', linkOr(link, `Copy ${index + 1}`)]),
      ],
      ...placeOf(incident.targetId, details),
    }
  })
}

function placeOf(targetId: string, details: Details): { place?: MessagePlace } {
  const detail = details.targets.get(targetId)
  if (!detail?.rootMessageId) return {}
  const { channelId, rootMessageId, messageId } = detail
  return { place: { channelId, rootMessageId, ...(messageId ? { messageId } : {}) } }
}
