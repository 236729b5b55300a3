import type { Outcome, Reason } from '../../core/outcome.js'
import type { Instant } from '../../core/target.js'
import { unreadable } from '../classify.js'
import type { PublishRequest, Steps } from '../connector.js'
import { sentBefore } from '../look.js'
import { livePost } from '../match.js'
import { tellProgress } from '../progress.js'
import { judge } from './classify.js'
import {
  freshUpload,
  keyOf,
  type MastodonHandles,
  readHandles,
  replaceUpload,
  type Upload,
} from './handles.js'
import { KEY_IS_SAFE_MS, matchingStatuses, readStatuses, wantedStatus } from './look.js'
import { mediaUpload, statusForm } from './render.js'
import type { Server } from './server.js'
import { attachment, created } from './wire.js'

/**
 * One attempt: reads the account if it was sent before, uploads, waits until the media are
 * processed, then posts once under the key of the target.
 */
export async function publish(
  server: Server,
  request: PublishRequest,
  steps: Steps,
): Promise<Outcome> {
  const { content, idempotencyKey } = request
  const kept = readHandles(request.handles)
  const since = kept.sentAt ?? kept.earlierAt
  if (since !== undefined) {
    // Not every server keeps to the key.
    const earlier = await sentBefore(
      wantedStatus(request, since),
      (wanted) => readStatuses(server, steps, wanted.since),
      (items, wanted) => matchingStatuses(server, steps, items, wanted),
    )
    if (earlier) return earlier
  }
  if (isKeyTooOld(kept, request, steps.now())) return tooOld
  const uploaded = await upload(server, request, kept, steps)
  if (uploaded.kind !== 'ready') return uploaded

  const { handles, mediaIds } = uploaded
  const call = server.request('POST', 'v1/statuses', {
    headers: { 'idempotency-key': keyOf(idempotencyKey, kept) },
    body: { json: statusForm(content.text, mediaIds) },
  })
  const sent = { ...handles, sentAt: kept.sentAt ?? steps.now(), unsure: true as const }
  const judged = judge(await steps.mutate(call, sent), 'mutation', steps.now())
  if (judged.kind === 'transient' || judged.kind === 'permanent') {
    await steps.save(afterRefusal(sent, kept, judged.reason))
  }
  if (judged.kind !== 'success') return judged
  const parsed = created.safeParse(judged.json)
  if (!parsed.success) return unreadable('Mastodon', 'mutation', 'the post')
  const { id, url, uri } = parsed.data
  const permalink = url ?? uri ?? undefined
  return livePost({ remoteId: id, ...(permalink === undefined ? {} : { permalink }) })
}

/**
 * A key that kept a second send from making a copy when the first was looked for does so no longer.
 * What was sent in an earlier round a person did not find, so that it may be sent again.
 */
function isKeyTooOld(
  { sentAt, unsure }: MastodonHandles,
  { dueSince }: PublishRequest,
  now: Instant,
): boolean {
  if (!unsure || sentAt === undefined) return false
  return sentAt >= dueSince && now - sentAt >= KEY_IS_SAFE_MS
}

const tooOld: Outcome = {
  kind: 'ambiguous',
  reason: {
    class: 'platform',
    text: 'The account does not show the post, but its key is too old to send it again safely.',
  },
}

function afterRefusal(
  sent: MastodonHandles,
  { unsure }: MastodonHandles,
  reason: Reason,
): MastodonHandles {
  const unready = sent.uploads.map((one) => ({ ...one, ready: false }))
  return { ...sent, unsure, uploads: reason.class === 'media' ? unready : sent.uploads }
}

type Uploaded =
  | {
      readonly kind: 'ready'
      readonly handles: MastodonHandles
      readonly mediaIds: readonly string[]
    }
  | Outcome

async function upload(
  server: Server,
  { content }: PublishRequest,
  kept: MastodonHandles,
  steps: Steps,
): Promise<Uploaded> {
  let handles = kept
  for (const media of content.media) {
    if (freshUpload(handles, media, steps.now())) continue
    await tellProgress(steps, media, 0)
    const multipart = mediaUpload(media, await steps.bytes(media))
    const request = server.request('POST', 'v2/media', { body: { multipart } })
    const judged = judge(await steps.prepare(request), 'upload', steps.now())
    if (judged.kind !== 'success') return judged
    const parsed = attachment.safeParse(judged.json)
    if (!parsed.success) return unreadable('Mastodon', 'other', 'a media id')
    const ready = judged.status === 200
    const uploaded = { media: media.id, id: parsed.data.id, at: steps.now(), ready }
    handles = { ...handles, uploads: [...handles.uploads, uploaded] }
    await steps.save(handles)
  }
  const uploads = content.media.flatMap((media) => freshUpload(handles, media, steps.now()) ?? [])
  for (const waiting of uploads.filter(({ ready }) => !ready)) {
    const state = await readUpload(server, handles, waiting, steps)
    if (state.kind !== 'ready') return state
    handles = state.handles
  }
  return { kind: 'ready', handles, mediaIds: uploads.map(({ id }) => id) }
}

/** Whether the server is done with a file; 206 while it works. @see methods/media.md */
async function readUpload(
  server: Server,
  handles: MastodonHandles,
  waiting: Upload,
  steps: Steps,
): Promise<{ readonly kind: 'ready'; readonly handles: MastodonHandles } | Outcome> {
  const request = server.request('GET', `v1/media/${encodeURIComponent(waiting.id)}`)
  const judged = judge(await steps.read(request), 'upload', steps.now())
  if (judged.kind === 'permanent' && judged.reason.code === '404') {
    await steps.save(replaceUpload(handles, { ...waiting, at: 0 }))
    const text = 'Mastodon has dropped an uploaded file; it is uploaded again.'
    return { kind: 'transient', reason: { class: 'media', text } }
  }
  if (judged.kind !== 'success') return judged
  if (judged.status === 206) {
    const note = 'Mastodon is processing the media.'
    return { kind: 'accepted', stage: 'preparing', note }
  }
  const changed = replaceUpload(handles, { ...waiting, ready: true })
  await steps.save(changed)
  return { kind: 'ready', handles: changed }
}
