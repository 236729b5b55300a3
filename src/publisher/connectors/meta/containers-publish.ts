import type { Outcome } from '../../core/outcome.js'
import type { Instant } from '../../core/target.js'
import { unreadable } from '../classify.js'
import type { PublishRequest, Steps } from '../connector.js'
import { sentBefore } from '../look.js'
import { foundAmong, livePost, matching, remote } from '../match.js'
import { notSentUnread } from '../read.js'
import {
  afterRemoval,
  type ContainerApi,
  type ContainerHandles,
  readHandles,
  readPost,
  readPosts,
  readState,
  type StateUnread,
  wantedPost,
} from './containers.js'
import { isInDoubt, isNotReady, isUnknown } from './containers-refusal.js'
import { createdId } from './graph.js'

interface Attempt {
  readonly api: ContainerApi
  readonly request: PublishRequest
  readonly steps: Steps
}

/** Containers expire after 24 h; parts that old are not worth building on. */
const PARTS_LIFE_MS = 23 * 3_600_000
/** Media are prepared within five minutes; a container that is not shown for so long is tried. */
const UNSEEN_MS = 10 * 60_000

/**
 * One attempt: makes the containers that are missing, reads where the container stands, and
 * publishes it if it is ready. The same container serves every attempt while it lives, so that its
 * status tells what became of the attempts before.
 * @see Instagram Platform "Content Publishing"; Threads API "Posts"
 */
export async function publishContainer(
  api: ContainerApi,
  request: PublishRequest,
  steps: Steps,
): Promise<Outcome> {
  const attempt = { api, request, steps }
  let handles = readHandles(request.handles)
  if (handles.container === undefined) {
    const earlier = await stillThere(attempt, handles.earlierAt)
    if (earlier) return earlier
    const made = await makeContainers(attempt, handles)
    if ('kind' in made) return made
    handles = made
  }
  return goOn(attempt, handles, handles.container ?? '')
}

/** Nothing is sent for a post that seems gone before the account was read once more. */
async function stillThere(
  { api, request, steps }: Attempt,
  earlierAt: Instant | undefined,
): Promise<Outcome | undefined> {
  if (earlierAt === undefined) return undefined
  return sentBefore(wantedPost(request, earlierAt), (wanted) => readPosts(api, steps, wanted.since))
}

/** Part by part, each saved before the next: an attempt that breaks off goes on where it was. */
async function makeContainers(
  { api, request, steps }: Attempt,
  kept: ContainerHandles,
): Promise<ContainerHandles | Outcome> {
  const plan = api.plan(request.content, (media) => steps.publicUrl(media))
  const stale = kept.createdAt !== undefined && steps.now() - kept.createdAt > PARTS_LIFE_MS
  let handles: ContainerHandles = stale ? { parts: [] } : kept
  while (handles.container === undefined) {
    const part = plan.parts[handles.parts.length]
    const form = part ?? plan.whole(handles.parts)
    const { graph, accountId, edges } = api
    const answer = await steps.prepare(graph.post(`${accountId}/${edges.create}`, form))
    if (isNotReady(api, answer)) return preparing(api)
    const judged = graph.judge(answer, 'other')
    if (judged.kind !== 'success') return judged
    const created = createdId.safeParse(judged.json)
    if (!created.success) return unreadable(graph.platform, 'other', 'a container id')
    const { id } = created.data
    const createdAt = handles.createdAt ?? steps.now()
    handles = part
      ? { ...handles, parts: [...handles.parts, id], createdAt }
      : { ...handles, container: id, createdAt }
    await steps.save(handles)
  }
  return handles
}

