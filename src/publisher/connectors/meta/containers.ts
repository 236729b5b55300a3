import { z } from 'zod'
import type { Outcome, Reason } from '../../core/outcome.js'
import type { Handles, Instant } from '../../core/target.js'
import type { Content, Media, PublishRequest, Reader } from '../connector.js'
import { CLOCK_SKEW_MS, type Wanted } from '../match.js'
import type { Listed, Read, Unread } from '../read.js'
import type { GraphError, Meaning } from './errors.js'
import { type Graph, readList, readObject } from './graph.js'

type Form = Readonly<Record<string, string>>

/** The containers a content needs: those of its parts, and the one that is published. */
export interface ContainerPlan {
  readonly parts: readonly Form[]
  whole(partIds: readonly string[]): Form
}

/** Where a container stands; Instagram and Threads use the same words. */
export type ContainerState =
  | { readonly kind: 'IN_PROGRESS' | 'FINISHED' | 'PUBLISHED' | 'EXPIRED' }
  /** The outcome tells whether the same media may be tried again. */
  | { readonly kind: 'ERROR'; readonly outcome: FailedContainer }

export type FailedContainer = Extract<Outcome, { kind: 'permanent' | 'transient' }>

/** Where Instagram and Threads differ. */
export interface ContainerApi {
  readonly graph: Graph
  readonly accountId: string
  plan(content: Content, urlOf: (media: Media) => string): ContainerPlan
  /** Names of the account's edges. */
  readonly edges: {
    readonly create: string
    readonly publish: string
    readonly posts: string
    readonly quota: string
  }
  readonly container: { readonly fields: string; readonly schema: z.ZodType<ContainerState> }
  readonly post: { readonly fields: string; readonly schema: z.ZodType<Listed> }
  /** A refusal that only means "not yet": nothing was published. */
  isNotReady(error: GraphError): boolean
  /** A refusal of a container that is not known, or not any more. */
  isUnknown(error: GraphError): boolean
}

const handles = z.object({
  parts: z.array(z.string()).catch([]),
  container: z.string().optional().catch(undefined),
  /** When the oldest of them was made. */
  createdAt: z.number().optional().catch(undefined),
  /** The first time this container was sent to be published. */
  sentAt: z.number().optional().catch(undefined),
  /** When a post was first sent that is gone since: it may only have been out of sight. */
  earlierAt: z.number().optional().catch(undefined),
  earlierId: z.string().optional().catch(undefined),
})
export type ContainerHandles = z.infer<typeof handles>

export function readHandles(stored: unknown): ContainerHandles {
  return handles.parse(stored)
}

/** A container that was published speaks for the post that is gone, and cannot be published again. */
export function afterRemoval(stored: unknown, earlierId: string | undefined): Handles {
  const { sentAt, earlierAt } = readHandles(stored)
  return { parts: [], earlierAt: sentAt ?? earlierAt, earlierId }
}

/** `missing` is the platform's own word, and has been seen to be wrong. */
export type StateUnread = Unread & { readonly missing?: true }

/** The documented answer to a lost publish is the container's own status. */
export async function readState(
  { graph, container }: ContainerApi,
  id: string,
  reader: Reader,
): Promise<ContainerState | StateUnread> {
  const read = await readObject(graph, reader, id, { fields: container.fields }, container.schema)
  if (read.kind === 'read') return read.value
  if (read.kind === 'unread') return read
  const text = `${graph.platform} does not show the prepared post.`
  const outcome: Outcome = { kind: 'transient', reason: { class: 'platform', text } }
  return { kind: 'unread', outcome, missing: true }
}

export function readPost({ graph, post }: ContainerApi, reader: Reader, id: string) {
  return readObject(graph, reader, id, { fields: post.fields }, post.schema)
}

/** What this content looks like in the list, if it was first sent then or earlier. */
export function wantedPost(
  { content, handles: stored, otherRemoteIds }: PublishRequest,
  since: Instant,
): Wanted {
  const { sentAt = since, earlierId } = readHandles(stored)
  const others = otherRemoteIds ?? new Set()
  return { text: content.text, since: Math.min(sentAt, since), others, earlierId }
}

/** The account's posts since then; a container has no edge to the post it became. */
export function readPosts(
  { graph, accountId, edges, post }: ContainerApi,
  reader: Reader,
  since: Instant,
): Promise<Read<readonly Listed[]>> {
  const from = String(Math.floor((since - 2 * CLOCK_SKEW_MS) / 1000))
  const params = { fields: post.fields, since: from, limit: '100' }
  return readList(graph, reader, `${accountId}/${edges.posts}`, params, post.schema)
}

/** A container that failed: by what its error means, the media is refused or may be tried again. */
export function failedContainer(
  platform: string,
  meaning: Meaning | undefined,
  code: string,
): FailedContainer {
  const what = meaning && 'text' in meaning ? meaning.text : undefined
  const reason: Reason = {
    class: meaning && 'class' in meaning ? meaning.class : 'media',
    text: `${platform} ${what ?? 'could not process the media'}.`,
    ...(code === '' ? {} : { code }),
    ...(meaning && 'next' in meaning && meaning.next ? { next: meaning.next } : {}),
  }
  const kind = meaning?.kind === 'refused' ? 'permanent' : 'transient'
  return { kind, reason, discardHandles: true }
}
