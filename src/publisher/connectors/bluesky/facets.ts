import { linksIn } from '../links.js'

/** A stretch of text that means something: a link, a mention or a hashtag. Offsets in UTF-16. */
export type Found = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'link'; readonly uri: string }
  | { readonly kind: 'mention'; readonly handle: string }
  | { readonly kind: 'tag'; readonly tag: string }
)

export type Feature =
  | { readonly $type: 'app.bsky.richtext.facet#link'; readonly uri: string }
  | { readonly $type: 'app.bsky.richtext.facet#mention'; readonly did: string }
  | { readonly $type: 'app.bsky.richtext.facet#tag'; readonly tag: string }

export interface Facet {
  readonly index: { readonly byteStart: number; readonly byteEnd: number }
  readonly features: readonly [Feature]
}

const MENTION =
  /(?<=^|\s|\()@([a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+)/gi
const TAG = /(?<=^|\s)[#＃](?!\ufe0f)([^\s\u00ad\u2060\u200a-\u200d]+)/gu
const TAG_MAX = 64

/**
 * What in a text is to be made clickable, in the order of the text.
 * @see bluesky-social/atproto packages/api/src/rich-text/detection.ts, whose reading of mentions and
 * tags this follows; bare domains are left as text, because telling them needs a list of all of them
 */
export function findFeatures(text: string): readonly Found[] {
  const links = linksIn(text).map((link): Found => ({ kind: 'link', ...link }))
  const mentions = [...text.matchAll(MENTION)].map((match): Found => {
    const [whole, handle = ''] = match
    return { kind: 'mention', handle, start: match.index, end: match.index + whole.length }
  })
  const tags = [...text.matchAll(TAG)].flatMap((match): Found[] => {
    const tag = (match[1] ?? '').replace(/\p{P}+$/u, '')
    const wordless = /^[\d\p{P}]*$/u.test(tag)
    if (wordless || [...tag].length > TAG_MAX) return []
    return [{ kind: 'tag', tag, start: match.index, end: match.index + 1 + tag.length }]
  })
  const all = [...links, ...mentions, ...tags].toSorted((a, b) => a.start - b.start)
  return all.filter(({ start }, at) => start >= (all[at - 1]?.end ?? 0))
}

/**
 * The facets of a post; a mention whose handle did not resolve stays plain text.
 * Offsets count bytes of UTF-8.
 * @see bluesky-social/atproto lexicons/app/bsky/richtext/facet.json
 */
export function facetsOf(
  text: string,
  found: readonly Found[],
  dids: ReadonlyMap<string, string>,
): readonly Facet[] {
  const bytesBefore = (at: number) => Buffer.byteLength(text.slice(0, at))
  return found.flatMap((item): Facet[] => {
    const feature = featureOf(item, dids)
    if (!feature) return []
    const index = { byteStart: bytesBefore(item.start), byteEnd: bytesBefore(item.end) }
    return [{ index, features: [feature] }]
  })
}

function featureOf(found: Found, dids: ReadonlyMap<string, string>): Feature | undefined {
  switch (found.kind) {
    case 'link':
      return { $type: 'app.bsky.richtext.facet#link', uri: found.uri }
    case 'tag':
      return { $type: 'app.bsky.richtext.facet#tag', tag: found.tag }
    case 'mention': {
      const did = dids.get(found.handle)
      return did === undefined ? undefined : { $type: 'app.bsky.richtext.facet#mention', did }
    }
  }
}
