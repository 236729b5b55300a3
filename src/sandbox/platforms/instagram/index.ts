import { bearerOf, type Call, Refused, type Reply } from '../frame/exchange.js'
import { inspectMedia } from '../frame/media.js'
import type { Platform } from '../frame/platform.js'
import { Posts, type StoredPost } from '../frame/posts.js'
import { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import { type Container, Containers, childIds } from '../meta/containers.js'
import { refreshToken } from '../meta/debug-token.js'
import { noSuchObject, refuseMeta, spoilMeta } from '../meta/errors.js'
import {
  callerOf,
  flagOf,
  type GraphCall,
  graphTime,
  isGraphVersion,
  listReply,
  nodeReply,
  onlyParams,
  readGraphCall,
  textOf,
  unknownPath,
} from '../meta/graph.js'
import { type TakenMedia, takeMedia } from '../meta/media.js'
import { checkShape, ERRORS, MEDIA_PARAMS, MEDIA_RULES, PUBLISH_REFUSALS } from './rules.js'

const DAY_MS = 86_400_000
interface InstagramPost extends StoredPost {
  type: string
  shortcode: string
  childIds: string[]
}

/** Instagram content publishing. @see Instagram Platform "Content Publishing", "IG User Media" */
export function createInstagram(world: World): Platform {
  const posts = new Posts<InstagramPost>(
    world.now,
    world.switches.listLagMs,
    world.keep('instagram posts'),
  )
  const containers = new Containers(world, 'instagram')
  const { quotas } = world.switches
  const published = new RollingLimit(100, DAY_MS, world.now, quotas)
  const created = new RollingLimit(400, DAY_MS, world.now, quotas)

  function answer(call: Call): Reply | Promise<Reply> {
    if (call.segments[0] === 'refresh_access_token') {
      return refreshToken(call, world, 'instagram', 'ig_refresh_token')
    }
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
    checkShape(graph, type, isChild, caption)
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

  return {
    posts,
    answer,
    purposeOf: (call) => {
      const account = callerOf(call, world, 'instagram')
      const { method } = call
      const [first, , edge] = call.segments
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
