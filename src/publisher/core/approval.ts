import type { Reason } from './outcome.js'
import type { Policy } from './retry.js'
import type { Actor, Instant, StateOf } from './target.js'

type Held = StateOf<'held'>

/**
 * The state of content that waits for somebody other than `by`. A scheduled one can be approved until
 * its time and the grace period are over, any other for `waitMs`.
 */
export function awaitApproval(
  at: Instant,
  asked: { by: Actor; waitMs: number; publishAt?: Instant | undefined },
  { graceMs }: Pick<Policy, 'graceMs'>,
): Held {
  const { by, waitMs, publishAt } = asked
  const expiresAt = publishAt === undefined ? at + waitMs : Math.max(at, publishAt) + graceMs
  return {
    status: 'held',
    hold: 'approval',
    reason: {
      class: 'approval',
      text: `Somebody other than ${by.name ?? by.id} has to approve it before it is sent.`,
      next: 'Approve sends it at its time; a change of the text asks again.',
    },
    heldAt: at,
    ...(publishAt === undefined ? {} : { publishAt }),
    request: { by, waitMs, expiresAt },
  }
}

/** The same when nobody has approved it in time. */
export function expireApproval(state: Held, at: Instant): Held {
  const { expiresAt: _over, ...request } = state.request ?? { by: NOBODY, waitMs: 0 }
  const { publishAt: _missed, ...rest } = state
  return { ...rest, reason: EXPIRED, heldAt: at, request }
}

const NOBODY: Actor = { kind: 'bot', id: 'pressroom', name: 'Pressroom' }

const EXPIRED: Reason = {
  class: 'approval',
  text: 'Nobody approved it in time, so it was not sent.',
  next: 'Reschedule asks for an approval again; or cancel it.',
}
