import { Parser } from 'htmlparser2'
import { excerpt } from '../wording.js'

/** What a page says of itself. */
export interface PageFacts {
  readonly title: string
  readonly description: string
  /** Address of its picture. */
  readonly picture?: string
}

/** Frozen with the post and sent each time: a page must not make it grow. No platform shows more. */
const TITLE_MAX = 200
const DESCRIPTION_MAX = 500

const TITLES = ['og:title', 'twitter:title']
const DESCRIPTIONS = ['og:description', 'twitter:description', 'description']
const PICTURES = ['og:image:secure_url', 'og:image', 'og:image:url', 'twitter:image']

/**
 * Title, description and picture of a page: Open Graph first, as the page's own choice for cards.
 * @param url where the page was, for addresses that are relative to it
 * @returns undefined when it has no title
 * @see https://ogp.me
 */
export function readPageFacts(html: string, url: string): PageFacts | undefined {
  const { named, title, base } = readHead(html)
  const first = (names: readonly string[], max: number) =>
    names.map((name) => excerpt(shown(named.get(name)), max)).find((text) => text !== '')
  const own = first(TITLES, TITLE_MAX) ?? excerpt(shown(title), TITLE_MAX)
  if (own === '') return undefined
  const picture = addressOf(first(PICTURES, URL_MAX), addressOf(base, url) ?? url)
  return {
    title: own,
    description: first(DESCRIPTIONS, DESCRIPTION_MAX) ?? '',
    ...(picture === undefined ? {} : { picture }),
  }
}

/** Control characters show nothing, and NUL cannot even be stored. */
function shown(text = ''): string {
  return text.replaceAll(/\p{Cc}/gu, ' ')
}

const URL_MAX = 4_000

/** The encoding that a page names in its head, if it does. */
export function namedCharset(html: string): string | undefined {
  return readHead(html).charset
}

interface Head {
  /** What the `meta` elements say, the first of each name. */
  readonly named: ReadonlyMap<string, string>
  readonly title: string
  readonly base?: string
  readonly charset?: string
}

/** Also reads what stands in the body: many pages are not as tidy as the standard. */
function readHead(html: string): Head {
  const named = new Map<string, string>()
  let title: string | undefined
  let isTitle = false
  let drawing = 0
  let base: string | undefined
  let charset: string | undefined
  const parser = new Parser({
    onopentag(tag, attributes) {
      if (tag === 'svg') drawing += 1
      if (tag === 'title' && drawing === 0 && title === undefined) {
        isTitle = true
        title = ''
      }
      if (tag === 'base') base ??= attributes.href
      if (tag !== 'meta') return
      const { property, name, content } = attributes
      const key = (property ?? name)?.trim().toLowerCase()
      if (key && content !== undefined && !named.has(key)) named.set(key, content)
      charset ??= attributes.charset
      if (attributes['http-equiv']?.toLowerCase() === 'content-type') {
        charset ??= charsetIn(content ?? '')
      }
    },
    ontext(text) {
      if (isTitle) title += text
    },
    onclosetag(tag) {
      if (tag === 'title') isTitle = false
      if (tag === 'svg') drawing -= 1
    },
  })
  parser.end(html)
  return {
    named,
    title: title ?? '',
    ...(base === undefined ? {} : { base }),
    ...(charset === undefined ? {} : { charset }),
  }
}

/** The `charset` of a content type. @see RFC 9110, section 8.3.1 */
export function charsetIn(contentType: string): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1]
}

function addressOf(text: string | undefined, from: string): string | undefined {
  if (text === undefined || !URL.canParse(text, from)) return undefined
  const { protocol, href } = new URL(text, from)
  return protocol === 'http:' || protocol === 'https:' ? href : undefined
}
