import type { Reply } from '../frame/exchange.js'
import { type GraphCall, graphTime, nodeReply } from '../meta/graph.js'
import type { SandboxAccount } from '../types.js'
import { type PagePost, type PageStore, type Photo, pollVideos, type Video } from './store.js'

const STATUS_TYPES = { image: 'added_photos', video: 'added_video', none: 'mobile_status_update' }

/** All fields that a post can be asked for. */
export function postNode({ world, posts }: PageStore, post: PagePost): Record<string, unknown> {
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

/** A video and how far it is; asking is a poll. */
export function videoReply(store: PageStore, graph: GraphCall, video: Video): Reply {
  pollVideos(store, video.account)
  const ready = store.posts.isLive(video.post)
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

export function photoReply(graph: GraphCall, photo: Photo): Reply {
  const node = {
    id: photo.id,
    link: `${graph.call.root}/${photo.postId ?? photo.id}`,
    page_story_id: photo.postId,
    alt_text_custom: photo.media.alt,
    created_time: graphTime(photo.at),
  }
  return nodeReply(graph, node, ['created_time'])
}

export function pageReply(graph: GraphCall, { id, name, username }: SandboxAccount): Reply {
  const link = `${graph.call.root}/${username}`
  const tasks = ['CREATE_CONTENT', 'MODERATE', 'ANALYZE']
  return nodeReply(graph, { id, name, username, link, tasks }, ['name'])
}
