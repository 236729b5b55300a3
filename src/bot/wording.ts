import type { PlatformName } from '../publisher/connectors/connector.js'
import type { Actor, Instant, StateOf, TargetState } from '../publisher/core/target.js'

/** A part of a line: plain text as people wrote it, or something each chat shows in its own way. */
export type Piece =
  | string
  | { readonly strong: string }
  | { readonly at: Instant }
  | { readonly who: Actor }
  | { readonly link: string; readonly text: string }

export type Line = readonly Piece[]

/** How many targets of a post are live, failed, still processing, waiting for a retry, waiting for a person. */
export interface Counts {
  readonly live: number
  readonly failed: number
  readonly processing: number
  readonly needsRetry: number
  readonly needsPerson: number
}

const PLATFORM_TITLES: Readonly<Record<PlatformName, string>> = {
  facebook: 'Facebook',
  instagram: 'Instagram',
  threads: 'Threads',
  bluesky: 'Bluesky',
  mastodon: 'Mastodon',
  x: 'X',
  linkedin: 'LinkedIn',
  telegram: 'Telegram',
  discord: 'Discord',
  manual: 'by hand',
}

/** The platform as people know it. */
export function platformTitle(platform: string): string {
  const titles: Readonly<Record<string, string | undefined>> = PLATFORM_TITLES
  return titles[platform] ?? platform
}

/** The account's name, with its platform where the name does not say it. */
export function accountLine({ account, platform }: { account: string; platform: string }): Line {
  const title = platformTitle(platform)
  const says = account.toLowerCase().includes(platform.toLowerCase())
  return says ? [{ strong: account }] : [{ strong: account }, ` (${title})`]
}

/** Every count in its fixed place, such as `2 live · 1 failed · 0 processing · …`. */
export function countWords(counts: Counts): { count: number; words: string }[] {
  const { live, failed, processing, needsRetry, needsPerson } = counts
  return [
    { count: live, words: `${live} live` },
    { count: failed, words: `${failed} failed` },
    { count: processing, words: `${processing} processing` },
    { count: needsRetry, words: `${needsRetry} waiting to retry` },
    {
      count: needsPerson,
      words: `${needsPerson} ${needsPerson === 1 ? 'needs' : 'need'} a person`,
    },
  ]
}

/** Names every count that is not zero, so that no single status hides another. */
export function headline(counts: Counts): string {
  const named = countWords(counts).filter(({ count }) => count > 0)
  if (named.length === 0) return 'Cancelled'
  if (counts.live > 1 && named.length === 1) return `All ${counts.live} live`
  return named.map(({ words }) => words).join(', ')
}

/** The state in a few words, with its time. */
export function stateLine(state: TargetState, platform: string): Line {
  switch (state.status) {
    case 'scheduled':
      return ['scheduled for ', { at: state.publishAt }]
    case 'queued':
      return ['queued']
    case 'publishing':
      return ['publishing now']
    case 'processing':
      return state.stage === 'preparing'
        ? ['the platform is preparing it']
        : ['sent; the platform is still working on it']
    case 'waiting':
      return ['not live yet; tries again by itself ', { at: state.retryAt }]
    case 'reconciling':
      return ['checking whether it went out']
    case 'unconfirmed':
      return platform === 'manual'
        ? ['ready to be posted by hand']
        : ['may be live or not; a person has to look']
    case 'held':
      return [HOLDS[state.hold]]
    case 'failed':
      return ['failed ', { at: state.failedAt }, '; it is not live']
    case 'published':
      return liveLine(state)
    case 'cancelled':
      return ['cancelled by ', { who: state.who }, ' ', { at: state.cancelledAt }]
  }
}

const HOLDS = {
  late: 'held: too late to send without asking',
  approval: 'held: waits for an approval',
  account: 'held: the account is disconnected',
} as const

function liveLine(state: StateOf<'published'>): Line {
  const since: Line = ['live since ', { at: state.publishedAt }]
  if (state.how === 'found') return [...since, ', found on the platform']
  if (state.how === 'person' && state.who) return [...since, ', confirmed by ', { who: state.who }]
  return since
}

/** `1 target`, `2 targets`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** A length of time for people: `40 seconds`, `12 minutes`, `3 hours`, `2 days`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 90) return plural(seconds, 'second')
  const minutes = Math.round(seconds / 60)
  if (minutes < 90) return plural(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return hours < 48 ? plural(hours, 'hour') : plural(Math.round(hours / 24), 'day')
}

/** At most `max` UTF-16 units of whole characters; an ellipsis says that something is missing. */
export function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${whole(text.slice(0, max - 1))}…`
}

/** The same text in pieces of at most `max` UTF-16 units, none of which ends in half a character. */
export function inPieces(text: string, max: number): string[] {
  if (text === '') return []
  const piece = whole(text.slice(0, max))
  return [piece, ...inPieces(text.slice(piece.length), max)]
}

function whole(text: string): string {
  return text.replace(/[\uD800-\uDBFF]$/, '')
}

/** The first words of a post on one line, cut at a grapheme. */
export function excerpt(text: string, max: number): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim()
  const graphemes = [...new Intl.Segmenter('en').segment(line.slice(0, max * 8))]
  if (graphemes.length <= max && line.length <= max * 8) return line
  const kept = graphemes.slice(0, max - 1).map(({ segment }) => segment)
  return `${kept.join('').trimEnd()}…`
}

/** An address becomes a link, anything else stays text. */
export function linkOr(text: string, label?: string): Piece {
  return /^https?:\/\/\S+$/.test(text) ? { link: text, text: label ?? text } : text
}
