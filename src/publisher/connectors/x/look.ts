import type { Finding, Sighting } from '../../core/outcome.js'
import type { Instant } from '../../core/target.js'
import { failureOf, unreadable } from '../classify.js'
import type { Doubt, LivePost, PublishRequest, Reader, Removal, Steps } from '../connector.js'
import { parseJson } from '../http.js'
import { findNamed, type ReadOne, verifyInList } from '../look.js'
import { CLOCK_SKEW_MS, foundAmong, matching, namedIds, type Wanted } from '../match.js'
import type { Listed, Read } from '../read.js'
import { notLooked } from '../read.js'
import { judge } from './classify.js'
import { afterRemoval, readHandles } from './handles.js'
import { comparable } from './timeline-text.js'
import type { User } from './user.js'
import { onePost, POST_FIELDS, problem, timeline, timelinePost } from './wire.js'

const MAX_PAGES = 4

/** What this content looks like in the timeline, if it was first sent then or earlier. */
export function wantedPost(
  { content, handles, otherRemoteIds }: PublishRequest,
  since: Instant,
): Wanted {
  const { uploads, sentAt } = readHandles(handles)
  const text = comparable(content.text)
  return {
    text,
    since: Math.min(sentAt ?? since, since),
    others: otherRemoteIds ?? new Set(),
    // Where there is a text it is enough; only without one the uploads tell posts apart.
    ...(text === '' ? { photos: new Set(uploads.map(({ id }) => id)) } : {}),
  }
}

/**
 * The account's own posts since then, without reposts, and without replies where none is wanted. One that cannot be read may be the
 * one that is wanted, so that a timeline with such a post counts only where it shows that one.
 */
export async function readTimeline(
  user: User,
  reader: Reader,
  wanted: Wanted,
): Promise<Read<readonly Listed[]>> {
  const own = await user.me(reader)
  if (own.kind === 'unread') return own
  const posts: Listed[] = []
  let isWhole = true
  let token: string | undefined
  for (let page = 0; page < MAX_PAGES && (page === 0 || token); page++) {
    const query = new URLSearchParams({
      start_time: new Date(wanted.since - 2 * CLOCK_SKEW_MS).toISOString(),
      max_results: '100',
      // What begins with somebody's name may be taken for a reply to them.
      exclude: wanted.text.startsWith('@') ? 'retweets' : 'retweets,replies',
      'tweet.fields': POST_FIELDS,
      ...(token ? { pagination_token: token } : {}),
    })
    const request = user.request('GET', `users/${own.value.id}/tweets?${query}`)
    const judged = judge(await reader.read(request), 'other', reader.now())
    if (judged.kind !== 'success') return { kind: 'unread', outcome: judged }
    const parsed = timeline.safeParse(judged.json)
    // An empty timeline has no `data`, but it does have `meta`; without either it is no timeline.
    if (!parsed.success || !parsed.data.meta) return notUnderstood('a timeline')
    for (const entry of parsed.data.data) {
      const post = timelinePost.safeParse(entry).data
      if (post) posts.push({ ...post, permalink: user.linkTo(post.id) })
      else isWhole = false
    }
    token = parsed.data.meta.next_token
  }
  if (!isWhole && matching(posts, wanted).length === 0) return notUnderstood('a whole timeline')
  return { kind: 'read', value: posts }
}

async function readPost(user: User, reader: Reader, id: string): Promise<ReadOne> {
  const query = new URLSearchParams({ 'tweet.fields': POST_FIELDS })
  const answer = await reader.read(user.request('GET', `tweets/${encodeURIComponent(id)}?${query}`))
  // A post that is gone is told with 200 and an error, or with 404.
  const said = answer.kind === 'answer' ? problem.safeParse(parseJson(answer.text)).data : undefined
  const types = [said?.type, ...(said?.errors ?? []).map(({ type }) => type)]
  if (types.some((type) => type?.endsWith('/resource-not-found'))) return { kind: 'missing' }
  const judged = judge(answer, 'other', reader.now())
  if (judged.kind !== 'success') return { kind: 'unread', outcome: judged }
  const parsed = onePost.safeParse(judged.json)
  if (!parsed.success) return notUnderstood('a post')
  return { kind: 'read', value: { ...parsed.data.data, permalink: user.linkTo(id) } }
}

/** What happened to a doubtful attempt. X does not say how soon a timeline shows a post. */
export async function lookUp(user: User, doubt: Doubt, reader: Reader): Promise<Finding> {
  const named = await findNamed(namedIds(doubt.evidence), (id) => readPost(user, reader, id))
  if (named) return named
  const wanted = wantedPost(doubt, doubt.mutationAt)
  const list = await readTimeline(user, reader, wanted)
  if (list.kind === 'unread') return notLooked(list)
  const how = 'The timeline does not show it, which proves nothing on X.'
  return foundAmong(matching(list.value, wanted)) ?? { kind: 'unclear', how }
}

/** Whether a live post is still there, and alone. */
export function verify(user: User, post: LivePost, reader: Reader): Promise<Sighting> {
  return verifyInList(post, {
    readOne: (id) => readPost(user, reader, id),
    readList: (wanted) => readTimeline(user, reader, wanted),
    wantedSince: (since) => wantedPost(post, since),
    handles: afterRemoval(post.handles),
  })
}

/** Deletes a post; one that is not there any more counts as removed. */
export async function remove(
  user: User,
  remoteId: string,
  steps: Pick<Steps, 'prepare' | 'now'>,
): Promise<Removal> {
  const request = user.request('DELETE', `tweets/${encodeURIComponent(remoteId)}`)
  const judged = judge(await steps.prepare(request), 'other', steps.now())
  if (judged.kind === 'success') return { kind: 'removed' }
  const { reason } = failureOf(judged)
  return reason.code === '404' ? { kind: 'removed' } : { kind: 'notRemoved', reason }
}

function notUnderstood(what: string) {
  return { kind: 'unread', outcome: unreadable('X', 'other', what) } as const
}
