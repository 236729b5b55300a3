import type { Outcome } from '../../core/outcome.js'
import { isRefusedFile, type Success, unreadable } from '../classify.js'
import type { Media, PublishRequest, Steps } from '../connector.js'
import type { HttpRequest } from '../http.js'
import { tellProgress } from '../progress.js'
import { judge } from './classify.js'
import { assetOf, type LinkedInHandles } from './handles.js'
import type { Page } from './page.js'
import type { Asset } from './render.js'
import { startedImage, startedVideo } from './wire.js'

export type Uploaded =
  | {
      readonly kind: 'ready'
      readonly handles: LinkedInHandles
      readonly assets: readonly Asset[]
      /** The picture of the link's card. */
      readonly thumbUrn?: string
    }
  | Outcome

type Made = { readonly kind: 'made'; readonly urn: string } | Outcome

/** Uploads what is not uploaded. Whether LinkedIn is done with a file, most tokens may not ask. */
export async function uploadMedia(
  page: Page,
  { content }: PublishRequest,
  kept: LinkedInHandles,
  steps: Steps,
): Promise<Uploaded> {
  const prepare = async (request: HttpRequest) =>
    judge(await steps.prepare(request), 'other', steps.now())
  let handles = kept
  const thumb = kept.noThumb ? undefined : content.card?.thumb
  for (const media of [...content.media, ...(thumb ? [thumb] : [])]) {
    if (assetOf(handles, media) !== undefined) continue
    const bytes = await steps.bytes(media)
    const uploadOne = media.kind === 'image' ? uploadImage : uploadVideo
    const tell = (sent: number) => tellProgress(steps, media, sent)
    const made = await uploadOne(page, media, bytes, prepare, tell)
    // Nobody gave this picture to be published: without it the card still says everything.
    if (media === thumb && made.kind !== 'made' && isRefusedFile(made)) {
      handles = { ...handles, noThumb: true }
      continue
    }
    if (made.kind !== 'made') return made
    handles = { ...handles, uploads: [...handles.uploads, { media: media.id, urn: made.urn }] }
    await steps.save(handles)
  }
  const assets = content.media.flatMap((media) => {
    const urn = assetOf(handles, media)
    return urn === undefined ? [] : [{ urn, media }]
  })
  const thumbUrn = thumb && assetOf(handles, thumb)
  return {
    kind: 'ready',
    handles,
    assets,
    ...(thumbUrn === undefined ? {} : { thumbUrn }),
  }
}

type Prepare = (request: HttpRequest) => Promise<Outcome | Success>

/** @see Microsoft Learn, LinkedIn "Images API" */
async function uploadImage(
  page: Page,
  { mime }: Media,
  bytes: Uint8Array,
  prepare: Prepare,
): Promise<Made> {
  const json = { initializeUploadRequest: { owner: page.author } }
  const path = 'rest/images?action=initializeUpload'
  const started = await prepare(page.request('POST', path, { json }))
  if (started.kind !== 'success') return started
  const parsed = startedImage.safeParse(started.json)
  if (!parsed.success) return unreadable('LinkedIn', 'other', 'an upload address')
  const { image, uploadUrl } = parsed.data.value
  const stored = await prepare(page.upload(uploadUrl, bytes, mime))
  return stored.kind === 'success' ? { kind: 'made', urn: image } : stored
}

/** @see Microsoft Learn, LinkedIn "Videos API" */
async function uploadVideo(
  page: Page,
  _media: Media,
  bytes: Uint8Array,
  prepare: Prepare,
  tell: (sent: number) => Promise<void>,
): Promise<Made> {
  const started = await prepare(
    page.request('POST', 'rest/videos?action=initializeUpload', {
      json: {
        initializeUploadRequest: {
          owner: page.author,
          fileSizeBytes: bytes.byteLength,
          uploadCaptions: false,
          uploadThumbnail: false,
        },
      },
    }),
  )
  if (started.kind !== 'success') return started
  const parsed = startedVideo.safeParse(started.json)
  if (!parsed.success) return unreadable('LinkedIn', 'other', 'an upload address')
  const { video, uploadToken, uploadInstructions } = parsed.data.value
  const uploadedPartIds: string[] = []
  for (const { uploadUrl, firstByte, lastByte } of uploadInstructions) {
    await tell(firstByte)
    const part = bytes.subarray(firstByte, lastByte + 1)
    const stored = await prepare(page.upload(uploadUrl, part, 'application/octet-stream'))
    if (stored.kind !== 'success') return stored
    const { etag } = stored.headers
    if (etag === undefined) return unreadable('LinkedIn', 'other', 'the id of an uploaded part')
    uploadedPartIds.push(etag)
  }
  const json = { finalizeUploadRequest: { video, uploadToken, uploadedPartIds } }
  const path = 'rest/videos?action=finalizeUpload'
  const finished = await prepare(page.request('POST', path, { json }))
  return finished.kind === 'success' ? { kind: 'made', urn: video } : finished
}
