import type { Reply, UploadedFile } from '../frame/exchange.js'
import { inspectMedia } from '../frame/media.js'
import { refuseMeta } from '../meta/errors.js'
import { flagOf, type GraphCall, instantOf, onlyParams, textOf } from '../meta/graph.js'
import { DUPLICATE, type PagePost, type PageStore, type Photo } from './store.js'

const PHOTO_MAX_BYTES = 10 * 1024 * 1024
const PHOTO_TYPES = ['jpg', 'png', 'gif', 'bmp', 'tiff']
const PHOTO_LIFE_MS = 24 * 3_600_000
/** Not in the API reference; the number is in general use. */
const MESSAGE_MAX = 63_206
const MINUTE_S = 60
const DAY_S = 86_400

const FEED_PARAMS = ['message', 'link', 'published', 'scheduled_publish_time', 'attached_media']
const TARGETING = ['targeting', 'feed_targeting', 'unpublished_content_type']
const PHOTO_PARAMS = ['url', 'source', 'caption', 'message', 'published', 'alt_text_custom']
const VIDEO_PARAMS = ['file_url', 'source', 'title', 'description', 'published']

/** `POST /{page}/feed`: text, link, and photos that were uploaded before. */
export function postToFeed(store: PageStore, graph: GraphCall): Reply {
  onlyParams(graph, [...FEED_PARAMS, ...TARGETING])
  const link = textOf(graph.params, 'link')
  const attached = attachedPhotos(store, graph)
  const text = textOf(graph.params, 'message') ?? ''
  if (text === '' && link === undefined && attached.length === 0) {
    throw refuseMeta({ code: 100, message: '(#100) A message, link or attached media is needed' })
  }
  if (link !== undefined && !/^https?:\/\/[^\s]+$/.test(link)) {
    throw refuseMeta({ code: 100, message: '(#100) link should represent a valid URL' })
  }
  const post = accept(store, graph, text, attached, link)
  return { status: 200, body: { id: post.id } }
}

/** Stores a post under the rules that all kinds of posts share. */
function accept(
  store: PageStore,
  graph: GraphCall,
  text: string,
  attached: Photo[],
  link?: string,
): PagePost {
  const { world, posts } = store
  if ([...text].length > MESSAGE_MAX) {
    throw refuseMeta({ code: 100, message: '(#100) The message is too long' })
  }
  const published = flagOf(graph.params, 'published', true)
  const scheduledAt = scheduledTime(store, graph, published)
  const previous = posts.live(graph.account.id).at(-1)
  if (world.switches.duplicateCheck && published) {
    if (text !== '' && previous?.text === text) throw refuseMeta(DUPLICATE)
    if (attached.some((photo) => photo.postId !== undefined)) {
      throw refuseMeta({ code: 100, subcode: 1366051, message: '(#100) Already posted' })
    }
  }
  const id = `${graph.account.id}_${world.nextId()}`
  const at = world.now()
  const liveAt = published ? at : scheduledAt
  if (published) for (const photo of attached) photo.postId = id
  return posts.add({
    id,
    account: graph.account.id,
    text,
    media: attached.map((photo) => photo.media),
    photos: attached.map((photo) => photo.id),
    createdAt: new Date(at).toISOString(),
    permalink: `${graph.call.root}/${id}`,
    at,
    ...(liveAt === undefined ? {} : { liveAt }),
    ...(scheduledAt === undefined ? {} : { scheduledAt }),
    ...(link === undefined ? {} : { link }),
  })
}

function scheduledTime(
  { world }: PageStore,
  graph: GraphCall,
  published: boolean,
): number | undefined {
  const seconds = instantOf(graph, 'scheduled_publish_time')
  if (seconds === undefined) return undefined
  const ahead = seconds - world.now() / 1000
  if (published || ahead < 10 * MINUTE_S || ahead > 30 * DAY_S) {
    const message = '(#100) scheduled_publish_time must be 10 minutes to 30 days ahead, unpublished'
    throw refuseMeta({ code: 100, message })
  }
  return seconds * 1000
}

function attachedPhotos({ world, photos }: PageStore, graph: GraphCall): Photo[] {
  return mediaIds(graph.params).map((id) => {
    const photo = photos.get(id)
    const expired = photo && !photo.postId && world.now() - photo.at > PHOTO_LIFE_MS
    if (!photo || expired || photo.account !== graph.account.id) {
      throw refuseMeta({ code: 100, message: `(#100) Photo ${id} cannot be attached` })
    }
    return photo
  })
}

