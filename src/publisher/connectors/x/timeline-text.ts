/** A link in a returned post: X shortens it in the text and says here what it was. */
export interface Shortened {
  readonly url: string
  readonly expanded_url: string
}

/**
 * A returned text as it was sent: escapes undone, short links expanded, the link to the post's own
 * media left out.
 * @see X API docs, "Timelines"; that `&<>` come back escaped is seen in practice
 */
export function sentText(id: string, text: string, links: readonly Shortened[]): string {
  const own = new RegExp(`/status/${id}/(photo|video)/\\d+$`)
  const unescaped = text.replace(/&(lt|gt|amp);/g, (entity) => ESCAPES[entity] ?? entity)
  return links
    .reduce(
      (result, { url, expanded_url }) =>
        result.replace(url, () => (own.test(expanded_url) ? '' : expanded_url)),
      unescaped,
    )
    .trim()
}

const ESCAPES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' }

/** What is left to compare: X adds a scheme to bare domains and may drop a final slash. */
export function comparable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/https?:\/\//gi, '')
    .replace(/\/(?=\s|$)/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
