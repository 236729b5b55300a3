import type { Reply } from '../frame/exchange.js'
import type { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import type { LiveMedia } from '../types.js'
import { type MetaError, refuseMeta } from './errors.js'

export type ContainerStatus = 'IN_PROGRESS' | 'FINISHED' | 'PUBLISHED' | 'ERROR' | 'EXPIRED'

/** A post in preparation on Instagram or Threads. */
export interface Container {
  id: string
  account: string
  /** `IMAGE`, `REELS`, `CAROUSEL`, `TEXT`, … as the platform names it. */
  type: string
  text: string
  media: LiveMedia[]
  /** Part of a carousel; cannot be published by itself. */
  isChild: boolean
  children: Container[]
  link?: string
  /** Why processing failed, in the platform's words. */
  error?: string
  /** The bytes of a resumable upload are still missing. */
  awaitsUpload?: boolean
  createdAt: number
  polls: number
  publishedId?: string
}

export type PublishRefusals = Record<'notReady' | 'failed' | 'gone' | 'again' | 'quota', MetaError>

const CONTAINER_LIFE_MS = 24 * 3_600_000

/**
 * The containers of one platform. They become ready by being looked at: after
 * `processingPolls` status reads; unpublished ones expire after 24 hours.
 */
export class Containers {
  private readonly byId: Map<string, Container>

  constructor(
    private readonly world: World,
    platform: string,
  ) {
    this.byId = world.keep(`${platform} containers`)
  }

  add(draft: Omit<Container, 'id' | 'createdAt' | 'polls'>): Container {
    const container = { ...draft, id: this.world.nextId(), createdAt: this.world.now(), polls: 0 }
    this.byId.set(container.id, container)
    return container
  }

  /** The account's container; a foreign one is as unknown as one that never was. */
  get(account: string, id: string): Container | undefined {
    const container = this.byId.get(id)
    return container?.account === account ? container : undefined
  }

  statusOf(container: Container): ContainerStatus {
    if (container.publishedId !== undefined) return 'PUBLISHED'
    if (this.world.now() - container.createdAt >= CONTAINER_LIFE_MS) return 'EXPIRED'
    const parts = container.children.map((child) => this.statusOf(child))
    if (container.error !== undefined || parts.includes('ERROR')) return 'ERROR'
    const waiting = container.awaitsUpload || container.polls < this.world.switches.processingPolls
    return waiting || parts.includes('IN_PROGRESS') ? 'IN_PROGRESS' : 'FINISHED'
  }

  /** The status before this look; the look itself brings the container, and its parts, forward. */
  poll(container: Container): ContainerStatus {
    const status = this.statusOf(container)
    if (!container.awaitsUpload) container.polls += 1
    for (const child of container.children) child.polls += 1
    return status
  }

  /**
   * Publishes a container through `addPost`, or answers as the platform does when it cannot be:
   * not ready, failed, expired, over the quota, or already published.
   * @throws Refused
   */
  publish(
    container: Container,
    quota: RollingLimit,
    refusals: PublishRefusals,
    addPost: () => { id: string },
  ): Reply {
    const status = this.statusOf(container)
    const { doublePublish } = this.world.switches
    if (status === 'IN_PROGRESS') throw refuseMeta(refusals.notReady)
    if (status === 'ERROR') throw refuseMeta(refusals.failed)
    if (status === 'EXPIRED') throw refuseMeta(refusals.gone)
    if (status === 'PUBLISHED' && doublePublish === 'error') throw refuseMeta(refusals.again)
    if (status === 'PUBLISHED' && doublePublish === 'same_id') {
      return { status: 200, body: { id: container.publishedId } }
    }
    if (!quota.take(container.account)) throw refuseMeta(refusals.quota)
    const { id } = addPost()
    container.publishedId = id
    for (const child of container.children) child.publishedId = id
    return { status: 200, body: { id } }
  }

  clear(): void {
    this.byId.clear()
  }
}

/** Ids of `children`: a list, or text with commas. */
export function childIds(value: unknown): string[] {
  const list = Array.isArray(value) ? value : String(value ?? '').split(',')
  return list.map((id) => String(id).trim()).filter((id) => id !== '')
}
