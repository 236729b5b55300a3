import type { Call, Reply } from '../frame/exchange.js'
import type { Platform } from '../frame/platform.js'
import { Posts, type StoredPost } from '../frame/posts.js'
import { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import { type Container, Containers, childIds } from '../meta/containers.js'
import { debugToken, refreshToken } from '../meta/debug-token.js'
import { type MetaError, noSuchObject, refuseMeta, spoilMeta } from '../meta/errors.js'
import {
  callerOf,
  flagOf,
  type GraphCall,
  graphTime,
  listReply,
  nodeReply,
  onlyParams,
  readGraphCall,
  textOf,
  unknownPath,
} from '../meta/graph.js'
import { type MediaRules, type TakenMedia, takeMedia } from '../meta/media.js'
import { checkText, invalid } from './text.js'

const DAY_MS = 86_400_000
const SCOPES = ['threads_basic', 'threads_content_publish', 'threads_delete']
const IMAGE_MAX_BYTES = 8 * 1024 * 1024
/** `auto_publish_text` is left out on purpose: it publishes without a container to look at. */
const CONTAINER_PARAMS = [
  'media_type',
  'text',
  'image_url',
  'video_url',
  'is_carousel_item',
  'children',
  'alt_text',
  'link_attachment',
  'topic_tag',
  'reply_to_id',
  'reply_control',
]

const NOT_FOUND: MetaError = {
  code: 24,
  subcode: 4279009,
  message: 'The requested resource does not exist: media not found',
}
const QUOTA: MetaError = { code: 9, subcode: 2207042, message: 'The daily quota was reached' }
const PUBLISH_REFUSALS = {
  notReady: NOT_FOUND,
  failed: NOT_FOUND,
  gone: NOT_FOUND,
  again: NOT_FOUND,
  quota: QUOTA,
}

const MEDIA_RULES: MediaRules = {
  notFetchable: { code: 9004, subcode: 2207052, message: 'The media could not be fetched' },
  mediaType: invalid('Exactly the address that media_type asks for is needed'),
  videoNotFetched: 'FAILED_DOWNLOADING_VIDEO',
  videoFormat: 'FAILED_PROCESSING_VIDEO',
  checkImage: ({ type, width, height }, bytes) => {
    if (type !== 'jpg' && type !== 'png') throw refuseMeta(invalid('Images are JPEG or PNG'))
    if (bytes > IMAGE_MAX_BYTES) throw refuseMeta(invalid('The image is too large'))
    if (Math.max(width / height, height / width) > 10) throw refuseMeta(invalid('Aspect ratio'))
  },
}

interface ThreadsPost extends StoredPost {
  type: string
  code: string
  link?: string
}

/** Threads. @see Threads API "Posts", "Publishing", "User", "Troubleshooting", "Overview" */
export function createThreads(world: World): Platform {
  const posts = new Posts<ThreadsPost>(
    world.now,
    world.switches.listLagMs,
    world.keep('threads posts'),
  )
  const containers = new Containers(world, 'threads')
  const published = new RollingLimit(250, DAY_MS, world.now, world.switches.quotas)
  const deleted = new RollingLimit(100, DAY_MS, world.now, world.switches.quotas)

  function answer(call: Call): Reply | Promise<Reply> {
    const [version, first] = call.segments
    if (version === 'refresh_access_token') {
      return refreshToken(call, world, 'threads', 'th_refresh_token')
    }
    if (version === 'v1.0' && first === 'debug_token') {
      return debugToken(call, world, 'threads', SCOPES)
    }
    const graph = readGraphCall(call, world, 'threads', (segment) => segment === 'v1.0')
    // The documentation shows form and query parameters only.
    if (call.body.type === 'json') throw refuseMeta(invalid('Form parameters are expected'))
    const [id = '', edge] = graph.path
    if (graph.path.length > 2) throw refuseMeta(unknownPath(call))
    if (edge === undefined) return answerNode(graph, id)
    if (id !== graph.account.id && id !== 'me') throw refuseMeta(noSuchObject(call.method, id))
    switch (`${call.method} ${edge}`) {
      case 'POST threads':
        return createContainer(graph)
      case 'POST threads_publish':
        return publish(graph)
      case 'GET threads':
        return listReply(graph, posts.listed(graph.account.id), threadNode, ['id'])
      case 'GET threads_publishing_limit':
        return { status: 200, body: { data: [quotaReply(graph).body] } }
      default:
        throw refuseMeta(unknownPath(call))
    }
  }

  async function createContainer(graph: GraphCall): Promise<Reply> {
    onlyParams(graph, CONTAINER_PARAMS)
    const { params, account } = graph
    const type = textOf(params, 'media_type') ?? ''
    const text = textOf(params, 'text') ?? ''
    const link = textOf(params, 'link_attachment')
    const isChild = flagOf(params, 'is_carousel_item', false)
    checkText(graph, type, text, link)
    const children = type === 'CAROUSEL' ? carouselChildren(graph) : []
    const taken: TakenMedia =
      type === 'IMAGE' || type === 'VIDEO'
        ? await takeMedia(graph, world, MEDIA_RULES)
        : { media: children.flatMap((child) => child.media) }
    const container = containers.add({
      account: account.id,
      type,
      text,
      ...taken,
      isChild,
      children,
      ...(link === undefined ? {} : { link }),
    })
    return { status: 200, body: { id: container.id } }
  }

  function carouselChildren(graph: GraphCall): Container[] {
    const ids = childIds(graph.params.children)
    if (ids.length < 2 || ids.length > 20) throw refuseMeta(invalid('A carousel has 2 to 20 items'))
    return ids.map((id) => {
      const child = containers.get(graph.account.id, id)
      if (!child?.isChild || containers.statusOf(child) === 'EXPIRED') throw refuseMeta(NOT_FOUND)
      return child
    })
  }

  function publish(graph: GraphCall): Reply {
    onlyParams(graph, ['creation_id'])
    const container = containers.get(graph.account.id, textOf(graph.params, 'creation_id') ?? '')
    if (!container || container.isChild) throw refuseMeta(NOT_FOUND)
    return containers.publish(container, published, PUBLISH_REFUSALS, () => {
      const at = world.now()
      const code = world.code(11)
      return posts.add({
        id: world.nextId(),
        account: container.account,
        text: container.text,
        media: container.media,
        createdAt: new Date(at).toISOString(),
        permalink: `${graph.call.root}/@${graph.account.username}/post/${code}`,
        at,
        liveAt: at,
        type: container.type,
        code,
        ...(container.link === undefined ? {} : { link: container.link }),
      })
    })
  }

  function threadNode(post: ThreadsPost): Record<string, unknown> {
    const owner = world.accounts('threads').find(({ id }) => id === post.account)
    const types: Record<string, string> = { TEXT: 'TEXT_POST', CAROUSEL: 'CAROUSEL_ALBUM' }
    return {
      id: post.id,
      text: post.text === '' ? undefined : post.text,
      timestamp: graphTime(post.at),
      permalink: post.permalink,
      shortcode: post.code,
      media_type: types[post.type] ?? post.type,
      media_product_type: 'THREADS',
      media_url: post.media[0]?.url,
      alt_text: post.media[0]?.alt,
      link_attachment_url: post.link,
      username: owner?.username,
      owner: { id: post.account },
      is_quote_post: false,
    }
  }

  function answerNode(graph: GraphCall, id: string): Reply {
    const { account, method } = graph
    const post = posts.get(id)
    if (post?.account === account.id) {
      if (method === 'GET') return nodeReply(graph, threadNode(post), [])
      if (method !== 'DELETE') throw refuseMeta(noSuchObject(method, id))
      if (!deleted.take(account.id)) throw refuseMeta(QUOTA)
      posts.remove(id)
      return { status: 200, body: { success: true, deleted_id: id } }
    }
    if (method !== 'GET') throw refuseMeta(noSuchObject(method, id))
    if (id === 'me' || id === account.id) {
      const { username, name } = account
      return nodeReply(graph, { id: account.id, username, name }, [])
    }
    const container = containers.get(account.id, id)
    if (!container) throw refuseMeta(noSuchObject(method, id))
    const status = containers.poll(container)
    const error_message = status === 'ERROR' ? (container.error ?? 'UNKNOWN') : undefined
    return nodeReply(graph, { id, status, error_message }, [])
  }

  function quotaReply(graph: GraphCall): Reply {
    const config = (quota_total: number) => ({ quota_total, quota_duration: DAY_MS / 1000 })
    const node = {
      quota_usage: published.used(graph.account.id),
      config: config(published.limit),
      reply_quota_usage: 0,
      reply_config: config(1000),
      delete_quota_usage: deleted.used(graph.account.id),
      delete_config: config(deleted.limit),
    }
    return nodeReply(graph, node, ['quota_usage'])
  }

  return {
    posts,
    answer,
    purposeOf: (call) => {
      const account = callerOf(call, world, 'threads')
      const { method } = call
      const edge = call.segments[2]
      if (method === 'POST' && edge === 'threads') return { kind: 'prepare', account }
      const mutates = method === 'POST' && edge === 'threads_publish'
      return { kind: mutates ? 'mutation' : 'read', account }
    },
    spoil: (fault) =>
      spoilMeta(fault, {
        throttle: { code: 4, type: 'threads', objectId: world.accounts('threads')[0]?.id ?? '0' },
        duplicate: NOT_FOUND,
      }),
    postIdAt: ([name, post, code, ...rest]) => {
      if (!name?.startsWith('@') || post !== 'post' || !code || rest.length > 0) return
      return posts.all().find((entry) => entry.code === code)?.id ?? code
    },
    reset: () => {
      posts.clear()
      containers.clear()
      published.clear()
      deleted.clear()
    },
  }
}
