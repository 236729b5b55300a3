import type { Finding, Outcome, RemotePost, Sighting } from '../core/outcome.js'
import type { Evidence, Handles, Instant } from '../core/target.js'
import { failureOf } from './classify.js'
import type { Listed, Read } from './read.js'

/** Their clocks and ours may differ, and they tell times in whole seconds. */
export const CLOCK_SKEW_MS = 60_000

/**
 * What is posted with the same words so long after a live post is a copy of it; an intended repeat is
 * known as a target of its own. As long as the same content is asked about before it is sent again.
 */
export const COPY_WITHIN_MS = 86_400_000

/** What a post of ours looks like in a list. */
export interface Wanted {
  readonly text: string
  readonly since: Instant
  readonly until?: Instant
  /** Posts that belong to other targets. */
  readonly others: ReadonlySet<string>
  /** Photos that were uploaded for this post. */
  readonly photos?: ReadonlySet<string>
  /** The post of this target that seemed gone: itself, whatever its text says by now. */
  readonly earlierId?: string | undefined
}

/**
 * The posts that can only be this one, oldest first: same text, made since the attempt, no other
 * target's, and with our photos where the list names photos. Never simply the newest one.
 */
export function matching(items: readonly Listed[], wanted: Wanted): readonly Listed[] {
  // A page that is asked for while the list moves, or ignored, shows again what was shown before.
  return [...new Map(items.map((item) => [item.id, item])).values()]
    .filter((item) => item.id === wanted.earlierId || isLike(item, wanted))
    .toSorted((a, b) => a.createdAt - b.createdAt)
}

function isLike(item: Listed, wanted: Wanted): boolean {
  const { since, until = Number.POSITIVE_INFINITY, others } = wanted
  const { id, createdAt, text } = item
  if (createdAt < since - CLOCK_SKEW_MS || createdAt > until || others.has(id)) return false
  if (plain(text) !== plain(wanted.text)) return false
  return sharesPhotos(item, wanted) ?? plain(wanted.text) !== ''
}

/** Undefined when photos cannot tell. */
function sharesPhotos(item: Listed, { photos }: Wanted): boolean | undefined {
  if (!photos?.size || !item.photos?.length) return undefined
  return item.photos.some((id) => photos.has(id))
}

/** Platforms trim texts and change line ends. */
function plain(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+$/gm, '')
    .trim()
}

/** What the matches prove; nothing when there are none. */
export function foundAmong(
  matches: readonly Listed[],
): Extract<Finding, { kind: 'found' }> | undefined {
  const [first] = matches
  if (!first) return undefined
  return {
    kind: 'found',
    ...remote(first),
    ...(matches.length > 1 ? { copies: matches.map(remote) } : {}),
    how: 'The account shows a post with this text, made since the attempt.',
  }
}

/** What was found, as the outcome of an attempt that therefore sends nothing. */
export function livePost({ remoteId, permalink }: Partial<RemotePost>): Outcome {
  return {
    kind: 'published',
    ...(remoteId === undefined ? {} : { remoteId }),
    ...(permalink === undefined ? {} : { permalink }),
  }
}

export function remote({ id, permalink }: Listed): RemotePost {
  return { remoteId: id, ...(permalink === undefined ? {} : { permalink }) }
}

/** The ids that late answers named, newest first. */
export function namedIds(evidence: readonly Evidence[]): readonly string[] {
  return evidence.flatMap(({ remoteId }) => remoteId ?? []).toReversed()
}

/**
 * What one look at a live post showed.
 * @param own the post read by its id; absent when no id is known
 * @param list what the account's list shows around the time of publishing
 * @param handles what is left to go on from if it is gone
 */
export function sightingOf(
  remoteId: string | undefined,
  own: Read<Listed> | { readonly kind: 'missing' } | undefined,
  list: Read<readonly Listed[]>,
  wanted: Wanted,
  handles: Handles,
): Sighting {
  const listed = list.kind === 'read' ? list.value : []
  const matches = matching(listed, wanted)
  const isOwn = ({ id }: Listed) => id === remoteId
  // Its text may have been edited on the platform: that is still the post.
  const itself = own?.kind === 'read' ? own.value : listed.find(isOwn)
  const inList = matches.some(isOwn)
  const copies = [...(itself ? [itself] : []), ...matches.filter((item) => !isOwn(item))]
  const [first] = copies
  if (copies.length > 1) return { kind: 'duplicated', copies: copies.map(remote) }
  if (first) return { kind: 'live', ...remote(first), ...(inList ? { alone: true } : {}) }
  // A list that does not show it is no proof, and "missing" only counts when the list agrees.
  if (own?.kind === 'missing' && list.kind === 'read') {
    return { kind: 'gone', how: 'The platform does not know the post any more.', handles }
  }
  const unread = own?.kind === 'unread' ? own : list.kind === 'unread' ? list : undefined
  const how = unread ? failureOf(unread.outcome).reason.text : 'The list does not show it.'
  return { kind: 'unknown', how }
}
