import type { Call, Reply, UploadedFile } from '../frame/exchange.js'
import { inspectMedia } from '../frame/media.js'
import type { Platform } from '../frame/platform.js'
import { Posts, type StoredPost } from '../frame/posts.js'
import type { World } from '../frame/world.js'
import { noSuchObject, refuseMeta, spoilMeta } from '../meta/errors.js'
import {
  flagOf,
  type GraphCall,
  graphTime,
  instantOf,
  isGraphVersion,
  listReply,
  nodeReply,
  onlyParams,
  paramsOf,
  readGraphCall,
  textOf,
  unknownPath,
} from '../meta/graph.js'
import type { LiveMedia } from '../types.js'

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
const STATUS_TYPES = { image: 'added_photos', video: 'added_video', none: 'mobile_status_update' }
const DUPLICATE = { code: 506, message: 'Duplicate status message' }

interface PagePost extends StoredPost {
  link?: string
  photos: string[]
  scheduledAt?: number
}

interface Photo {
  id: string
  account: string
  at: number
  media: LiveMedia
  postId?: string
}

interface Video {
  id: string
  account: string
  polls: number
  goesLive: boolean
  post: PagePost
}

/** Facebook Pages over the Graph API. @see Meta docs, Pages API "Posts"; Graph API "Page Photos" */
export function createFacebook(world: World): Platform {
  const posts = new Posts<PagePost>(world.now, world.switches.listLagMs)
  const photos = new Map<string, Photo>()
  const videos = new Map<string, Video>()

  function answer(call: Call): Reply | Promise<Reply> {
    const graph = readGraphCall(call, world, 'facebook', isGraphVersion)
    const [id = '', edge] = graph.path
    const route = `${graph.method} ${edge ?? ''}`
    if (graph.path.length > 2) throw refuseMeta(unknownPath(call))
    if (id === 'debug_token') return debugToken(graph)
    if (edge === undefined) return answerNode(graph, id)
    if (id !== graph.account.id && id !== 'me') throw refuseMeta(otherPage(graph, id))
    switch (route) {
      case 'POST feed':
        return postToFeed(graph)
      case 'POST photos':
        return postPhoto(graph)
      case 'POST videos':
        return postVideo(graph)
      case 'GET feed':
      case 'GET published_posts':
        return list(graph, edge === 'feed')
      default:
        throw refuseMeta(unknownPath(call))
    }
  }

  function otherPage(graph: GraphCall, id: string) {
    return world.accounts('facebook').some((page) => page.id === id)
      ? { code: 200, message: '(#200) The token does not belong to this Page' }
      : noSuchObject(graph.method, id)
  }

  function postToFeed(graph: GraphCall): Reply {
    onlyParams(graph, [...FEED_PARAMS, ...TARGETING])
    const link = textOf(graph.params, 'link')
    const attached = attachedPhotos(graph)
    const text = textOf(graph.params, 'message') ?? ''
    if (text === '' && link === undefined && attached.length === 0) {
      throw refuseMeta({ code: 100, message: '(#100) A message, link or attached media is needed' })
    }
    if (link !== undefined && !/^https?:\/\/[^\s]+$/.test(link)) {
      throw refuseMeta({ code: 100, message: '(#100) link should represent a valid URL' })
    }
    const post = accept(graph, text, attached, link)
    return { status: 200, body: { id: post.id } }
  }

  /** Stores a post under the rules that all kinds of posts share. */
  function accept(graph: GraphCall, text: string, attached: Photo[], link?: string): PagePost {
    if ([...text].length > MESSAGE_MAX) {
      throw refuseMeta({ code: 100, message: '(#100) The message is too long' })
    }
    const published = flagOf(graph.params, 'published', true)
    const scheduledAt = scheduledTime(graph, published)
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

  function scheduledTime(graph: GraphCall, published: boolean): number | undefined {
    const seconds = instantOf(graph, 'scheduled_publish_time')
    if (seconds === undefined) return undefined
    const ahead = seconds - world.now() / 1000
    if (published || ahead < 10 * MINUTE_S || ahead > 30 * DAY_S) {
      const message =
        '(#100) scheduled_publish_time must be 10 minutes to 30 days ahead, unpublished'
      throw refuseMeta({ code: 100, message })
    }
    return seconds * 1000
  }

  function attachedPhotos(graph: GraphCall): Photo[] {
    return mediaIds(graph.params).map((id) => {
      const photo = photos.get(id)
      const expired = photo && !photo.postId && world.now() - photo.at > PHOTO_LIFE_MS
      if (!photo || expired || photo.account !== graph.account.id) {
        throw refuseMeta({ code: 100, message: `(#100) Photo ${id} cannot be attached` })
      }
      return photo
    })
  }

  async function postPhoto(graph: GraphCall): Promise<Reply> {
    onlyParams(graph, [...PHOTO_PARAMS, ...TARGETING, 'temporary', 'scheduled_publish_time'])
    const bytes = await uploadedOrFetched(graph, 'url')
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
    const post = published ? accept(graph, text, [photo]) : undefined
    photos.set(photo.id, photo)
    return { status: 200, body: { id: photo.id, ...(post ? { post_id: post.id } : {}) } }
  }

  async function postVideo(graph: GraphCall): Promise<Reply> {
    onlyParams(graph, [...VIDEO_PARAMS, ...TARGETING])
    const bytes = await uploadedOrFetched(graph, 'file_url')
    if (bytes && inspectMedia(bytes)?.kind !== 'video') {
      throw refuseMeta({ code: 352, message: '(#352) The video format is not supported' })
    }
    const text = textOf(graph.params, 'description') ?? ''
    const url = textOf(graph.params, 'file_url')
    const post = accept(graph, text, [])
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

  async function uploadedOrFetched(graph: GraphCall, name: string) {
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

  /** Every look at a Page counts as a poll of the videos it is still processing. */
  function pollVideos(account: string): void {
    for (const video of videos.values()) {
      if (video.account !== account || !video.goesLive || video.post.liveAt !== undefined) continue
      if (video.polls >= world.switches.processingPolls) video.post.liveAt = world.now()
      video.polls += 1
    }
  }

  function list(graph: GraphCall, withUnpublished: boolean): Reply {
    pollVideos(graph.account.id)
    const items = posts
      .listed(graph.account.id)
      .filter((post) => withUnpublished || posts.isLive(post))
    return listReply(graph, items, postNode, ['id', 'created_time', 'message'])
  }

  function postNode(post: PagePost): Record<string, unknown> {
    const page = world.accounts('facebook').find(({ id }) => id === post.account)
    const attachments = post.photos.map((id) => ({ type: 'photo', target: { id } }))
    return {
      id: post.id,
      message: post.text === '' ? undefined : post.text,
      created_time: graphTime(post.liveAt ?? post.at),
      updated_time: graphTime(post.at),
      permalink_url: post.permalink,
      is_published: posts.isLive(post),
      scheduled_publish_time: post.scheduledAt && post.scheduledAt / 1000,
      status_type: STATUS_TYPES[post.media[0]?.kind ?? 'none'],
      from: { id: post.account, name: page?.name },
      application: { id: '4242', name: 'Sandbox app' },
      privacy: { value: 'EVERYONE', description: 'Public' },
      attachments: attachments.length > 0 ? { data: attachments } : undefined,
    }
  }

  function answerNode(graph: GraphCall, id: string): Reply {
    const post = posts.get(id)
    const own = post?.account === graph.account.id ? post : undefined
    if (graph.method === 'DELETE' && own) {
      posts.remove(id)
      return { status: 200, body: { success: true } }
    }
    if (graph.method === 'POST' && own) {
      own.text = textOf(graph.params, 'message') ?? own.text
      return { status: 200, body: { success: true } }
    }
    if (graph.method !== 'GET') throw refuseMeta(noSuchObject(graph.method, id))
    if (own) return nodeReply(graph, postNode(own), ['created_time', 'message'])
    const page = id === 'me' || id === graph.account.id ? graph.account : undefined
    if (page) {
      const { name, username } = page
      const link = `${graph.call.root}/${username}`
      const tasks = ['CREATE_CONTENT', 'MODERATE', 'ANALYZE']
      return nodeReply(graph, { id: page.id, name, username, link, tasks }, ['name'])
    }
    const video = videos.get(id)
    if (video?.account === graph.account.id) return videoReply(graph, video)
    const photo = photos.get(id)
    if (photo?.account !== graph.account.id) throw refuseMeta(noSuchObject('get', id))
    const alt_text_custom = photo.media.alt
    const link = `${graph.call.root}/${photo.postId ?? photo.id}`
    const page_story_id = photo.postId
    const created_time = graphTime(photo.at)
    return nodeReply(graph, { id, link, page_story_id, alt_text_custom, created_time }, [
      'created_time',
    ])
  }

  function videoReply(graph: GraphCall, video: Video): Reply {
    pollVideos(video.account)
    const ready = posts.isLive(video.post)
    const phase = { status: ready ? 'complete' : 'in_progress' }
    const node = {
      id: video.id,
      description: video.post.text,
      created_time: graphTime(video.post.at),
      permalink_url: video.post.permalink,
      post_id: ready ? video.post.id.split('_')[1] : undefined,
      published: ready,
      status: {
        video_status: ready ? 'ready' : 'processing',
        uploading_phase: { status: 'complete' },
        processing_phase: phase,
        publishing_phase: ready
          ? { ...phase, publish_status: 'published' }
          : { status: 'not_started' },
      },
    }
    return nodeReply(graph, node, ['created_time', 'description'])
  }

  function debugToken(graph: GraphCall): Reply {
    const asked = world.accountOfToken('facebook', textOf(graph.params, 'input_token'))
    const scopes = ['pages_show_list', 'pages_read_engagement', 'pages_manage_posts']
    const data = asked
      ? {
          is_valid: true,
          type: 'PAGE',
          app_id: '4242',
          profile_id: asked.id,
          expires_at: 0,
          scopes,
        }
      : { is_valid: false, error: { code: 190, message: 'Invalid OAuth access token' } }
    return { status: 200, body: { data } }
  }

  return {
    posts,
    answer,
    purposeOf: (call) => {
      const [, account, edge] = call.segments
      if (call.method !== 'POST') return { kind: 'read', account }
      if (edge === 'photos' || edge === 'feed') {
        if (call.body.type === 'unread') return undefined
        return { kind: isPublishing(call) ? 'mutation' : 'prepare', account }
      }
      return { kind: edge === 'videos' ? 'mutation' : 'read', account }
    },
    spoil: (fault) =>
      spoilMeta(fault, {
        throttle: {
          code: 80001,
          type: 'pages',
          objectId: world.accounts('facebook')[0]?.id ?? '0',
        },
        duplicate: DUPLICATE,
      }),
    postIdAt: ([id, ...rest]) => (rest.length === 0 && /^\d+_\d+$/.test(id ?? '') ? id : undefined),
    reset: () => {
      posts.clear()
      photos.clear()
      videos.clear()
    },
  }
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

function isPublishing(call: Call): boolean {
  try {
    return flagOf(paramsOf(call), 'published', true)
  } catch {
    return true
  }
}
