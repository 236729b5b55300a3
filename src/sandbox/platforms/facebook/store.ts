import { Posts, type StoredPost } from '../frame/posts.js'
import type { World } from '../frame/world.js'
import type { MetaError } from '../meta/errors.js'
import type { LiveMedia } from '../types.js'

export const DUPLICATE: MetaError = { code: 506, message: 'Duplicate status message' }

export interface PagePost extends StoredPost {
  link?: string
  photos: string[]
  scheduledAt?: number
}

export interface Photo {
  id: string
  account: string
  at: number
  media: LiveMedia
  postId?: string
}

export interface Video {
  id: string
  account: string
  polls: number
  goesLive: boolean
  post: PagePost
}

/** What the sandbox's Pages hold. */
export interface PageStore {
  world: World
  posts: Posts<PagePost>
  photos: Map<string, Photo>
  videos: Map<string, Video>
}

export function createPageStore(world: World): PageStore {
  const posts = new Posts<PagePost>(
    world.now,
    world.switches.listLagMs,
    world.keep('facebook posts'),
  )
  return {
    world,
    posts,
    photos: world.keep('facebook photos'),
    videos: world.keep('facebook videos'),
  }
}

/** Every look at a Page counts as a poll of the videos it is still processing. */
export function pollVideos({ world, videos }: PageStore, account: string): void {
  for (const video of videos.values()) {
    if (video.account !== account || !video.goesLive || video.post.liveAt !== undefined) continue
    if (video.polls >= world.switches.processingPolls) video.post.liveAt = world.now()
    video.polls += 1
  }
}