async function goOn(attempt: Attempt, handles: ContainerHandles, id: string): Promise<Outcome> {
  const { api, steps } = attempt
  const state = await readState(api, id, steps)
  switch (state.kind) {
    case 'FINISHED':
      return send(attempt, handles, id)
    case 'PUBLISHED':
      return alreadyLive(attempt, handles)
    case 'IN_PROGRESS':
      return preparing(api)
    case 'ERROR':
      return (await sentAlready(attempt, handles)) ?? state.outcome
    case 'EXPIRED': {
      const text = `${api.graph.platform} let the prepared post expire before it was published.`
      const expired: Outcome = { kind: 'transient', reason: { class: 'platform', text } }
      return (await sentAlready(attempt, handles)) ?? { ...expired, discardHandles: true }
    }
    case 'unread':
      return isTried(attempt, handles, state)
        ? tryUnseen(attempt, handles, id)
        : stateUnknown(handles, state)
  }
}

/**
 * Whether a container that is not shown is published all the same: "missing" has been seen to be wrong,
 * and of one that was sent before a person has said since that it is not there.
 */
function isTried(
  { request, steps }: Attempt,
  { createdAt = 0, sentAt }: ContainerHandles,
  { missing }: StateUnread,
): boolean {
  if (!missing) return false
  if (sentAt !== undefined) return sentAt < request.dueSince
  return steps.now() - createdAt >= UNSEEN_MS
}

async function tryUnseen(attempt: Attempt, handles: ContainerHandles, id: string) {
  return (await sentAlready(attempt, handles)) ?? send(attempt, handles, id, true)
}

/** What became of a container may not be its own last word on what was sent with it. */
function sentAlready(attempt: Attempt, { sentAt, earlierAt }: ContainerHandles) {
  return stillThere(attempt, sentAt ?? earlierAt)
}

/** @param unseen the platform does not show the container, so that "unknown" is its last word on it */
async function send(
  attempt: Attempt,
  handles: ContainerHandles,
  id: string,
  unseen = false,
): Promise<Outcome> {
  const { api, steps } = attempt
  const { graph, accountId, edges } = api
  const sent = { ...handles, sentAt: handles.sentAt ?? steps.now() }
  const call = graph.post(`${accountId}/${edges.publish}`, { creation_id: id })
  const answer = await steps.mutate(call, sent)
  const mayWait = handles.sentAt === undefined && isNotReady(api, answer)
  if (unseen && isUnknown(api, answer) && !mayWait) {
    await steps.save(afterRemoval(sent, handles.earlierId))
    const text = `${graph.platform} does not know the prepared post any more; it is prepared again.`
    return { kind: 'transient', reason: { class: 'platform', text } }
  }
  if (isNotReady(api, answer)) {
    const state = await readState(api, id, steps)
    if (state.kind === 'PUBLISHED') return alreadyLive(attempt, sent)
    // In doubt only the container's own word that it is not ready counts.
    if (state.kind === 'IN_PROGRESS' || !isInDoubt(answer)) return preparing(api)
  }
  const judged = graph.judge(answer, 'mutation')
  if (judged.kind !== 'success') return judged
  const created = createdId.safeParse(judged.json)
  if (!created.success) return unreadable(graph.platform, 'mutation', 'a post id')
  const remoteId = created.data.id
  const read = await readPost(api, steps, remoteId)
  return livePost({ ...(read.kind === 'read' ? remote(read.value) : {}), remoteId })
}

/** The platform says it is published; which post it became is worth one look, not more. */
async function alreadyLive({ api, request, steps }: Attempt, handles: ContainerHandles) {
  const wanted = wantedPost({ ...request, handles }, steps.now())
  const list = await readPosts(api, steps, wanted.since)
  return livePost((list.kind === 'read' && foundAmong(matching(list.value, wanted))) || {})
}

function preparing({ graph }: ContainerApi): Outcome {
  return { kind: 'accepted', stage: 'preparing', note: `${graph.platform} is preparing the media.` }
}

/**
 * A container that was never sent can be asked after again. One that was sent before must not be
 * given up for a new one when the wait is over, so that is an attempt that did not work.
 */
function stateUnknown({ sentAt }: ContainerHandles, unread: StateUnread): Outcome {
  const outcome = notSentUnread(unread)
  const waits = outcome.kind === 'transient' && outcome.scope !== 'account'
  return waits && sentAt === undefined
    ? { kind: 'accepted', stage: 'preparing', note: outcome.reason.text }
    : outcome
}
