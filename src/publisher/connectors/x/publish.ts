import type { Outcome } from '../../core/outcome.js'
import type { Instant } from '../../core/target.js'
import { unreadable } from '../classify.js'
import type { PublishRequest, Steps } from '../connector.js'
import { foundAmong, livePost, matching } from '../match.js'
import { isCredential, notSentUnread } from '../read.js'
import { judge } from './classify.js'
import { readHandles } from './handles.js'
import { readTimeline, wantedPost } from './look.js'
import { postForm } from './render.js'
import { uploadMedia } from './upload.js'
import type { User } from './user.js'
import { created } from './wire.js'

/** One attempt: reads the timeline if it was sent before, uploads, then posts once. */
export async function publish(user: User, request: PublishRequest, steps: Steps): Promise<Outcome> {
  const { content } = request
  const kept = readHandles(request.handles)
  const since = kept.sentAt ?? kept.earlierAt
  const earlier = since === undefined ? undefined : await sentBefore(user, request, since, steps)
  if (earlier) return earlier
  const uploaded = await uploadMedia(user, request, kept, steps)
  if (uploaded.kind !== 'ready') return uploaded
  // Only for the link; a token that is refused here would be refused there too.
  const own = await user.me(steps)
  if (own.kind === 'unread' && isCredential(own.outcome)) return own.outcome

  const call = user.request('POST', 'tweets', { json: postForm(content.text, uploaded.mediaIds) })
  const sent = { ...uploaded.handles, sentAt: kept.sentAt ?? steps.now() }
  const judged = judge(await steps.mutate(call, sent), 'mutation', steps.now())
  if (judged.kind === 'ambiguous' && judged.refusal && kept.sentAt !== undefined) {
    // "The same as before" after an earlier send is a sign that the earlier one is out.
    return { kind: 'ambiguous', reason: judged.reason }
  }
  if (judged.kind !== 'success') return judged
  const parsed = created.safeParse(judged.json)
  if (!parsed.success) return unreadable('X', 'mutation', 'a post id')
  const { id } = parsed.data.data
  return { kind: 'published', remoteId: id, permalink: user.linkTo(id) }
}

/** Nothing is sent a second time before the timeline was read. */
async function sentBefore(
  user: User,
  request: PublishRequest,
  since: Instant,
  steps: Steps,
): Promise<Outcome | undefined> {
  const wanted = wantedPost(request, since)
  const list = await readTimeline(user, steps, wanted)
  if (list.kind === 'unread') return notSentUnread(list)
  const found = foundAmong(matching(list.value, wanted))
  return found && livePost(found)
}
