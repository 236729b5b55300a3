import type { Actor, Instant } from '../../publisher/core/target.js'
import type { Line, Piece } from '../wording.js'

/**
 * Text that Discord shows as it is: no mention, list, heading or link text can be made from it.
 * Addresses stay as they are, because a backslash inside one would break it.
 * @see https://docs.discord.com/developers/reference#message-formatting
 */
export function escapeText(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>]+)/)
    .map((part, index) => (index % 2 === 1 ? part : escapeProse(part)))
    .join('')
}

function escapeProse(text: string): string {
  return text
    .replaceAll(/[\\*_~`|[\]<]/g, '\\$&')
    .replaceAll(/^(\s*)([#>+-]|\d+\.)(?=\s|$)/gm, (_all, space, sign: string) => {
      const isNumber = sign.length > 1
      return isNumber ? `${space}${sign.slice(0, -1)}\\.` : `${space}\\${sign}`
    })
}

/**
 * A line in Discord's markup. What does not fit into `max` UTF-16 units is cut, never in the middle
 * of a token.
 */
export function markdown(line: Line, max = Number.POSITIVE_INFINITY): string {
  let shown = ''
  for (const piece of line) {
    const room = max - shown.length
    const token = markup(piece)
    if (token.length <= room) shown += token
    else return shown + (typeof piece === 'string' ? cut(piece, room) : room > 0 ? '…' : '')
  }
  return shown
}

function markup(piece: Piece): string {
  if (typeof piece === 'string') return escapeText(piece)
  if ('strong' in piece) return `**${escapeText(piece.strong)}**`
  if ('at' in piece) return timestamp(piece.at)
  if ('who' in piece) return mention(piece.who)
  // Discord makes no link of a text that is an address itself.
  if (piece.text === piece.link) return piece.link
  return `[${escapeText(piece.text)}](<${piece.link.replaceAll('<', '%3C').replaceAll('>', '%3E')}>)`
}

/** Escaped text of at most `max` UTF-16 units; cut at a character. */
export function cut(text: string, max: number): string {
  const escaped = escapeText(text)
  if (escaped.length <= max) return escaped
  const room = Math.max(0, max - 1)
  let kept = [...text.slice(0, room)]
  // Half a surrogate pair is what the slice may have left at its end.
  if (/^[\uD800-\uDBFF]$/.test(kept.at(-1) ?? '')) kept = kept.slice(0, -1)
  while (escapeText(kept.join('')).length > room) kept = kept.slice(0, -1)
  return max > 0 ? `${escapeText(kept.join(''))}…` : ''
}

/** Discord's own people are mentioned; anybody else is named. */
export function mention({ id, name }: Actor): string {
  return isSnowflake(id) ? `<@${id}>` : escapeText(name ?? id)
}

export function isSnowflake(id: string): boolean {
  return /^\d{1,20}$/.test(id)
}

/** Shown in each reader's own language and time zone. */
export function timestamp(at: Instant): string {
  return `<t:${Math.floor(at / 1000)}:f>`
}

/** Small grey text; what it says stays on one line. */
export function subtext(text: string): string {
  return `-# ${text.replaceAll(/\s*\n\s*/g, ' ')}`
}

/** A block in which nothing is interpreted. A fence inside is broken up, or it would end the block. */
export function codeBlock(text: string): string {
  return `\`\`\`\n${text.replaceAll('```', '`\u200b``')}\n\`\`\``
}
