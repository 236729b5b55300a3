const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

/**
 * The text that a person reads in a status: paragraphs and breaks as line ends, links in full (the
 * parts that Mastodon hides are in the text too).
 * @see mastodon/documentation spec/activitypub.md, sanitization
 */
export function plainTextOf(html: string): string {
  return html
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/p>\s*<p(?:\s[^>]*)?>/gi, '\n\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#(\d+)|#x([\da-f]+)|([a-z]+));/gi, (whole, decimal, hex, name) => {
      if (name) return NAMED[String(name).toLowerCase()] ?? whole
      const codePoint = decimal ? Number(decimal) : Number.parseInt(hex, 16)
      return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole
    })
}

/** What is left to compare: servers show mentions without their domain and rearrange white space. */
export function comparable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/(@\w+)@[\w.-]*\w/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
}
