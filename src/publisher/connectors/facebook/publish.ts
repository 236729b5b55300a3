import type { Outcome } from '../../core/outcome.js'
import { unreadable } from '../classify.js'
import type { Media, PublishRequest, Steps } from '../connector.js'
import { sentBefore } from '../look.js'
import { createdId } from '../meta/graph.js'
import { tellProgress } from '../progress.js'
import { notSentUnread } from '../read.js'
import { type FacebookHandles, freshPhoto, readHandles } from './handles.js'
import { readPost, readPosts, wantedPost } from './look.js'
import { type Page, postId } from './page.js'
import { feedForm, photoUpload, videoUpload } from './render.js'
import { readVideo, videoOutcome } from './video.js'
import { SITE } from './wire.js'

/** One attempt: reads the Page if it was sent before, uploads photos, then posts once. */
export async function publish(page: Page, request: PublishRequest, steps: Steps): Promise<Outcome> {
  const kept = readHandles(request.handles)
  const earlier = await leftBefore(page, request, kept, steps)
  if (earlier) return earlier
  const [video] = request.content.media.filter(({ kind }) => kind === 'video')
  const outcome = video
    ? await postVideo(page, request, video, kept, steps)
    : await postToFeed(page, request, kept, steps)
  // "The same as before" after an earlier send is a sign that the earlier one is out.
  return outcome.kind === 'ambiguous' && outcome.refusal?.class === 'duplicate' && kept.sentAt
    ? { kind: 'ambiguous', reason: outcome.reason }
    : outcome
}

/** What an earlier attempt left: its video, or a post in the Page's list. */
async function leftBefore(
  page: Page,
  request: PublishRequest,
  { sentAt, earlierAt, video }: FacebookHandles,
  steps: Steps,
): Promise<Outcome | undefined> {
  const since = sentAt ?? earlierAt
  if (since === undefined) return undefined
  if (video !== undefined) {
    const state = await readVideo(page, steps, video)
    // A video of an earlier round was not found by a person: it counts only if it is live after all.
    const denied = since < request.dueSince
    if (denied && state.kind === 'unread') return notSentUnread(state)
    if (denied ? state.kind === 'live' : state.kind !== 'broken') return videoOutcome(state)
  }
  return sentBefore(wantedPost(request, since), (wanted) => readPosts(page, steps, wanted.since))
}

async function postToFeed(
  page: Page,
  { content }: PublishRequest,
  kept: FacebookHandles,
  steps: Steps,
): Promise<Outcome> {
  const { graph, pageId } = page
  let handles = kept
  for (const photo of content.media) {
    if (freshPhoto(handles, photo, steps.now()) !== undefined) continue
    await tellProgress(steps, photo, 0)
    const form = photoUpload(photo, await steps.bytes(photo))
    const judged = graph.judge(await steps.prepare(graph.upload(`${pageId}/photos`, form)), 'other')
    if (judged.kind !== 'success') return judged
    const created = createdId.safeParse(judged.json)
    if (!created.success) return unreadable(graph.platform, 'other', 'a photo id')
    const upload = { media: photo.id, id: created.data.id, at: steps.now() }
    handles = { ...handles, photos: [...handles.photos, upload] }
    await steps.save(handles)
  }
  const photoIds = content.media.flatMap((photo) => freshPhoto(handles, photo, steps.now()) ?? [])
  const sent = { ...handles, sentAt: kept.sentAt ?? steps.now() }
  const call = graph.post(`${pageId}/feed`, feedForm(content.text, photoIds))
  const judged = graph.judge(await steps.mutate(call, sent), 'mutation')
  if (judged.kind !== 'success') return judged
  const created = createdId.safeParse(judged.json)
  if (!created.success) return unreadable(graph.platform, 'mutation', 'a post id')
  const remoteId = postId(page, created.data.id)
  return { kind: 'published', remoteId, permalink: await linkTo(page, remoteId, steps) }
}

async function postVideo(
  { graph, pageId }: Page,
  { content }: PublishRequest,
  video: Media,
  kept: FacebookHandles,
  steps: Steps,
): Promise<Outcome> {
  // A video that came to nothing must not speak for this one.
  const sent = { ...kept, video: undefined, sentAt: kept.sentAt ?? steps.now() }
  const form = videoUpload(content, video, await steps.bytes(video))
  const answer = await steps.mutate(graph.upload(`${pageId}/videos`, form), sent)
  const judged = graph.judge(answer, 'mutation')
  if (judged.kind !== 'success') return judged
  const created = createdId.safeParse(judged.json)
  if (!created.success) return unreadable(graph.platform, 'mutation', 'a video id')
  await steps.save({ ...sent, video: created.data.id })
  const note = 'Facebook has the video and is processing it.'
  return { kind: 'accepted', stage: 'finishing', note }
}

/** As Facebook names it; an address that always works when it cannot be read. */
async function linkTo(page: Page, remoteId: string, steps: Steps): Promise<string> {
  const read = await readPost(page, steps, remoteId)
  const link = read.kind === 'read' ? read.value.permalink : undefined
  return link ?? `${SITE}/${remoteId}`
}
