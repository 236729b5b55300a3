import type { Outcome } from '../../core/outcome.js'
import { type Success, unreadable } from '../classify.js'
import type { Media, PublishRequest, Steps } from '../connector.js'
import type { HttpBody } from '../http.js'
import { tellProgress } from '../progress.js'
import { judge } from './classify.js'
import { freshUpload, replaceUpload, type Upload, type XHandles } from './handles.js'
import { categoryOf } from './render.js'
import type { User } from './user.js'
import { startedUpload, type UploadState, uploadState } from './wire.js'

/** Segments are numbered 0 to 999, and small enough for one request each. */
const SEGMENT_BYTES = 4 * 1024 * 1024

export type Uploaded =
  | { readonly kind: 'ready'; readonly handles: XHandles; readonly mediaIds: readonly string[] }
  | Outcome

/**
 * Uploads what is not uploaded, and finds out whether X is done with it.
 * @see X API docs, "Chunked media upload"
 */
export async function uploadMedia(
  user: User,
  { content }: PublishRequest,
  kept: XHandles,
  steps: Steps,
): Promise<Uploaded> {
  let handles = kept
  for (const media of content.media) {
    if (freshUpload(handles, media, steps.now())) continue
    const made = await uploadOne(user, media, steps)
    if (made.kind !== 'made') return made
    handles = { ...handles, uploads: [...handles.uploads, made.upload] }
    await steps.save(handles)
  }
  const uploads = content.media.flatMap((media) => freshUpload(handles, media, steps.now()) ?? [])
  for (const waiting of uploads.filter(({ ready }) => !ready)) {
    const unfinished = await readState(user, handles, waiting, steps)
    if (unfinished) return unfinished
    handles = replaceUpload(handles, { ...waiting, ready: true })
    await steps.save(handles)
  }
  return { kind: 'ready', handles, mediaIds: uploads.map(({ id }) => id) }
}

async function uploadOne(
  user: User,
  media: Media,
  steps: Steps,
): Promise<{ readonly kind: 'made'; readonly upload: Upload } | Outcome> {
  const post = async (path: string, body?: HttpBody): Promise<Outcome | Success> =>
    judge(await steps.prepare(user.request('POST', path, body)), 'other', steps.now())
  const bytes = await steps.bytes(media)
  const started = await post('media/upload/initialize', {
    json: {
      media_type: media.mime,
      total_bytes: bytes.byteLength,
      media_category: categoryOf(media),
    },
  })
  if (started.kind !== 'success') return started
  const session = startedUpload.safeParse(started.json)
  if (!session.success) return unreadable('X', 'other', 'a media id')
  const { id } = session.data.data
  for (let segment = 0; segment * SEGMENT_BYTES < bytes.byteLength; segment++) {
    const from = segment * SEGMENT_BYTES
    await tellProgress(steps, media, from)
    const part = bytes.subarray(from, from + SEGMENT_BYTES)
    const file = { bytes: part, filename: media.filename, contentType: media.mime }
    const appended = await post(`media/upload/${id}/append`, {
      multipart: [
        { name: 'segment_index', value: String(segment) },
        { name: 'media', value: file },
      ],
    })
    if (appended.kind !== 'success') return appended
  }
  const finished = await post(`media/upload/${id}/finalize`)
  if (finished.kind !== 'success') return finished
  const state = uploadState.safeParse(finished.json)
  if (!state.success) return unreadable('X', 'other', 'the state of the upload')
  if (media.alt && media.kind === 'image') {
    const metadata = { alt_text: { text: media.alt } }
    const described = await post('media/metadata', { json: { id, metadata } })
    if (described.kind !== 'success') return described
  }
  const ready = isReady(state.data)
  return { kind: 'made', upload: { media: media.id, id, at: steps.now(), ready } }
}

/** Undefined when X is done with the file. */
async function readState(
  user: User,
  handles: XHandles,
  waiting: Upload,
  steps: Steps,
): Promise<Outcome | undefined> {
  const request = user.request('GET', `media/upload?command=STATUS&media_id=${waiting.id}`)
  const judged = judge(await steps.read(request), 'other', steps.now())
  if (judged.kind === 'permanent' && judged.reason.class === 'validation') {
    await steps.save(replaceUpload(handles, { ...waiting, at: 0 }))
    const text = 'X has dropped an uploaded file; it is uploaded again.'
    return { kind: 'transient', reason: { class: 'media', text } }
  }
  if (judged.kind !== 'success') return judged
  const parsed = uploadState.safeParse(judged.json)
  if (!parsed.success) return unreadable('X', 'other', 'the state of the upload')
  if (isReady(parsed.data)) return undefined
  const { state, check_after_secs } = parsed.data.data.processing_info ?? {}
  if (state === 'failed') {
    await steps.save(replaceUpload(handles, { ...waiting, at: 0 }))
    const text = 'X could not process the file.'
    const next = 'Try another file, preferably MP4 with H.264 and AAC.'
    return { kind: 'permanent', reason: { class: 'media', text, next } }
  }
  return {
    kind: 'accepted',
    stage: 'preparing',
    note: 'X is processing the media.',
    ...(check_after_secs === undefined ? {} : { pollAfterMs: check_after_secs * 1000 }),
  }
}

function isReady({ data: { processing_info } }: UploadState): boolean {
  return processing_info === undefined || processing_info.state === 'succeeded'
}
