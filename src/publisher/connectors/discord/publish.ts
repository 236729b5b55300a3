import type { Outcome } from '../../core/outcome.js'
import { unreadable } from '../classify.js'
import type { PublishRequest, Steps } from '../connector.js'
import { isCredential } from '../read.js'
import { judge } from './classify.js'
import { messageBody } from './render.js'
import type { Webhook } from './webhook.js'
import { message } from './wire.js'

/** One attempt: everything goes with one call; only the channel's address is asked for before. */
export async function publish(
  webhook: Webhook,
  { content }: PublishRequest,
  steps: Steps,
): Promise<Outcome> {
  // Only for the link; a token that is refused here would be refused there too.
  const info = await webhook.info(steps)
  if (info.kind === 'unread' && isCredential(info.outcome)) return info.outcome
  const files: Uint8Array[] = []
  for (const media of content.media) files.push(await steps.bytes(media))

  // Without `wait` Discord neither says whether the message was saved nor names it.
  const call = webhook.request('POST', '?wait=true', messageBody(content, files))
  const judged = judge(await steps.mutate(call), 'mutation', steps.now())
  if (judged.kind !== 'success') return judged
  const parsed = message.safeParse(judged.json)
  if (!parsed.success) return unreadable('Discord', 'mutation', 'a message id')
  const permalink = webhook.linkTo(parsed.data)
  return {
    kind: 'published',
    remoteId: parsed.data.id,
    ...(permalink === undefined ? {} : { permalink }),
  }
}
