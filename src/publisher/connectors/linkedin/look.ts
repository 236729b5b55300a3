import type { Finding, Sighting } from '../../core/outcome.js'
import type { Instant } from '../../core/target.js'
import { failureOf, unreadable } from '../classify.js'
import type { Doubt, LivePost, PublishRequest, Reader, Removal, Steps } from '../connector.js'
import { findNamed, type ReadOne, verifyInList } from '../look.js'
import { CLOCK_SKEW_MS, foundAmong, matching, namedIds, type Wanted } from '../match.js'
import type { Listed, Read, Unread } from '../read.js'
import { notLooked } from '../read.js'
import { judge } from './classify.js'
import { afterRemoval, readHandles } from './handles.js'
import { comparable } from './little-text.js'
import type { Page } from './page.js'
import { postList, readPost } from './wire.js'

const PAGE_SIZE = 100
const MAX_PAGES = 4

const UNREADABLE: Finding = {
  kind: 'unclear',
  how: 'The token may not read the posts of the page, so that only a person can tell.',
}

/** What this content looks like in the organisation's list, if it was first sent then or earlier. */
export function wantedPost(
  { content, handles, otherRemoteIds }: PublishRequest,
  since: Instant,
): Wanted {
  const { uploads, sentAt } = readHandles(handles)
  return {
    text: comparable(content.text),
    since: Math.min(sentAt ?? since, since),
    others: otherRemoteIds ?? new Set(),
    photos: new Set(uploads.map(({ urn }) => urn)),
  }
}

/**
 * The organisation's posts since then, newest first. Members' posts are closed to reading.
 * @see Microsoft Learn, LinkedIn "Posts API", find posts by authors
 */
export async function readPosts(
  page: Page,
  reader: Reader,
  since: Instant,
): Promise<Read<readonly Listed[]>> {
  const posts: Listed[] = []
  let start = 0
  for (let pages = 0; pages < MAX_PAGES; pages++) {
    const query = new URLSearchParams({
      q: 'author',
      author: page.author,
      count: String(PAGE_SIZE),
      start: String(start),
      sortBy: 'CREATED',
    })
    const finder = { 'x-restli-method': 'FINDER' }
    const request = page.request('GET', `rest/posts?${query}`, undefined, finder)
    const judged = judge(await reader.read(request), 'other', reader.now())
    if (judged.kind !== 'success') return { kind: 'unread', outcome: judged }
    const parsed = postList.safeParse(judged.json)
    if (!parsed.success) return notUnderstood('a list of posts')
    const { elements, paging } = parsed.data
    const read = elements.flatMap((entry) => readPost.safeParse(entry).data ?? [])
    const shown = read.filter(({ shown }) => shown).map(({ listed }) => listed)
    posts.push(...shown.map((post) => ({ ...post, permalink: page.linkTo(post.id) })))
    const oldest = read.at(-1)?.listed.createdAt ?? Number.NEGATIVE_INFINITY
    const more = elements.length >= PAGE_SIZE || paging?.links.some(({ rel }) => rel === 'next')
    if (!more || elements.length === 0 || oldest < since - CLOCK_SKEW_MS) break
    start += elements.length
  }
  return { kind: 'read', value: posts }
}

async function readOne(page: Page, reader: Reader, urn: string): Promise<ReadOne> {
  const request = page.request('GET', `rest/posts/${encodeURIComponent(urn)}`)
  const judged = judge(await reader.read(request), 'other', reader.now())
  if (judged.kind !== 'success') {
    const missing = judged.kind === 'permanent' && judged.reason.code === '404'
    return missing ? { kind: 'missing' } : { kind: 'unread', outcome: judged }
  }
  const parsed = readPost.safeParse(judged.json)
  if (!parsed.success) return notUnderstood('a post')
  const { listed, shown } = parsed.data
  if (!shown) return { kind: 'missing' }
  return { kind: 'read', value: { ...listed, permalink: page.linkTo(urn) } }
}

/** Tokens that may post for a page may not all read it: that takes `r_organization_social`. */
export function isClosed({ outcome }: Unread): boolean {
  return outcome.kind === 'permanent' && outcome.reason.class === 'permission'
}

/** What happened to a doubtful attempt of an organisation. */
export async function lookUp(page: Page, doubt: Doubt, reader: Reader): Promise<Finding> {
  const wanted = wantedPost(doubt, doubt.mutationAt)
  const urns = namedIds(doubt.evidence).filter((urn) => !wanted.others.has(urn))
  // A duplicate that was there before we sent anything is somebody else's.
  const readOurs = async (urn: string): Promise<ReadOne> => {
    const read = await readOne(page, reader, urn)
    const older = read.kind === 'read' && read.value.createdAt < wanted.since - CLOCK_SKEW_MS
    return older ? { kind: 'missing' } : read
  }
  const unread = (read: Unread) => (isClosed(read) ? UNREADABLE : notLooked(read))
  const named = await findNamed(urns, readOurs, unread)
  if (named) return named
  const list = await readPosts(page, reader, wanted.since)
  if (list.kind === 'unread') return unread(list)
  const how = 'The page does not show it, which proves nothing on LinkedIn.'
  return foundAmong(matching(list.value, wanted)) ?? { kind: 'unclear', how }
}

/** Whether a live post of an organisation is still there, and alone. */
export function verify(page: Page, post: LivePost, reader: Reader): Promise<Sighting> {
  return verifyInList(post, {
    readOne: (urn) => readOne(page, reader, urn),
    readList: ({ since }) => readPosts(page, reader, since),
    wantedSince: (since) => wantedPost(post, since),
    handles: afterRemoval(post.handles),
  })
}

/** Deletes a post; LinkedIn answers the same when it is not there any more. */
export async function remove(
  page: Page,
  urn: string,
  steps: Pick<Steps, 'prepare' | 'now'>,
): Promise<Removal> {
  const request = page.request('DELETE', `rest/posts/${encodeURIComponent(urn)}`)
  const judged = judge(await steps.prepare(request), 'other', steps.now())
  return judged.kind === 'success'
    ? { kind: 'removed' }
    : { kind: 'notRemoved', reason: failureOf(judged).reason }
}

function notUnderstood(what: string) {
  return { kind: 'unread', outcome: unreadable('LinkedIn', 'other', what) } as const
}
