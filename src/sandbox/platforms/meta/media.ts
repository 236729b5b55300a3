import { inspectMedia, type MediaFacts } from '../frame/media.js'
import type { World } from '../frame/world.js'
import type { LiveMedia } from '../types.js'
import { type MetaError, refuseMeta } from './errors.js'
import type { GraphCall } from './graph.js'
import { textOf } from './graph.js'

export interface TakenMedia {
  media: LiveMedia[]
  /** Why the container will end in error; pictures are judged at once, videos while processing. */
  error?: string
}

export interface MediaRules {
  notFetchable: MetaError
  /** Which parameters must name exactly one address. */
  mediaType: MetaError
  /** Refuses a picture that the platform does not take; `bytes` is its size. */
  checkImage(image: MediaFacts & { kind: 'image' }, bytes: number): void
  videoNotFetched: string
  videoFormat: string
}

/** Fetches what `image_url` or `video_url` names, as Instagram and Threads do for a container. */
export async function takeMedia(
  { params }: GraphCall,
  world: World,
  rules: MediaRules,
): Promise<TakenMedia> {
  const image = textOf(params, 'image_url')
  const video = textOf(params, 'video_url')
  if ((image === undefined) === (video === undefined)) throw refuseMeta(rules.mediaType)
  const alt = textOf(params, 'alt_text')
  const url = image ?? video ?? ''
  const kind = image === undefined ? 'video' : 'image'
  const shown: LiveMedia = { kind, url, ...(alt === undefined ? {} : { alt }) }

  if (!/^https?:\/\//.test(url)) throw refuseMeta(rules.notFetchable)
  const bytes = await world.media.fetch(url).catch(() => null)
  if (bytes === undefined) return { media: [shown] }
  if (bytes === null) {
    if (kind === 'image') throw refuseMeta(rules.notFetchable)
    return { media: [shown], error: rules.videoNotFetched }
  }
  const found = inspectMedia(bytes)
  if (kind === 'video') {
    if (found?.kind !== 'video') return { media: [shown], error: rules.videoFormat }
  } else {
    if (found?.kind !== 'image') throw refuseMeta(rules.notFetchable)
    rules.checkImage(found, bytes.length)
  }
  return { media: [{ ...shown, ...world.media.keep(bytes, kind) }] }
}
