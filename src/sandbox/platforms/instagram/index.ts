import { bearerOf, type Call, Refused, type Reply } from '../frame/exchange.js'
import { inspectMedia } from '../frame/media.js'
import type { Platform } from '../frame/platform.js'
import { Posts, type StoredPost } from '../frame/posts.js'
import { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import { type Container, Containers, childIds } from '../meta/containers.js'
import {
  invalidToken,
  type MetaError,
  noSuchObject,
  refuseMeta,
  spoilMeta,
} from '../meta/errors.js'
import {
  flagOf,
  type GraphCall,
  graphTime,
  isGraphVersion,
  listReply,
  nodeReply,
  onlyParams,
  paramsOf,
  readGraphCall,
  textOf,
  unknownPath,
} from '../meta/graph.js'
import { type MediaRules, type TakenMedia, takeMedia } from '../meta/media.js'

const DAY_MS = 86_400_000
const CAPTION_MAX = 2200
const ALT_MAX = 1000
const IMAGE_MAX_BYTES = 8 * 1024 * 1024
const MEDIA_PARAMS = [
  'image_url',
  'video_url',
  'media_type',
  'caption',
  'alt_text',
  'is_carousel_item',
  'children',
  'user_tags',
  'location_id',
  'collaborators',
  'is_ai_generated',
  'cover_url',
  'thumb_offset',
  'share_to_feed',
  'upload_type',
]
const MEDIA_TYPES = ['IMAGE', 'VIDEO', 'REELS', 'STORIES', 'CAROUSEL']

interface InstagramPost extends StoredPost {
  type: string
  shortcode: string
  childIds: string[]
}

/** The documented error pairs that this stand-in gives. @see Instagram Platform "Error Codes" */
const ERRORS = {
  notFetchable: { code: 9004, subcode: 2207052, message: 'The media could not be fetched' },
  notReady: { code: 9007, subcode: 2207027, message: 'Media ID is not available' },
  noContainer: { code: 24, subcode: 2207008, message: 'The container is unknown or has expired' },
  failed: { code: -1, subcode: 2207032, message: 'Create media failed, please try again' },
  quota: { code: 9, subcode: 2207042, message: 'The maximum number of posts was reached' },
  imageSize: { code: 36000, subcode: 2207004, message: 'The image is too large' },
  imageFormat: { code: 36001, subcode: 2207005, message: 'The image format is not supported' },
  ratio: { code: 36003, subcode: 2207009, message: 'The aspect ratio is not supported' },
  caption: { code: 36004, subcode: 2207010, message: 'The caption is too long' },
  mediaType: { code: 100, subcode: 2207023, message: 'The media type is unknown or not allowed' },
  carousel: { code: 100, subcode: 2207028, message: 'A carousel needs 2 to 10 fitting items' },
  tags: { code: 100, subcode: 2207040, message: 'Too many tags' },
} satisfies Record<string, MetaError>

const PUBLISH_REFUSALS = {
  notReady: ERRORS.notReady,
  failed: ERRORS.failed,
  gone: ERRORS.noContainer,
  // Nobody has documented this one; "not available" is what people report.
  again: ERRORS.notReady,
  quota: ERRORS.quota,
}

/** JPEG, 8 MB, ratio 4:5 to 1.91:1; the width is scaled, not refused. */
const MEDIA_RULES: MediaRules = {
  notFetchable: ERRORS.notFetchable,
  mediaType: ERRORS.mediaType,
  videoNotFetched: '2207077',
  videoFormat: '2207026',
  checkImage: ({ type, width, height }, bytes) => {
    if (type !== 'jpg') throw refuseMeta(ERRORS.imageFormat)
    if (bytes > IMAGE_MAX_BYTES) throw refuseMeta(ERRORS.imageSize)
    // A hair of tolerance, because whole pixels round the ratio.
    if (width / height < 0.795 || width / height > 1.915) throw refuseMeta(ERRORS.ratio)
  },
}

/** Instagram content publishing. @see Instagram Platform "Content Publishing", "IG User Media" */
export function createInstagram(world: World): Platform {
  const posts = new Posts<InstagramPost>(world.now, world.switches.listLagMs)
  const containers = new Containers(world)
  const { quotas } = world.switches
  const published = new RollingLimit(100, DAY_MS, world.now, quotas)
  const created = new RollingLimit(400, DAY_MS, world.now, quotas)

  function answer(call: Call): Reply | Promise<Reply> {
    if (call.segments[0] === 'refresh_access_token') return refresh(call)
    if (call.segments[0] === 'ig-api-upload') return receiveUpload(call)
    const graph = readGraphCall(call, world, 'instagram', isGraphVersion)
    const [id = '', edge] = graph.path
    if (graph.path.length > 2) throw refuseMeta(unknownPath(call))
    if (edge === undefined) return answerNode(graph, id)
    if (id !== graph.account.id && id !== 'me') throw refuseMeta(noSuchObject(call.method, id))
    switch (`${call.method} ${edge}`) {
      case 'POST media':
        return createContainer(graph)
      case 'POST media_publish':
        return publish(graph)
      case 'GET media':
        return list(graph, false)
      case 'GET stories':
        return list(graph, true)
      case 'GET content_publishing_limit': {
        const config = { quota_total: published.limit, quota_duration: DAY_MS / 1000 }
        const quota_usage = published.used(graph.account.id)
        const asked = nodeReply(graph, { quota_usage, config }, ['quota_usage'])
        return { status: 200, body: { data: [asked.body] } }
      }
      default:
        throw refuseMeta(unknownPath(call))
    }
  }

  async function createContainer(graph: GraphCall): Promise<Reply> {
    onlyParams(graph, MEDIA_PARAMS)
    const { params, account } = graph
    const type = textOf(params, 'media_type') ?? (params.video_url ? 'VIDEO' : 'IMAGE')
    const isChild = flagOf(params, 'is_carousel_item', false)
    const caption = textOf(params, 'caption') ?? ''
    checkShape(params, type, isChild, caption)
    const resumable = textOf(params, 'upload_type') === 'resumable'
    const children = type === 'CAROUSEL' ? carouselChildren(graph) : []
    const shared = children.flatMap((child) => child.media)
    const taken: TakenMedia =
      type === 'CAROUSEL' || resumable
        ? { media: shared }
        : await takeMedia(graph, world, MEDIA_RULES)
    if (!created.take(account.id)) {
      throw refuseMeta({ code: 80002, message: '(#80002) Too many containers in 24 hours' })
    }
    const container = containers.add({
      account: account.id,
      type,
      text: caption,
      ...taken,
      isChild,
      children,
      ...(resumable ? { awaitsUpload: true } : {}),
    })
    const uri = `${graph.call.root}/ig-api-upload/${graph.call.segments[0]}/${container.id}`
    return { status: 200, body: { id: container.id, ...(resumable ? { uri } : {}) } }
  }

  function checkShape(
    params: GraphCall['params'],
    type: string,
    isChild: boolean,
    caption: string,
  ) {
    const alt = textOf(params, 'alt_text')
    if (!MEDIA_TYPES.includes(type)) throw refuseMeta(ERRORS.mediaType)
    if (isChild && (caption !== '' || !['IMAGE', 'VIDEO'].includes(type))) {
      throw refuseMeta(ERRORS.mediaType)
    }
    // Single videos are reels; plain VIDEO is left for carousel items.
    if (type === 'VIDEO' && !isChild) throw refuseMeta(ERRORS.mediaType)
    if ([...caption].length > CAPTION_MAX) throw refuseMeta(ERRORS.caption)
    if ((caption.match(/#[\p{L}\p{N}_]+/gu) ?? []).length > 30) throw refuseMeta(ERRORS.tags)
    if ((caption.match(/@[\w.]+/g) ?? []).length > 20) throw refuseMeta(ERRORS.tags)
    if (alt !== undefined && (type !== 'IMAGE' || alt.length > ALT_MAX)) {
      throw refuseMeta({ code: 100, message: '(#100) alt_text is for images, 1000 characters' })
    }
  }

  function carouselChildren(graph: GraphCall): Container[] {
    const ids = childIds(graph.params.children)
    if (ids.length < 2 || ids.length > 10) throw refuseMeta(ERRORS.carousel)
    return ids.map((id) => {
      const child = containers.get(graph.account.id, id)
      const status = child && containers.statusOf(child)
      if (!child || status === 'EXPIRED') throw refuseMeta(ERRORS.noContainer)
      if (!child.isChild || status === 'PUBLISHED') throw refuseMeta(ERRORS.carousel)
      return child
    })
  }

  function publish(graph: GraphCall): Reply {
    onlyParams(graph, ['creation_id'])
    const container = containers.get(graph.account.id, textOf(graph.params, 'creation_id') ?? '')
    if (!container) throw refuseMeta(ERRORS.noContainer)
    if (container.isChild) throw refuseMeta(ERRORS.mediaType)
    return containers.publish(container, published, PUBLISH_REFUSALS, () =>
      addPost(graph, container),
    )
  }

  function addPost(graph: GraphCall, container: Container): InstagramPost {
    const at = world.now()
    const shortcode = world.code(11)
    const kind = container.type === 'REELS' ? 'reel' : 'p'
    return posts.add({
      id: world.nextId(),
      account: graph.account.id,
      text: container.text,
      media: container.media,
      createdAt: new Date(at).toISOString(),
      permalink: `${graph.call.root}/${kind}/${shortcode}/`,
      at,
      liveAt: at,
      type: container.type,
      shortcode,
      childIds: container.children.map((child) => child.id),
    })
  }

  function list(graph: GraphCall, stories: boolean): Reply {
    const items = posts
      .listed(graph.account.id)
      .filter((post) => (post.type === 'STORIES') === stories)
    return listReply(graph, items, mediaNode, ['id'])
  }

  function mediaNode(post: InstagramPost): Record<string, unknown> {
    const owner = world.accounts('instagram').find(({ id }) => id === post.account)
    const { type } = post
    const single = post.media[0]?.kind === 'video' ? 'VIDEO' : 'IMAGE'
    const children = { data: post.childIds.map((id) => ({ id })) }
    return {
      id: post.id,
      caption: post.text === '' ? undefined : post.text,
      media_type: type === 'CAROUSEL' ? 'CAROUSEL_ALBUM' : single,
      media_product_type: type === 'REELS' ? 'REELS' : type === 'STORIES' ? 'STORY' : 'FEED',
      media_url: post.media[0]?.url,
      alt_text: post.media[0]?.alt,
      permalink: post.permalink,
      shortcode: post.shortcode,
      timestamp: graphTime(post.at),
      username: owner?.username,
      owner: { id: post.account },
      children: type === 'CAROUSEL' ? children : undefined,
    }
  }

  function answerNode(graph: GraphCall, id: string): Reply {
    const { account, method } = graph
    const post = posts.get(id)
    if (post?.account === account.id) {
      if (method === 'GET') return nodeReply(graph, mediaNode(post), [])
      if (method !== 'DELETE') throw refuseMeta(noSuchObject(method, id))
      posts.remove(id)
      return { status: 200, body: { success: true } }
    }
    if (method !== 'GET') throw refuseMeta(noSuchObject(method, id))
    if (id === 'me' || id === account.id) {
      const { username, name } = account
      const node = { id: account.id, user_id: account.id, username, name, account_type: 'BUSINESS' }
      return nodeReply(graph, node, [])
    }
    const container = containers.get(account.id, id)
    if (!container) throw refuseMeta(noSuchObject(method, id))
    const status_code = containers.poll(container)
    const status = status_code === 'ERROR' ? `Error: ${container.error}` : status_code
    return nodeReply(graph, { id, status_code, status }, [])
  }

  /** The resumable upload host has an error shape of its own. @see "Content Publishing" */
  function receiveUpload(call: Call): Reply {
    const account = world.accountOfToken('instagram', bearerOf(call, 'OAuth'))
    const container = account && containers.get(account.id, call.segments[2] ?? '')
    const bytes = call.body.type === 'raw' ? call.body.bytes : undefined
    const whole = call.headers.offset === '0' && Number(call.headers.file_size) === bytes?.length
    if (call.method !== 'POST' || !container || !bytes || !whole) {
      const message = account ? 'Request processing failed' : 'Invalid OAuth access token'
      const debug_info = { retriable: false, type: 'ProcessingFailedError', message }
      throw new Refused({ status: account ? 400 : 401, body: { debug_info } })
    }
    container.awaitsUpload = false
    container.media = [world.media.keep(bytes, 'video')]
    if (inspectMedia(bytes)?.kind !== 'video') container.error = '2207026'
    return { status: 200, body: { success: true, message: 'Upload successful.' } }
  }

  function refresh(call: Call): Reply {
    const params = paramsOf(call)
    const token = textOf(params, 'access_token')
    const good = textOf(params, 'grant_type') === 'ig_refresh_token'
    if (!good || !world.accountOfToken('instagram', token)) throw refuseMeta(invalidToken)
    const body = { access_token: token, token_type: 'bearer', expires_in: 5_184_000 }
    return { status: 200, body }
  }

  return {
    posts,
    answer,
    purposeOf: ({ method, segments: [first, account, edge] }) => {
      if (first === 'ig-api-upload') return { kind: 'prepare' }
      if (method === 'POST' && edge === 'media') return { kind: 'prepare', account }
      return { kind: method === 'POST' && edge === 'media_publish' ? 'mutation' : 'read', account }
    },
    spoil: (fault) =>
      spoilMeta(fault, {
        throttle: {
          code: 80002,
          type: 'instagram',
          objectId: world.accounts('instagram')[0]?.id ?? '0',
        },
        duplicate: ERRORS.notReady,
      }),
    postIdAt: ([kind, code, ...rest]) => {
      if (rest.length > 0 || code === undefined || (kind !== 'p' && kind !== 'reel')) return
      return posts.all().find((post) => post.shortcode === code)?.id ?? code
    },
    reset: () => {
      posts.clear()
      containers.clear()
      published.clear()
      created.clear()
    },
  }
}
