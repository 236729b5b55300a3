import type { Outcome } from '../../core/outcome.js'
import { unreadable } from '../classify.js'
import type { PublishRequest, Steps } from '../connector.js'
import { sentBefore } from '../look.js'
import type { Wanted } from '../match.js'
import { isCredential } from '../read.js'
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
  if (since !== undefined) {
    const readList = (wanted: Wanted) => readTimeline(user, steps, wanted)
    const earlier = await sentBefore(wantedPost(request, since), readList)
    if (earlier) return earlier
  }
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
