import type { Finding, Sighting } from '../../core/outcome.js'
import type { Instant } from '../../core/target.js'
import { failureOf } from '../classify.js'
import type { Doubt, LivePost, PublishRequest, Reader, Removal, Steps } from '../connector.js'
import { findNamed, type ReadOne, verifyInList } from '../look.js'
import { CLOCK_SKEW_MS, foundAmong, matching, namedIds, type Wanted } from '../match.js'
import type { Listed, Read } from '../read.js'
import { notLooked } from '../read.js'
import { judge } from './classify.js'
import { afterRemoval, readHandles } from './handles.js'
import { comparable } from './html-text.js'
import { type Server, unreadableAnswer } from './server.js'
import { status, statusList, statusSource } from './wire.js'

const MINUTE = 60_000
/** A key is kept for an hour from the first send; a send takes a while. */
export const KEY_IS_SAFE_MS = 55 * MINUTE
/** Older servers do not hold a second request with the same key back while the first still runs. */
const REQUEST_HAS_ENDED_MS = MINUTE
const PAGE_SIZE = 40
const MAX_PAGES = 4
const MAX_SOURCES = 5

/** What this content looks like in the account's list, if it was first sent then or earlier. */
export function wantedStatus(
  { content, handles, otherRemoteIds }: PublishRequest,
  since: Instant,
): Wanted {
  const { uploads, sentAt } = readHandles(handles)
  return {
    text: comparable(content.text),
    since: Math.min(sentAt ?? since, since),
    others: otherRemoteIds ?? new Set(),
    photos: new Set(uploads.map(({ id }) => id)),
  }
}

/** The account's statuses since then, all of them. */
export async function readStatuses(
  server: Server,
  reader: Reader,
  since: Instant,
): Promise<Read<readonly Listed[]>> {
  const own = await server.account(reader)
  if (own.kind === 'unread') return own
  const all: Listed[] = []
  for (let page = 0; page < MAX_PAGES; page++) {
    const last = all.at(-1)
    const query = new URLSearchParams({
      limit: String(PAGE_SIZE),
      exclude_reblogs: 'true',
      ...(last ? { max_id: last.id } : {}),
    })
    const path = `v1/accounts/${encodeURIComponent(own.value.id)}/statuses?${query}`
    const judged = judge(await reader.read(server.request('GET', path)), 'read', reader.now())
    if (judged.kind !== 'success') return { kind: 'unread', outcome: judged }
    const parsed = statusList.safeParse(judged.json)
    if (!parsed.success) return unreadableAnswer('a list of posts')
    // A server that does not page shows the same posts again, which are then all there are.
    const more = parsed.data.filter(({ id }) => all.every((known) => known.id !== id))
    all.push(...more)
    const oldest = more.at(-1)
    if (!oldest || oldest.createdAt < since - CLOCK_SKEW_MS) return { kind: 'read', value: all }
  }
  const text = 'The account has posted so much since then that the post cannot be looked for.'
  return { kind: 'unread', outcome: { kind: 'transient', reason: { class: 'platform', text } } }
}

/**
 * The statuses that can only be this one: by their text, or where a server renders text in its own
 * way, by their source.
 */
export async function matchingStatuses(
  server: Server,
  reader: Reader,
  listed: readonly Listed[],
  wanted: Wanted,
): Promise<readonly Listed[]> {
  const matches = matching(listed, wanted)
  if (matches.length > 0 || wanted.text === '') return matches
  const alike = listed.map((item) => ({ ...item, text: wanted.text }))
  const suspects = matching(alike, wanted).slice(0, MAX_SOURCES)
  const sources = await Promise.all(suspects.map(({ id }) => readSource(server, reader, id)))
  return suspects.filter((_, at) => sources[at] === wanted.text)
}

async function readSource(server: Server, reader: Reader, id: string): Promise<string | undefined> {
  const request = server.request('GET', `v1/statuses/${encodeURIComponent(id)}/source`)
  const judged = judge(await reader.read(request), 'read', reader.now())
  const source = judged.kind === 'success' ? statusSource.safeParse(judged.json).data : undefined
  return source && comparable(source.text)
}

async function readStatus(server: Server, reader: Reader, id: string): Promise<ReadOne> {
  const request = server.request('GET', `v1/statuses/${encodeURIComponent(id)}`)
  const judged = judge(await reader.read(request), 'read', reader.now())
  if (judged.kind !== 'success') {
    const missing = judged.kind === 'permanent' && judged.reason.code === '404'
    return missing ? { kind: 'missing' } : { kind: 'unread', outcome: judged }
  }
  const parsed = status.safeParse(judged.json)
  return parsed.success ? { kind: 'read', value: parsed.data } : unreadableAnswer('a post')
}

/** What happened to a doubtful attempt. */
export async function lookUp(server: Server, doubt: Doubt, reader: Reader): Promise<Finding> {
  const named = await findNamed(namedIds(doubt.evidence), (id) => readStatus(server, reader, id))
  if (named) return named
  const wanted = wantedStatus(doubt, doubt.mutationAt)
  const list = await readStatuses(server, reader, wanted.since)
  if (list.kind === 'unread') return notLooked(list)
  const found = foundAmong(await matchingStatuses(server, reader, list.value, wanted))
  return found ?? notThere(server, doubt, wanted.since, reader)
}

/**
 * The list does not show it. That alone proves little, but while the server keeps the key, sending
 * again gives back the first post if there is one.
 * @see mastodon/documentation methods/statuses.md, Idempotency-Key
 */
async function notThere(
  server: Server,
  { mutationAt }: Doubt,
  sentAt: Instant,
  reader: Reader,
): Promise<Finding> {
  const kind = await server.kind(reader)
  if (kind.kind === 'unread') return notLooked(kind)
  if (!kind.value.honoursKeys) {
    const how = 'The account does not show it, but this server may not recognise a second send.'
    return { kind: 'unclear', how }
  }
  if (reader.now() - sentAt >= KEY_IS_SAFE_MS) {
    const how = 'The account does not show it, but its key is too old to send it again safely.'
    return { kind: 'unclear', how }
  }
  const ended = reader.now() - mutationAt >= REQUEST_HAS_ENDED_MS
  const how = 'The account does not show it, and its key keeps a second send from making a copy.'
  return { kind: 'absent', proof: ended ? 'conclusive' : 'settled', how }
}

/** Whether a live post is still there, and alone. */
export function verify(server: Server, post: LivePost, reader: Reader): Promise<Sighting> {
  return verifyInList(post, {
    readOne: (id) => readStatus(server, reader, id),
    readList: ({ since }) => readStatuses(server, reader, since),
    wantedSince: (since) => wantedStatus(post, since),
    handles: afterRemoval(post.handles),
  })
}

/** Deletes a post; one that is not there any more counts as removed. */
export async function remove(
  server: Server,
  remoteId: string,
  steps: Pick<Steps, 'prepare' | 'now'>,
): Promise<Removal> {
  const request = server.request('DELETE', `v1/statuses/${encodeURIComponent(remoteId)}`)
  const judged = judge(await steps.prepare(request), 'read', steps.now())
  if (judged.kind === 'success') return { kind: 'removed' }
  const { reason } = failureOf(judged)
  return reason.code === '404' ? { kind: 'removed' } : { kind: 'notRemoved', reason }
}
