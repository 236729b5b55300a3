import type { Finding, Sighting } from '../core/outcome.js'
import type { Handles, Instant } from '../core/target.js'
import type { LivePost } from './connector.js'
import { COPY_WITHIN_MS, remote, sightingOf, type Wanted } from './match.js'
import { type Listed, notLooked, type Read, type Unread } from './read.js'

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
