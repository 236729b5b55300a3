import type { Instant } from '../publisher/core/target.js'
import type { StoredTarget } from '../store/stored-target.js'
import { approveValue } from './approve-value.js'
import { plural } from './wording.js'

export type ActionId =
  | 'retry_failed'
  | 'confirm_live'
  | 'deny_live'
  | 'edit_retry'
  | 'check_credentials'
  | 'add_note'
  | 'cancel'
  | 'publish_now'
  | 'resolve_note'
  | 'delete_copy'
  | 'keep_copies'
  | 'reschedule'
  | 'approve'

export interface Button {
  readonly action: ActionId
  /** The post or target it is about; Approve also carries what was seen of it. */
  readonly value: string
  /** For a verdict: when it was asked for, so that no later question is answered by it. */
  readonly askedAt?: Instant
  readonly label: string
  readonly style?: 'primary' | 'danger'
  /** Asked before a heavy press takes effect. */
  readonly confirm?: { readonly title: string; readonly text: string; readonly yes: string }
}

/** Whether the post's own Retry failed may touch it: what was removed is sent again only by its own button. */
export function retriedWithPost({ target: { state } }: StoredTarget): boolean {
  return state.status === 'failed' && state.reason.class !== 'removed'
}

/** Whether somebody can let it go on by approving it. */
export function awaitsApproval({ target: { state } }: StoredTarget): boolean {
  return (
    state.status === 'held' && state.hold === 'approval' && state.request?.expiresAt !== undefined
  )
}

/** Whether a person can still stop it. */
export function cancellable({ target: { state } }: StoredTarget): boolean {
  return ['scheduled', 'queued', 'waiting', 'held'].includes(state.status)
}

/** What can be done with the post as a whole. */
export function postButtons(postId: string, targets: readonly StoredTarget[]): Button[] {
  const stoppable = targets.filter(cancellable).length
  const asked = targets.some(awaitsApproval)
  const ahead = targets.some(({ target }) => target.state.status === 'scheduled')
  return [
    ...(targets.some(retriedWithPost)
      ? [
          {
            action: 'retry_failed',
            value: postId,
            label: 'Retry failed',
            style: 'primary',
          } as const,
        ]
      : []),
    ...(asked ? [approveButton(postId, targets)] : []),
    ...(ahead ? [{ action: 'reschedule', value: postId, label: 'Reschedule' } as const] : []),
    ...(stoppable > 0
      ? [
          {
            action: 'cancel',
            value: postId,
            label: 'Cancel',
            confirm: {
              title: 'Cancel this post?',
              text: `${plural(stoppable, 'target')} not sent yet will be stopped. What is live stays live.`,
              yes: 'Cancel the post',
            },
          } as const,
        ]
      : []),
  ]
}

/** Failures of the content: sending the same again cannot help, so editing comes first. */
const EDIT_FIRST = new Set(['validation', 'media', 'policy', 'duplicate'])
const EDIT_TOO = new Set(['stale', 'removed', 'unknown'])

/** What can be done with a target in the state it is in. */
export function targetButtons(stored: StoredTarget): Button[] {
  const { id: value, account, target } = stored
  const { state } = target
  const note = { action: 'add_note', value, label: 'Add note' } as const
  const check = { action: 'check_credentials', value, label: 'Check credentials' } as const
  const cancel = cancellable(stored) ? [cancelButton(value, account)] : []
  const edit = { action: 'edit_retry', value, label: 'Edit' } as const
  const reschedule = { action: 'reschedule', value, label: 'Reschedule' } as const
  switch (state.status) {
    case 'scheduled':
      return [publishNow(value, account), reschedule, edit, ...cancel]
    case 'queued':
      return cancel
    case 'waiting':
      return [publishNow(value, account), reschedule, ...cancel, check, note]
    case 'held':
      return [
        ...(state.hold === 'account' ? [{ ...check, style: 'primary' } as const] : []),
        ...(awaitsApproval(stored) ? [approveButton(value, [stored])] : []),
        ...(state.hold === 'approval' ? [] : [publishNow(value, account)]),
        reschedule,
        ...(state.hold === 'account' ? [] : [edit]),
        ...cancel,
        note,
      ]
    case 'unconfirmed':
      return [
        {
          action: 'confirm_live',
          value,
          askedAt: state.askedAt,
          label: "I confirmed it's live",
          style: 'primary',
        },
        {
          action: 'deny_live',
          value,
          askedAt: state.askedAt,
          label: "It's not there",
          confirm: {
            title: 'Not there?',
            text: `Only if you looked at ${account} and it is not there. It counts as failed then, and can be sent again.`,
            yes: "It's not there",
          },
        },
        note,
      ]
    case 'failed':
      return [...failedButtons(state.reason.class, value, account), check, note]
    case 'published':
      // What went wrong before is best written down when it is over.
      return target.attempt > 1 || state.how === 'found' ? [note] : []
    default:
      return []
  }
}

function failedButtons(reasonClass: string, value: string, account: string): Button[] {
  const edit = { action: 'edit_retry', value, label: 'Edit and retry' } as const
  const retry = { action: 'retry_failed', value, label: 'Retry failed' } as const
  if (EDIT_FIRST.has(reasonClass)) return [{ ...edit, style: 'primary' }, retry]
  if (reasonClass === 'removed') {
    return [
      {
        ...retry,
        style: 'danger',
        confirm: {
          title: 'Publish it again?',
          text: `It was live on ${account} and is gone. If somebody deleted it on purpose, leave it.`,
          yes: 'Publish it again',
        },
      },
      edit,
    ]
  }
  const first = { ...retry, style: 'primary' } as const
  return EDIT_TOO.has(reasonClass) ? [first, edit] : [first]
}

/** @param shown what is approved with it */
function approveButton(id: string, shown: readonly StoredTarget[]): Button {
  const value = approveValue(id, shown)
  return { action: 'approve', value, label: 'Approve', style: 'primary' }
}

function publishNow(value: string, account: string): Button {
  return {
    action: 'publish_now',
    value,
    label: 'Publish now',
    confirm: {
      title: 'Publish now?',
      text: `It is sent to ${account} at once.`,
      yes: 'Publish now',
    },
  }
}

function cancelButton(value: string, account: string): Button {
  return {
    action: 'cancel',
    value,
    label: 'Cancel',
    confirm: {
      title: 'Cancel?',
      text: `It will not be sent to ${account}.`,
      yes: 'Cancel it',
    },
  }
}
