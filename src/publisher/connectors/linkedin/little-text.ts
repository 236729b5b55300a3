const RESERVED = /[\\|{}@[\]()<>#*_~]/g
/** A hashtag stays one: at the start of a word, and not a mere number. */
const HASHTAG = /(?<![\p{L}\p{N}_#&])#(?=[\p{N}_]*\p{L})[\p{L}\p{N}_]+/gu

/**
 * A plain text in LinkedIn's "little" format: what is reserved there is escaped, because an unescaped
 * character can cut the text off; hashtags stay hashtags.
 * @see Microsoft Learn, LinkedIn "little text format"
 */
export function littleText(text: string): string {
  let little = ''
  let from = 0
  for (const { index, 0: hashtag } of text.matchAll(HASHTAG)) {
    little += escaped(text.slice(from, index)) + littleTag(hashtag)
    from = index + hashtag.length
  }
  return little + escaped(text.slice(from))
}

/** What is reserved cannot stand in a bare hashtag, but in the template of one. */
function littleTag(hashtag: string): string {
  const word = hashtag.slice(1)
  return escaped(word) === word ? hashtag : `{hashtag|\\#|${escaped(word)}}`
}

function escaped(text: string): string {
  return text.replace(RESERVED, (character) => `\\${character}`)
}

/** The text that people see: escapes undone, templates of hashtags and mentions shown as such. */
export function plainText(little: string): string {
  return little
    .replace(/\{hashtag\|\\?#\|((?:\\.|[^}\\])*)\}/g, (_, tag: string) => `#${tag}`)
    .replace(/@\[((?:\\.|[^\]\\])*)\]\(urn:li:[^)]+\)/g, (_, name: string) => name)
    .replace(/\\([\\|{}@[\]()<>#*_~])/g, '$1')
}

/** What is left to compare: LinkedIn trims, and may rearrange white space. */
export function comparable(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim()
}
