const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]}'’]/g
const LINK_WEIGHT = 23
/** Code points that weigh 1; all others weigh 2. @see twitter-text config v3 */
const LIGHT = [
  [0x0000, 0x10ff],
  [0x2000, 0x200d],
  [0x2010, 0x201f],
  [0x2032, 0x2037],
] as const

export interface UrlEntity {
  start: number
  end: number
  url: string
  expanded_url: string
  display_url: string
}

/** Weighted length, 280 at most on X. @see X API "Counting characters" */
export function weightedLength(text: string): number {
  const normal = text.normalize('NFC')
  const links = normal.match(LINK) ?? []
  let weight = links.length * LINK_WEIGHT
  for (const { segment } of new Intl.Segmenter().segment(normal.replace(LINK, ''))) {
    if (/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(segment)) weight += 2
    else for (const character of segment) weight += weightOf(character.codePointAt(0) ?? 0)
  }
  return weight
}

function weightOf(codePoint: number): number {
  return LIGHT.some(([from, to]) => codePoint >= from && codePoint <= to) ? 1 : 2
}

/**
 * Text as X gives it back: links shortened, `&<>` escaped, a link to the post's own media at the
 * end. Only links with a scheme are recognised; indices count code points.
 * @param shorten makes a t.co address
 */
export function returnedText(
  text: string,
  mediaUrl: string | undefined,
  shorten: () => string,
): { text: string; urls: UrlEntity[] } {
  const urls: UrlEntity[] = []
  const escaped = text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
  let result = ''
  let from = 0
  const add = (before: string, expanded_url: string) => {
    const url = shorten()
    result += before
    const start = [...result].length
    const display_url = expanded_url.replace(/^https?:\/\//, '').slice(0, 26)
    urls.push({ start, end: start + url.length, url, expanded_url, display_url })
    result += url
  }
  for (const match of escaped.matchAll(LINK)) {
    add(escaped.slice(from, match.index), match[0].replaceAll('&amp;', '&'))
    from = match.index + match[0].length
  }
  const rest = escaped.slice(from)
  if (mediaUrl === undefined) result += rest
  else add(`${rest}${result + rest === '' ? '' : ' '}`, mediaUrl)
  return { text: result, urls }
}
