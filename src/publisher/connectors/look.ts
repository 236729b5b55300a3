import type { Finding, Outcome, Sighting } from '../core/outcome.js'
import type { Handles, Instant } from '../core/target.js'
import type { LivePost } from './connector.js'
import {
  COPY_WITHIN_MS,
  foundAmong,
  livePost,
  matching,
  remote,
  sightingOf,
  type Wanted,
} from './match.js'
import { type Listed, notLooked, notSentUnread, type Read, type Unread } from './read.js'

/** One post by its id. `missing` is the platform's own word, and has been seen to be wrong. */
export type ReadOne = Read<Listed> | { readonly kind: 'missing' }

/**
 * The first of the posts with these ids that is there.
 * @param ids those that answers to a doubtful attempt named
 * @returns nothing when none of them is
 */
export async function findNamed(
  ids: readonly string[],
  readOne: (id: string) => Promise<ReadOne>,
  unread: (read: Unread) => Finding = notLooked,
): Promise<Finding | undefined> {
  for (const id of ids) {
    const read = await readOne(id)
    if (read.kind === 'unread') return unread(read)
    if (read.kind === 'read') {
      return {
        kind: 'found',
        ...remote(read.value),
        how: 'The post that an answer named is there.',
      }
    }
  }
  return undefined
}

/**
 * Nothing is sent a second time before the account was read.
 * @returns how the attempt ends that therefore sends nothing: the post is there, or the list could not
 * be read; undefined when it may be sent
 */
export async function sentBefore(
  wanted: Wanted,
  readList: (wanted: Wanted) => Promise<Read<readonly Listed[]>>,
  match: (
    items: readonly Listed[],
    wanted: Wanted,
  ) => readonly Listed[] | Promise<readonly Listed[]> = matching,
): Promise<Outcome | undefined> {
  const list = await readList(wanted)
  if (list.kind === 'unread') return notSentUnread(list)
  const found = foundAmong(await match(list.value, wanted))
  return found && livePost(found)
}

/** Whether a live post is still there, and alone: by its id, and in the account's list. */
export async function verifyInList(
  { remoteId, publishedAt }: LivePost,
  platform: {
    readOne(id: string): Promise<ReadOne>
    readList(wanted: Wanted): Promise<Read<readonly Listed[]>>
    wantedSince(since: Instant): Wanted
    /** What is left to go on from if it is gone. */
    readonly handles: Handles
  },
): Promise<Sighting> {
  const own = remoteId === undefined ? undefined : await platform.readOne(remoteId)
  const since = own?.kind === 'read' ? Math.min(own.value.createdAt, publishedAt) : publishedAt
  const wanted = { ...platform.wantedSince(since), until: publishedAt + COPY_WITHIN_MS }
  const list = await platform.readList(wanted)
  return sightingOf(remoteId, own, list, wanted, platform.handles)
}
