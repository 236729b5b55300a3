import type { Actor, Instant } from '../../publisher/core/target.js'
import type { Line, Piece } from '../wording.js'

/**
 * Text that Slack shows as it is: no mention, link or channel name can be made from it.
 * @see https://docs.slack.dev/messaging/formatting-message-text ("Escaping text")
 */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A line in Slack's markup. */
export function mrkdwn(line: Line, timeZone: string): string {
  return line.map((piece) => markup(piece, timeZone)).join('')
}

function markup(piece: Piece, timeZone: string): string {
  if (typeof piece === 'string') return escapeText(piece)
  if ('strong' in piece) return `*${escapeText(piece.strong)}*`
  if ('at' in piece) return dateToken(piece.at, timeZone)
  if ('who' in piece) return mention(piece.who)
  return `<${linkAddress(piece.link)}|${escapeText(piece.text).replaceAll('|', '¦')}>`
}

function linkAddress(url: string): string {
  return escapeText(url).replaceAll('|', '%7C')
}

/** Slack's own people are mentioned; anybody else is named. */
export function mention({ id, name }: Actor): string {
  return isSlackUser(id) ? `<@${id}>` : escapeText(name ?? id)
}

function isSlackUser(id: string): boolean {
  return /^[UW]\w+$/.test(id)
}

/**
 * Shown in each reader's own time zone; the fallback is in the workspace's.
 * @see https://docs.slack.dev/messaging/formatting-message-text ("Date formatting")
 */
function dateToken(at: Instant, timeZone: string): string {
  const seconds = Math.floor(at / 1000)
  return `<!date^${seconds}^{date_short_pretty} {time}|${escapeText(clockTime(at, timeZone))}>`
}

/** Such as `22 Nov, 14:05 CET`. */
function clockTime(at: Instant, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at)
}

/** Cuts markup at `max` UTF-16 units without leaving half a token open. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text
  let kept = text.slice(0, max - 1)
  if (/[\uD800-\uDBFF]$/.test(kept)) kept = kept.slice(0, -1)
  const openToken = kept.lastIndexOf('<')
  if (openToken > kept.lastIndexOf('>')) kept = kept.slice(0, openToken)
  const openEntity = /&[a-z]{0,3}$/.exec(kept)
  if (openEntity) kept = kept.slice(0, openEntity.index)
  return `${kept}…`
}
