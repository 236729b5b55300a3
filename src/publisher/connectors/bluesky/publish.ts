import type { Outcome } from '../../core/outcome.js'
import { isRefusedFile, unreadable } from '../classify.js'
import type { PublishRequest, Steps } from '../connector.js'
import { tellProgress } from '../progress.js'
import { notSentUnread } from '../read.js'
import { isSessionEnded, judge } from './classify.js'
import { type BlueskyHandles, freshBlob, readHandles } from './handles.js'
import { readAt } from './look.js'
import { recordKey } from './record-key.js'
import { mentionsIn, postRecord } from './render.js'
import { type Line, type Session, type Sessions, xrpc } from './session.js'
import { COLLECTION, linkTo, resolvedHandle, uploadedBlob, writtenRecord } from './wire.js'

/**
 * One attempt: uploads, then writes the record under the key of its target, if nothing is there.
 * The same record again under the same key changes nothing and is answered with success.
 * @see bluesky-social/atproto packages/pds/src/api/com/atproto/repo/putRecord.ts
 */
export async function publish(
  sessions: Sessions,
  request: PublishRequest,
  steps: Steps,
): Promise<Outcome> {
  const line: Line = { send: steps.prepare, now: steps.now }
  const earlier = readHandles(request.handles).record
    ? await sentBefore(sessions, request, steps)
    : await sessions.prove(line)
  if (earlier) return earlier
  const uploaded = await upload(sessions, request, line, steps)
  if (uploaded.kind !== 'ready') return uploaded
  const frozen = await freeze(sessions, request, uploaded.handles, line)
  if (frozen.kind !== 'ready') return frozen
  const session = await sessions.open(line)
  if (session.kind !== 'session') return session

  const { handles } = frozen
  const rkey = recordKey(request.targetId, request.frozenAt)
  const { record } = handles
  const input = { repo: session.did, collection: COLLECTION, rkey, record, swapRecord: null }
  const call = xrpc(session, 'com.atproto.repo.putRecord', { body: { json: input } })
  const answer = await steps.mutate(call, handles)
  if (isSessionEnded(answer)) return renewed(sessions, session, line)
  const judged = judge(answer, 'mutation', steps.now())
  if (judged.kind === 'transient' && judged.reason.class === 'media') {
    await steps.save({ ...handles, blobs: [] })
  }
  if (judged.kind !== 'success') return judged
  const written = writtenRecord.safeParse(judged.json)
  if (!written.success) return unreadable('Bluesky', 'mutation', 'the address of the post')
  return { kind: 'published', remoteId: written.data.uri, permalink: linkTo(session, rkey) }
}

/** Nothing was written, because the session had just ended; with a new one the next attempt goes on. */
async function renewed(sessions: Sessions, ended: Session, line: Line): Promise<Outcome> {
  sessions.end(ended)
  const session = await sessions.open(line)
  if (session.kind !== 'session') return session
  const text = 'Bluesky had ended the session; there is a new one.'
  return { kind: 'transient', reason: { class: 'auth', text } }
}

/** Undefined when the record is not there. A second write would be harmless, but a look is enough. */
async function sentBefore(
  sessions: Sessions,
  { targetId, frozenAt }: PublishRequest,
  steps: Steps,
): Promise<Outcome | undefined> {
  const look = await readAt(sessions, recordKey(targetId, frozenAt), steps)
  if (look.kind === 'missing') return undefined
  if (look.kind === 'unread') return notSentUnread(look)
  return { kind: 'published', remoteId: look.remoteId, permalink: look.permalink }
}

type Ready = { readonly kind: 'ready'; readonly handles: BlueskyHandles }

/** Uploads what is not there, or may have been dropped; the same bytes get the same reference. */
async function upload(
  sessions: Sessions,
  { content, handles: kept }: PublishRequest,
  line: Line,
  steps: Steps,
): Promise<Ready | Outcome> {
  let handles = readHandles(kept)
  const thumb = content.card?.thumb
  for (const media of [...content.media, ...(thumb ? [thumb] : [])]) {
    if (freshBlob(handles, media, steps.now())) continue
    await tellProgress(steps, media, 0)
    const body = { bytes: await steps.bytes(media), contentType: media.mime }
    const judged = await sessions.ask(line, (session) =>
      xrpc(session, 'com.atproto.repo.uploadBlob', { body }),
    )
    // Nobody gave this picture to be published: without it the card still says everything.
    if (media === thumb && isRefusedFile(judged)) continue
    if (judged.kind !== 'success') return judged
    const parsed = uploadedBlob.safeParse(judged.json)
    if (!parsed.success) return unreadable('Bluesky', 'other', 'a reference to the file')
    const { blob } = parsed.data
    handles = { ...handles, blobs: [...handles.blobs, { media: media.id, blob, at: steps.now() }] }
    await steps.save(handles)
  }
  return { kind: 'ready', handles }
}

/**
 * The record is made once a round and kept: its content id covers all of it, so nothing may change.
 * A new round only brings it up to date, because feeds sort it by its time; the key stays the same
 * and takes no second record, should one of an earlier round be there after all.
 */
async function freeze(
  sessions: Sessions,
  { content, dueSince }: PublishRequest,
  handles: BlueskyHandles,
  line: Line,
): Promise<Ready | Outcome> {
  if (handles.record) {
    const isOfThisRound = Date.parse(String(handles.record.createdAt)) >= dueSince
    const record = { ...handles.record, createdAt: new Date(line.now()).toISOString() }
    return { kind: 'ready', handles: isOfThisRound ? handles : { ...handles, record } }
  }
  const dids = new Map<string, string>()
  for (const handle of mentionsIn(content.text)) {
    const judged = await sessions.ask(line, (session) =>
      xrpc(session, 'com.atproto.identity.resolveHandle', { query: { handle } }),
    )
    if (judged.kind === 'transient') return judged
    const resolved = judged.kind === 'success' ? resolvedHandle.safeParse(judged.json).data : null
    // A name that nobody has stays plain text; no post is lost for it.
    if (resolved) dids.set(handle, resolved.did)
  }
  const createdAt = line.now()
  const blobs = new Map(handles.blobs.map(({ media, blob }) => [media, blob]))
  const record = postRecord(content, { createdAt, dids, blobs })
  return { kind: 'ready', handles: { ...handles, record } }
}
