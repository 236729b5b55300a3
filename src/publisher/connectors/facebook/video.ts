import type { Finding, Outcome, Reason, RemotePost } from '../../core/outcome.js'
import { unreadable } from '../classify.js'
import type { PublishRequest, Reader } from '../connector.js'
import { livePost } from '../match.js'
import { readObject } from '../meta/graph.js'
import { isCredential, notLooked, type Unread } from '../read.js'
import { readHandles } from './handles.js'
import { type Page, postId } from './page.js'
import { VIDEO_FIELDS, videoStatus } from './wire.js'

/** Where a video that Facebook has accepted stands. */
export type VideoState =
  | { readonly kind: 'working'; readonly note: string }
  | { readonly kind: 'live'; readonly post: RemotePost }
  | { readonly kind: 'broken'; readonly reason: Reason }

/** Reads where a video stands; it is live only once its publishing phase is over. */
export async function readVideo(
  page: Page,
  reader: Reader,
  video: string,
): Promise<VideoState | Unread> {
  const read = await readObject(page.graph, reader, video, { fields: VIDEO_FIELDS }, videoStatus)
  if (read.kind === 'unread') return read
  if (read.kind === 'missing') {
    return { kind: 'working', note: 'Facebook does not show the video yet.' }
  }
  const { status, post_id, permalink_url } = read.value
  const { video_status: code, publishing_phase } = status
  const phases = [status.uploading_phase, status.processing_phase, publishing_phase]
  const failed = ['error', 'expired', 'upload_failed'].includes(code)
  if (failed || phases.some((phase) => phase?.status === 'error')) {
    const text = 'Facebook could not process the video.'
    const next = 'Try another file, preferably MP4 with H.264 and AAC.'
    return { kind: 'broken', reason: { class: 'media', text, next, code } }
  }
  if (code !== 'ready' || (publishing_phase?.status ?? 'complete') !== 'complete') {
    return { kind: 'working', note: 'Facebook is processing the video.' }
  }
  const remoteId = post_id === undefined ? video : postId(page, post_id)
  const link = permalink_url === undefined ? {} : { permalink: permalink_url }
  return { kind: 'live', post: { remoteId, ...link } }
}

/** How the accepted video of this attempt ended. */
export async function pollVideo(
  page: Page,
  { handles }: PublishRequest,
  reader: Reader,
): Promise<Outcome> {
  const { video } = readHandles(handles)
  if (video === undefined) return unreadable('Facebook', 'mutation', 'a video id')
  return videoOutcome(await readVideo(page, reader, video))
}

/** A read that does not work says nothing against a video that was accepted. */
export function videoOutcome(state: VideoState | Unread): Outcome {
  switch (state.kind) {
    case 'live':
      return livePost(state.post)
    case 'broken':
      return { kind: 'permanent', reason: state.reason, discardHandles: true }
    case 'working':
      return { kind: 'accepted', stage: 'finishing', note: state.note }
    case 'unread': {
      const { outcome } = state
      if (outcome.kind === 'transient' || isCredential(outcome)) return outcome
      const note = 'Facebook does not say how the video is doing.'
      return { kind: 'accepted', stage: 'finishing', note }
    }
  }
}

export function videoFinding(state: VideoState | Unread): Finding {
  switch (state.kind) {
    case 'live':
      return { kind: 'found', ...state.post, how: 'Facebook says the video is published.' }
    case 'broken': {
      const { text: how } = state.reason
      return { kind: 'absent', proof: 'conclusive', how, discardHandles: true }
    }
    case 'working':
      return { kind: 'unclear', how: state.note }
    case 'unread':
      return notLooked(state)
  }
}
