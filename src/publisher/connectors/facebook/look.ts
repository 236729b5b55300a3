import type { Finding, Sighting } from '../../core/outcome.js'
import type { Instant } from '../../core/target.js'
import type { Doubt, LivePost, PublishRequest, Reader } from '../connector.js'
import { findNamed, verifyInList } from '../look.js'
import { CLOCK_SKEW_MS, foundAmong, matching, namedIds, type Wanted } from '../match.js'
import { readList, readObject } from '../meta/graph.js'
import { isCredential, type Listed, notLooked, type Read, type Unread } from '../read.js'
import { afterRemoval, photoIds, readHandles } from './handles.js'
import type { Page } from './page.js'
import { readVideo, videoFinding } from './video.js'
import { feedPost, LIST_FIELDS, POST_FIELDS, pagePost } from './wire.js'

export function readPost({ graph }: Page, reader: Reader, id: string) {
  return readObject(graph, reader, id, { fields: POST_FIELDS }, pagePost)
}

/** What this content looks like on the Page, if it was first sent then or earlier. */
export function wantedPost(
  { content, handles, otherRemoteIds }: PublishRequest,
  since: Instant,
): Wanted {
  const kept = readHandles(handles)
  return {
    text: content.text,
    since: Math.min(kept.sentAt ?? since, since),
    others: otherRemoteIds ?? new Set(),
    photos: photoIds(kept),
    earlierId: kept.earlierId,
  }
}

/**
 * The Page's posts since then. The list is a ranked selection: that it does not show a post proves
 * nothing. Where there is no list of published posts, the Page's feed has them too.
 * @see Graph API reference "Page Feed"
 */
export async function readPosts(
  { graph, pageId }: Page,
  reader: Reader,
  since: Instant,
): Promise<Read<readonly Listed[]>> {
  const from = Math.floor((since - 2 * CLOCK_SKEW_MS) / 1000)
  const params = { fields: LIST_FIELDS, since: String(from), limit: '100' }
  const list = await readList(graph, reader, `${pageId}/published_posts`, params, pagePost)
  if (list.kind === 'read' || !isUnknownHere(list)) return list
  const fields = `${LIST_FIELDS},is_published`
  return readList(graph, reader, `${pageId}/feed`, { ...params, fields }, feedPost)
}

function isUnknownHere({ outcome }: Unread): boolean {
  if (outcome.kind === 'transient') return outcome.reason.code === '404'
  return outcome.kind === 'permanent' && !isCredential(outcome)
}

/** What happened to a doubtful attempt. */
export async function lookUp(page: Page, doubt: Doubt, reader: Reader): Promise<Finding> {
  const named = await findNamed(namedIds(doubt.evidence), (id) => readPost(page, reader, id))
  if (named) return named
  const { video } = readHandles(doubt.handles)
  const state = video === undefined ? undefined : await readVideo(page, reader, video)
  if (state?.kind === 'live' || state?.kind === 'broken') return videoFinding(state)
  const wanted = wantedPost(doubt, doubt.mutationAt)
  const list = await readPosts(page, reader, wanted.since)
  const found = list.kind === 'read' ? foundAmong(matching(list.value, wanted)) : undefined
  if (found) return found
  if (state) return videoFinding(state)
  if (list.kind === 'unread') return notLooked(list)
  const how = "The Page's list does not show it, but that list leaves posts out."
  return { kind: 'unclear', how }
}

/** Whether a live post is still there, and alone. */
export function verify(page: Page, post: LivePost, reader: Reader): Promise<Sighting> {
  const { remoteId } = post
  // A video known only by its own id would be taken for a copy of the post that carries it.
  const comparable = remoteId === undefined || remoteId.includes('_')
  return verifyInList(post, {
    readOne: (id) => readPost(page, reader, id),
    readList: async ({ since }) =>
      comparable ? readPosts(page, reader, since) : { kind: 'read', value: [] },
    wantedSince: (since) => wantedPost(post, since),
    handles: afterRemoval(post.handles, remoteId),
  })
}
