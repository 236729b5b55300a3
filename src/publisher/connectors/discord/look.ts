import type { Sighting } from '../../core/outcome.js'
import { failureOf } from '../classify.js'
import type { LivePost, Reader, Removal, Steps } from '../connector.js'
import { judge, UNKNOWN_MESSAGE } from './classify.js'
import type { Webhook } from './webhook.js'
import { message } from './wire.js'

/** Whether a message is still there. A webhook can read a message by its id, but list none. */
export async function verify(
  webhook: Webhook,
  { remoteId }: LivePost,
  reader: Reader,
): Promise<Sighting> {
  if (remoteId === undefined) {
    return { kind: 'unknown', how: 'Without its id, a webhook cannot find the message.' }
  }
  const request = webhook.request('GET', `/messages/${encodeURIComponent(remoteId)}`)
  const judged = judge(await reader.read(request), 'other', reader.now())
  if (judged.kind !== 'success') {
    const { reason } = failureOf(judged)
    return reason.code === UNKNOWN_MESSAGE
      ? { kind: 'gone', how: 'Discord does not know the message any more.' }
      : { kind: 'unknown', how: reason.text }
  }
  const parsed = message.safeParse(judged.json)
  if (!parsed.success) return { kind: 'unknown', how: 'Discord answered without the message.' }
  const permalink = webhook.linkTo(parsed.data)
  return { kind: 'live', remoteId, ...(permalink === undefined ? {} : { permalink }) }
}

/** Deletes a message; one that is not there any more counts as removed. */
export async function remove(
  webhook: Webhook,
  remoteId: string,
  steps: Pick<Steps, 'prepare' | 'now'>,
): Promise<Removal> {
  const request = webhook.request('DELETE', `/messages/${encodeURIComponent(remoteId)}`)
  const judged = judge(await steps.prepare(request), 'other', steps.now())
  if (judged.kind === 'success') return { kind: 'removed' }
  const { reason } = failureOf(judged)
  return reason.code === UNKNOWN_MESSAGE ? { kind: 'removed' } : { kind: 'notRemoved', reason }
}
