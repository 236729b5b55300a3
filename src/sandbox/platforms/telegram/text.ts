/** The visible text of a message, or why the entities cannot be parsed. */
export type ParsedText = { text: string } | { error: string }

const TAGS = ['b', 'strong', 'i', 'em', 'u', 'ins', 's', 'strike', 'del', 'a', 'code', 'pre']
const MORE_TAGS = ['span', 'tg-spoiler', 'tg-emoji', 'blockquote']
const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' }
/** What MarkdownV2 reserves; the sandbox has no formatting for it, so all must be escaped. */
const RESERVED = /[_*[\]()~`>#+\-=|{}.!]/

/** Text after entity parsing, for the parse modes HTML and (plain) MarkdownV2. @see Bot API "Formatting options" */
export function parseText(text: string, mode: string | undefined): ParsedText {
  if (mode === undefined) return { text }
  if (mode === 'HTML') return parseHtml(text)
  if (mode === 'MarkdownV2') return parseMarkdown(text)
  return { error: 'Bad Request: unsupported parse_mode' }
}

function parseHtml(text: string): ParsedText {
  const open: string[] = []
  let plain = ''
  for (const piece of text.split(/(<[^>]*>?)/)) {
    const tag = /^<(\/?)([a-z-]+)[^>]*>$/i.exec(piece)
    const name = tag?.[2]?.toLowerCase() ?? ''
    if (!piece.startsWith('<'))
      plain += piece.replace(/&(lt|gt|amp|quot);/g, (e) => ENTITIES[e] ?? e)
    else if (!tag || ![...TAGS, ...MORE_TAGS].includes(name)) {
      return { error: `Bad Request: can't parse entities: Unsupported start tag "${name}"` }
    } else if (tag[1] === '') open.push(name)
    else if (open.pop() !== name) {
      return { error: `Bad Request: can't parse entities: Unexpected end tag "${name}"` }
    }
  }
  return open.length === 0
    ? { text: plain }
    : { error: `Bad Request: can't parse entities: Can't find end tag "${open.at(-1)}"` }
}

function parseMarkdown(text: string): ParsedText {
  const bare = RESERVED.exec(text.replace(/\\./gs, ''))?.[0]
  if (bare === undefined) return { text: text.replace(/\\(.)/gs, '$1') }
  return {
    error: `Bad Request: can't parse entities: Character '${bare}' is reserved and must be escaped`,
  }
}
