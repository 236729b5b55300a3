import type { Finding, Outcome, RemotePost, Sighting } from '../../core/outcome.js'
import { failureOf, type Success, unreadable } from '../classify.js'
import type { Doubt, LivePost, Reader, Removal, Steps } from '../connector.js'
import { COPY_WITHIN_MS } from '../match.js'
import { recordKey } from './record-key.js'
import { type Line, type Sessions, xrpc } from './session.js'
import { COLLECTION, linkTo, readRecord, recordList } from './wire.js'

const NOT_FOUND = 'RecordNotFound'

type Look =
  | {
      readonly kind: 'there'
      readonly remoteId: string
      readonly permalink: string
      readonly text: string
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unread'; readonly outcome: Outcome }

/** Older servers have no name of its own for it, only these words. */
function isNoRecord(judged: Outcome | Success): boolean {
  if (judged.kind !== 'permanent') return false
  const { code, text } = judged.reason
  return code === NOT_FOUND || (code === 'InvalidRequest' && /could not locate record/i.test(text))
}

/** Reads the record under a key. The account's own server answers at once and without doubt. */
export async function readAt(sessions: Sessions, rkey: string, reader: Reader): Promise<Look> {
  const line: Line = { send: reader.read, now: reader.now }
  const session = await sessions.open(line)
  if (session.kind !== 'session') return { kind: 'unread', outcome: session }
  const query = { repo: session.did, collection: COLLECTION, rkey }
  const judged = await sessions.ask(line, (open) =>
    xrpc(open, 'com.atproto.repo.getRecord', { query }),
  )
  if (isNoRecord(judged)) return { kind: 'missing' }
  if (judged.kind !== 'success') return { kind: 'unread', outcome: judged }
  const parsed = readRecord.safeParse(judged.json)
  if (!parsed.success) {
    return { kind: 'unread', outcome: unreadable('Bluesky', 'other', 'the record') }
  }
  const { uri, value } = parsed.data
  return { kind: 'there', remoteId: uri, permalink: linkTo(session, rkey), text: value.text ?? '' }
}

/** What happened to a doubtful attempt: its record is under the target's key, or it is not there. */
export async function lookUp(
  sessions: Sessions,
  { targetId, frozenAt, content }: Doubt,
  reader: Reader,
): Promise<Finding> {
  const look = await readAt(sessions, recordKey(targetId, frozenAt), reader)
  switch (look.kind) {
    case 'there': {
      const { remoteId, permalink, text } = look
      const how =
        text === content.text
          ? 'The record is there, under the key of this post.'
          : 'A record is there under the key of this post, with an earlier text.'
      return { kind: 'found', remoteId, permalink, how }
    }
    case 'missing': {
      const how = 'Bluesky has no record under the key of this post.'
      return { kind: 'absent', proof: 'conclusive', how }
    }
    case 'unread':
      return { kind: 'error', ...failureOf(look.outcome) }
  }
}

/**
 * Whether a live post is still there, and alone. We make no second one, because one key holds one
 * record; but somebody may have posted it by hand.
 */
export async function verify(
  sessions: Sessions,
  post: LivePost,
  reader: Reader,
): Promise<Sighting> {
  const { targetId, frozenAt, remoteId } = post
  const rkey = remoteId === undefined ? recordKey(targetId, frozenAt) : keyOf(remoteId)
  const look = await readAt(sessions, rkey, reader)
  switch (look.kind) {
    case 'there':
      return sightingOf(look, await copiesOf(sessions, look, post, reader))
    case 'missing':
      return { kind: 'gone', how: 'Bluesky does not have the post any more.' }
    case 'unread':
      return { kind: 'unknown', how: failureOf(look.outcome).reason.text }
  }
}

const HOUR = 3_600_000
const NEWEST = '100'

/** Other records with the same text from about the same time; undefined when the list is not read. */
async function copiesOf(
  sessions: Sessions,
  own: Extract<Look, { kind: 'there' }>,
  { publishedAt, frozenAt, otherRemoteIds }: LivePost,
  reader: Reader,
): Promise<readonly RemotePost[] | undefined> {
  if (own.text === '') return undefined
  const line: Line = { send: reader.read, now: reader.now }
  const session = await sessions.open(line)
  if (session.kind !== 'session') return undefined
  const query = { repo: session.did, collection: COLLECTION, limit: NEWEST }
  const judged = await sessions.ask(line, (open) =>
    xrpc(open, 'com.atproto.repo.listRecords', { query }),
  )
  const list = judged.kind === 'success' ? recordList.safeParse(judged.json).data : undefined
  return list?.records
    .filter(({ uri, value }) => {
      const at = Date.parse(value.createdAt ?? '')
      const isNear =
        at >= Math.min(frozenAt, publishedAt) - HOUR && at <= publishedAt + COPY_WITHIN_MS
      return uri !== own.remoteId && !otherRemoteIds.has(uri) && value.text === own.text && isNear
    })
    .map(({ uri }) => ({ remoteId: uri, permalink: linkTo(session, keyOf(uri)) }))
}

function sightingOf(
  { remoteId, permalink }: RemotePost,
  copies: readonly RemotePost[] | undefined,
): Sighting {
  const own = { remoteId, ...(permalink === undefined ? {} : { permalink }) }
  if (copies && copies.length > 0) return { kind: 'duplicated', copies: [own, ...copies] }
  return { kind: 'live', ...own, ...(copies ? { alone: true } : {}) }
}

/** Deletes a post; one that is not there is deleted already. */
export async function remove(
  sessions: Sessions,
  remoteId: string,
  steps: Pick<Steps, 'prepare' | 'now'>,
): Promise<Removal> {
  const line: Line = { send: steps.prepare, now: steps.now }
  const judged: Outcome | Success = await sessions.ask(line, (session) => {
    const json = { repo: session.did, collection: COLLECTION, rkey: keyOf(remoteId) }
    return xrpc(session, 'com.atproto.repo.deleteRecord', { body: { json } })
  })
  return judged.kind === 'success'
    ? { kind: 'removed' }
    : { kind: 'notRemoved', reason: failureOf(judged).reason }
}

function keyOf(uri: string): string {
  return uri.slice(uri.lastIndexOf('/') + 1)
}
