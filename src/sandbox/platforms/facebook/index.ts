import type { Call, Reply } from '../frame/exchange.js'
import type { Platform } from '../frame/platform.js'
import type { World } from '../frame/world.js'
import { debugToken } from '../meta/debug-token.js'
import { noSuchObject, refuseMeta, spoilMeta } from '../meta/errors.js'
import {
  callerOf,
  flagOf,
  type GraphCall,
  isGraphVersion,
  listReply,
  nodeReply,
  paramsOf,
  readGraphCall,
  textOf,
  unknownPath,
} from '../meta/graph.js'
import { pageReply, photoReply, postNode, videoReply } from './nodes.js'
import { postPhoto, postToFeed, postVideo } from './publish.js'
import { createPageStore, DUPLICATE, pollVideos } from './store.js'

const SCOPES = ['pages_show_list', 'pages_read_engagement', 'pages_manage_posts']

/** Facebook Pages over the Graph API. @see Meta docs, Pages API "Posts"; Graph API "Page Photos" */
export function createFacebook(world: World): Platform {
  const store = createPageStore(world)
  const { posts, photos, videos } = store

  function answer(call: Call): Reply | Promise<Reply> {
    const [version = '', first] = call.segments
    if (isGraphVersion(version) && first === 'debug_token') {
      return debugToken(call, world, 'facebook', SCOPES)
    }
    const graph = readGraphCall(call, world, 'facebook', isGraphVersion)
    const [id = '', edge] = graph.path
    if (graph.path.length > 2) throw refuseMeta(unknownPath(call))
    if (edge === undefined) return answerNode(graph, id)
    if (id !== graph.account.id && id !== 'me') throw refuseMeta(otherPage(graph, id))
    switch (`${graph.method} ${edge}`) {
      case 'POST feed':
        return postToFeed(store, graph)
      case 'POST photos':
        return postPhoto(store, graph)
      case 'POST videos':
        return postVideo(store, graph)
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

  /** `feed` also shows what is not published; the real one leaves posts out, too. */
  function list(graph: GraphCall, withUnpublished: boolean): Reply {
    pollVideos(store, graph.account.id)
    const items = posts
      .listed(graph.account.id)
      .filter((post) => withUnpublished || posts.isLive(post))
    const fields = ['id', 'created_time', 'message']
    return listReply(graph, items, (post) => postNode(store, post), fields)
  }

  function answerNode(graph: GraphCall, id: string): Reply {
    const { account, method } = graph
    const post = posts.get(id)
    if (post?.account === account.id) {
      if (method === 'GET')
        return nodeReply(graph, postNode(store, post), ['created_time', 'message'])
      if (method === 'DELETE') posts.remove(id)
      else post.text = textOf(graph.params, 'message') ?? post.text
      return { status: 200, body: { success: true } }
    }
    if (method !== 'GET') throw refuseMeta(noSuchObject(method, id))
    if (id === 'me' || id === account.id) return pageReply(graph, account)
    const video = videos.get(id)
    if (video?.account === account.id) return videoReply(store, graph, video)
    const photo = photos.get(id)
    if (photo?.account === account.id) return photoReply(graph, photo)
    throw refuseMeta(noSuchObject('get', id))
  }

  return {
    posts,
    answer,
    purposeOf: (call) => {
      const account = callerOf(call, world, 'facebook')
      const edge = call.segments[2] ?? ''
      if (call.method !== 'POST') return { kind: 'read', account }
      if (edge === 'videos') return { kind: 'mutation', account }
      if (edge !== 'photos' && edge !== 'feed') return { kind: 'read', account }
      if (call.body.type === 'unread') return undefined
      return { kind: isPublishing(call) ? 'mutation' : 'prepare', account }
    },
    spoil: (fault) =>
      spoilMeta(fault, {
        throttle: { code: 80001, type: 'pages', objectId: world.accounts('facebook')[0]?.id ?? '' },
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

function isPublishing(call: Call): boolean {
  try {
    return flagOf(paramsOf(call), 'published', true)
  } catch {
    return true
  }
}