/** `POST /{page}/photos`: a post of its own, or with `published=false` something to attach. */
export async function postPhoto(store: PageStore, graph: GraphCall): Promise<Reply> {
  const { world, photos } = store
  onlyParams(graph, [...PHOTO_PARAMS, ...TARGETING, 'temporary', 'scheduled_publish_time'])
  const bytes = await uploadedOrFetched(store, graph, 'url')
  const found = bytes && inspectMedia(bytes)
  if (bytes && (found?.kind !== 'image' || !PHOTO_TYPES.includes(found.type))) {
    throw refuseMeta({ code: 324, message: '(#324) Missing or invalid image file' })
  }
  if (bytes && bytes.length > PHOTO_MAX_BYTES) {
    throw refuseMeta({ code: 100, subcode: 1366046, message: '(#100) The photo is too large' })
  }
  const url = textOf(graph.params, 'url')
  const alt = textOf(graph.params, 'alt_text_custom')
  const photo: Photo = {
    id: world.nextId(),
    account: graph.account.id,
    at: world.now(),
    media: {
      ...(bytes ? world.media.keep(bytes, 'image') : { kind: 'image' }),
      ...(url === undefined ? {} : { url }),
      ...(alt === undefined ? {} : { alt }),
    },
  }
  const published = flagOf(graph.params, 'published', true)
  const text = textOf(graph.params, 'caption') ?? textOf(graph.params, 'message') ?? ''
  const post = published ? accept(store, graph, text, [photo]) : undefined
  photos.set(photo.id, photo)
  return { status: 200, body: { id: photo.id, ...(post ? { post_id: post.id } : {}) } }
}

/** `POST /{page}/videos`: accepted at once, live when it has been processed. */
export async function postVideo(store: PageStore, graph: GraphCall): Promise<Reply> {
  const { world, videos } = store
  onlyParams(graph, [...VIDEO_PARAMS, ...TARGETING])
  const bytes = await uploadedOrFetched(store, graph, 'file_url')
  if (bytes && inspectMedia(bytes)?.kind !== 'video') {
    throw refuseMeta({ code: 352, message: '(#352) The video format is not supported' })
  }
  const text = textOf(graph.params, 'description') ?? ''
  const url = textOf(graph.params, 'file_url')
  const post = accept(store, graph, text, [])
  post.media = [
    {
      ...(bytes ? world.media.keep(bytes, 'video') : { kind: 'video' }),
      ...(url === undefined ? {} : { url }),
    },
  ]
  const goesLive = post.liveAt !== undefined
  if (goesLive && world.switches.processingPolls > 0) delete post.liveAt
  const video = { id: world.nextId(), account: graph.account.id, polls: 0, goesLive, post }
  videos.set(video.id, video)
  return { status: 200, body: { id: video.id } }
}

async function uploadedOrFetched({ world }: PageStore, graph: GraphCall, name: string) {
  const { body } = graph.call
  const file: UploadedFile | undefined =
    body.type === 'form' ? body.files.find(({ field }) => field === 'source') : undefined
  const url = textOf(graph.params, name)
  if ((file === undefined) === (url === undefined)) {
    throw refuseMeta({ code: 100, message: `(#100) Either source or ${name} is needed` })
  }
  if (file) return file.bytes
  return world.media.fetch(url ?? '').catch(() => {
    throw refuseMeta({ code: 100, message: `(#100) ${name} could not be fetched` })
  })
}

/** Photo ids of `attached_media`, as a JSON array or as `attached_media[0]={"media_fbid":…}`. */
function mediaIds(params: Record<string, unknown>): string[] {
  const entries = Object.entries(params).flatMap(([name, value]) => {
    if (!/^attached_media(\[\d+\])?$/.test(name)) return []
    const parsed: unknown = typeof value === 'string' ? parseJson(value) : value
    return Array.isArray(parsed) ? parsed : [parsed]
  })
  return entries.map((entry: unknown) => {
    const each: unknown = typeof entry === 'string' ? parseJson(entry) : entry
    if (typeof each === 'object' && each !== null && 'media_fbid' in each) {
      return String(each.media_fbid)
    }
    throw refuseMeta({ code: 100, message: '(#100) attached_media needs media_fbid' })
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
