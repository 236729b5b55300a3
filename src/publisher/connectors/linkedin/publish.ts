import type { Outcome } from '../../core/outcome.js'
import type { Instant } from '../../core/target.js'
import { unreadable } from '../classify.js'
import type { PublishRequest, Steps } from '../connector.js'
import { sentBefore } from '../look.js'
import { judge } from './classify.js'
import { readHandles } from './handles.js'
import { isClosed, readPosts, wantedPost } from './look.js'
import type { Page } from './page.js'
import { postBody } from './render.js'
import { uploadMedia } from './upload.js'
import { POST_URN } from './wire.js'

/**
 * One attempt: reads the organisation's posts if it was sent before, uploads, then posts once.
 * @param canRead whether the author's posts can be read at all
 */
export async function publish(
  page: Page,
  request: PublishRequest,
  steps: Steps,
  canRead: boolean,
): Promise<Outcome> {
  const kept = readHandles(request.handles)
  const again = kept.sentAt !== undefined
  const since = kept.sentAt ?? kept.earlierAt
  const reads = since !== undefined && canRead
  const earlier = reads ? await leftBefore(page, request, since, steps) : CLOSED
  if (earlier.kind !== 'closed' && earlier.kind !== 'notThere') return earlier
  const uploaded = await uploadMedia(page, request, kept, steps)
  if (uploaded.kind !== 'ready') return uploaded

  const json = postBody(page.author, request.content, uploaded)
  const sent = { ...uploaded.handles, sentAt: kept.sentAt ?? steps.now() }
  const answer = await steps.mutate(page.request('POST', 'rest/posts', { json }), sent)
  const judged = judge(answer, 'mutation', steps.now())
  if (judged.kind === 'ambiguous' && judged.refusal && again) {
    return refusedAgain(page, request, judged, earlier.kind !== 'closed')
  }
  if (judged.kind !== 'success') return judged
  const urn = judged.headers['x-restli-id']
  if (urn === undefined || !POST_URN.test(urn)) {
    return unreadable('LinkedIn', 'mutation', 'the URN of the post')
  }
  return { kind: 'published', remoteId: urn, permalink: page.linkTo(urn) }
}

/** `closed`: the posts cannot be read at all, which is no reason not to send. */
type Earlier = Outcome | { readonly kind: 'notThere' } | { readonly kind: 'closed' }

const CLOSED: Earlier = { kind: 'closed' }

/** What an earlier attempt left, where the page can be read. */
async function leftBefore(
  page: Page,
  request: PublishRequest,
  since: Instant,
  steps: Steps,
): Promise<Earlier> {
  const wanted = wantedPost(request, since)
  const list = await readPosts(page, steps, wanted.since)
  if (list.kind === 'unread' && isClosed(list)) return CLOSED
  return (await sentBefore(wanted, async () => list)) ?? { kind: 'notThere' }
}

/**
 * A duplicate of what we had sent before: a sign that the earlier one is out. Where nothing can be
 * read, the URN in the refusal is the only word there is on that, and it is LinkedIn's own.
 */
function refusedAgain(
  page: Page,
  { otherRemoteIds }: PublishRequest,
  { reason, remoteId }: Extract<Outcome, { kind: 'ambiguous' }>,
  canRead: boolean,
): Outcome {
  if (remoteId === undefined || otherRemoteIds?.has(remoteId)) return { kind: 'ambiguous', reason }
  return canRead
    ? { kind: 'ambiguous', reason, remoteId }
    : { kind: 'published', remoteId, permalink: page.linkTo(remoteId) }
}
