import { z } from 'zod'
import type { Finding, Sighting } from '../../core/outcome.js'
import type { CredentialCheck, Doubt, LivePost, Reader } from '../connector.js'
import { findNamed, verifyInList } from '../look.js'
import { foundAmong, matching, namedIds } from '../match.js'
import { notLooked } from '../read.js'
import {
  afterRemoval,
  type ContainerApi,
  readHandles,
  readPost,
  readPosts,
  readState,
  wantedPost,
} from './containers.js'
import { checkToken } from './graph.js'

/**
 * What happened to a doubtful attempt: the container's own word first, then the list. A container
 * that stays FINISHED was most likely not published; no document calls that proof at once, so it
 * has to stay so, and even then only the same container is sent again.
 */
export async function lookUpContainer(
  api: ContainerApi,
  doubt: Doubt,
  reader: Reader,
): Promise<Finding> {
  const { platform } = api.graph
  const named = await findNamed(namedIds(doubt.evidence), (id) => readPost(api, reader, id))
  if (named) return named
  const { container } = readHandles(doubt.handles)
  const state = container === undefined ? undefined : await readState(api, container, reader)
  const wanted = wantedPost(doubt, doubt.mutationAt)
  const list = await readPosts(api, reader, wanted.since)
  const listed = list.kind === 'read' ? foundAmong(matching(list.value, wanted)) : undefined
  if (state?.kind === 'PUBLISHED') {
    return { ...listed, kind: 'found', how: `${platform} says that it is published.` }
  }
  if (listed) return listed
  if (state?.kind === 'unread') return notLooked(state)
  if (list.kind === 'unread') return notLooked(list)
  switch (state?.kind) {
    case 'FINISHED':
      return {
        kind: 'absent',
        proof: 'settled',
        how: `${platform} still holds the prepared post, and the account does not show it.`,
      }
    case 'ERROR':
    case 'EXPIRED': {
      const how = `${platform} gave the prepared post up, and the account does not show it.`
      return { kind: 'absent', proof: 'settled', how, discardHandles: true }
    }
    default:
      return { kind: 'unclear', how: `${platform} is still working on the prepared post.` }
  }
}

/** Whether a live post is still there, and alone; without its id the container's word counts. */
export async function verifyContainer(
  api: ContainerApi,
  post: LivePost,
  reader: Reader,
): Promise<Sighting> {
  const { remoteId } = post
  const sighting = await verifyInList(post, {
    readOne: (id) => readPost(api, reader, id),
    readList: ({ since }) => readPosts(api, reader, since),
    wantedSince: (since) => wantedPost(post, since),
    handles: afterRemoval(post.handles, remoteId),
  })
  const { container } = readHandles(post.handles)
  if (sighting.kind !== 'unknown' || remoteId !== undefined || container === undefined) {
    return sighting
  }
  const state = await readState(api, container, reader)
  return state.kind === 'PUBLISHED' ? { kind: 'live' } : sighting
}

const quota = z.object({
  data: z.array(
    z.object({ quota_usage: z.number(), config: z.object({ quota_total: z.number() }) }),
  ),
})

/**
 * Checks the token, and warns when the day's quota is used up. Reading the quota takes the permission
 * to publish, so being refused that one is a refusal; any other trouble with it is no fault.
 */
export async function checkContainerAccount(
  api: ContainerApi,
  reader: Reader,
): Promise<CredentialCheck> {
  const { graph, accountId, edges } = api
  const check = await checkToken(graph, reader, accountId, 'username')
  if (check.kind !== 'ok') return check
  const request = graph.get(`${accountId}/${edges.quota}`, { fields: 'quota_usage,config' })
  const judged = graph.judge(await reader.read(request), 'other')
  if (judged.kind === 'permanent' && judged.reason.class === 'permission') {
    return { kind: 'refused', reason: judged.reason }
  }
  const [day] = (judged.kind === 'success' && quota.safeParse(judged.json).data?.data) || []
  if (!day || day.quota_usage < day.config.quota_total) return check
  const { quota_usage: used, config } = day
  return {
    ...check,
    warning: `${graph.platform} has published ${used} of ${config.quota_total} posts in 24 hours.`,
  }
}
