import { charsetIn, namedCharset } from './page-facts.js'

const PAGES = new Set(['text/html', 'application/xhtml+xml'])
/** Where browsers look for the encoding that a page names. */
const LOOKED_AT_BYTES = 1024

/**
 * The text of a page: by its byte order mark, the encoding of the answer, or the one it names itself.
 * @returns undefined when it is no page
 * @see https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
 */
export function decodePage(bytes: Uint8Array, contentType: string): string | undefined {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (!PAGES.has(type)) return undefined
  const head = Buffer.from(bytes.subarray(0, LOOKED_AT_BYTES)).toString('latin1')
  const charset = markOf(bytes) ?? charsetIn(contentType) ?? namedCharset(head) ?? 'utf-8'
  return (decoderFor(charset) ?? new TextDecoder()).decode(bytes)
}

function markOf([first, second]: Uint8Array): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return first === 0xef && second === 0xbb ? 'utf-8' : undefined
}

function decoderFor(charset: string): TextDecoder | undefined {
  try {
    return new TextDecoder(charset)
  } catch {
    return undefined // a name that nobody knows
  }
}
