/** A link in a text. Offsets in UTF-16. */
export interface Link {
  readonly uri: string
  readonly start: number
  readonly end: number
}

const LINK = /(?<![\w@/])https?:\/\/[^\s<>"]+/gi

/** The http and https links of a text, in its order; bare domains are left as text. */
export function linksIn(text: string): readonly Link[] {
  return [...text.matchAll(LINK)].flatMap((match): Link[] => {
    const uri = withoutTail(match[0])
    const start = match.index
    return URL.canParse(uri) ? [{ uri, start, end: start + uri.length }] : []
  })
}

/** A link ends before the punctuation of its sentence, and before a bracket it did not open. */
function withoutTail(link: string): string {
  const bare = link.replace(/[.,;:!?'’”»…]+$/, '')
  const unopened = bare.endsWith(')') && bare.split(')').length > bare.split('(').length
  return unopened ? withoutTail(bare.slice(0, -1)) : bare
}

/** The link that a post is shown with as a card: the first of its text, where there is no medium. */
export function cardLink({
  text,
  media,
}: {
  readonly text: string
  readonly media: readonly unknown[]
}): string | undefined {
  return media.length === 0 ? linksIn(text)[0]?.uri : undefined
}
