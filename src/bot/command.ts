import { readApproveValue } from './approve-value.js'
import type { FieldProblem } from './reply.js'
import { readVerdictValue } from './verdict-value.js'

export interface MediaSource {
  /** `upload`: a file the person gave to the chat itself, which the chat lets us read. */
  readonly from: 'url' | 'upload'
  readonly url: string
  readonly filename?: string
  readonly alt?: string
}

export interface Publish {
  readonly kind: 'publish'
  readonly text: string
  /** Texts of their own, by account name. */
  readonly texts: Readonly<Record<string, string>>
  /** Account names as written; undefined means the channel's. */
  readonly targets?: readonly string[]
  readonly media: readonly MediaSource[]
  readonly when?: WhenAsked
}

/** A time as a person wrote it, or as they picked it. */
export type WhenAsked =
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'instant'; readonly at: number }

type Body =
  | Publish
  | { readonly kind: 'openForm' }
  | { readonly kind: 'status'; readonly id?: string }
  | { readonly kind: 'retry'; readonly id: string }
  | { readonly kind: 'cancel'; readonly id: string }
  | { readonly kind: 'accounts' }
  /** `id`: the post that the link is a copy of. */
  | { readonly kind: 'duplicate'; readonly link: string; readonly id?: string }
  | { readonly kind: 'help' }
  | { readonly kind: 'scorecard'; readonly period: string }
  // Clicks: the id is that of a post or of a target.
  | { readonly kind: 'retryFailed'; readonly id: string }
  /** `askedAt`: when the question was asked; without it, the button does not tell. */
  | { readonly kind: 'confirmLive'; readonly id: string; readonly askedAt?: number }
  | { readonly kind: 'denyLive'; readonly id: string; readonly askedAt?: number }
  | { readonly kind: 'editRetry'; readonly id: string }
  | { readonly kind: 'checkCredentials'; readonly id: string }
  | { readonly kind: 'addNote'; readonly id: string }
  | { readonly kind: 'addLink'; readonly id: string }
  | { readonly kind: 'deleteCopy'; readonly id: string }
  | { readonly kind: 'keepCopies'; readonly id: string }
  /** The id is that of a note. */
  | { readonly kind: 'resolveNote'; readonly id: string }
  | { readonly kind: 'publishNow'; readonly id: string }
  | { readonly kind: 'reschedule'; readonly id: string }
  /** `seen`: what the card showed; without it, it is a card of an older version. */
  | { readonly kind: 'approve'; readonly id: string; readonly seen?: string }
  | { readonly kind: 'publishAnyway'; readonly id: string }
  // Submitted forms.
  | { readonly kind: 'editSubmitted'; readonly id: string; readonly text: string }
  | {
      readonly kind: 'noteSubmitted'
      readonly id: string
      readonly text: string
      /** `kind`: about this kind of failure on any account of the platform. */
      readonly about?: 'account' | 'kind'
    }
  | { readonly kind: 'linkSubmitted'; readonly id: string; readonly link: string }
  | { readonly kind: 'rescheduleSubmitted'; readonly id: string; readonly when: WhenAsked }
  // What cannot be carried out.
  | {
      readonly kind: 'malformed'
      readonly problems: readonly FieldProblem[]
      readonly written: string
    }
  | { readonly kind: 'unsupported'; readonly what: string }

export type CommandBody = Body

/**
 * What a person asked for, whatever chat they asked in.
 * `key` is the same for every redelivery of the same command or click: the chat's name and its
 * trigger or interaction id.
 */
export type Command = Body & { readonly key: string }

/** The buttons of messages and what they ask for; `cancel` also drops a draft. */
export const ACTIONS = {
  retry_failed: 'retryFailed',
  confirm_live: 'confirmLive',
  deny_live: 'denyLive',
  edit_retry: 'editRetry',
  check_credentials: 'checkCredentials',
  add_note: 'addNote',
  add_link: 'addLink',
  resolve_note: 'resolveNote',
  delete_copy: 'deleteCopy',
  keep_copies: 'keepCopies',
  cancel: 'cancel',
  publish_now: 'publishNow',
  reschedule: 'reschedule',
  approve: 'approve',
  publish_anyway: 'publishAnyway',
} as const
export type ActionId = keyof typeof ACTIONS

/** @param askedAt for a verdict: when it was asked for, where the value does not say it */
export function commandOfAction(action: string, value: string, askedAt?: number): CommandBody {
  if (action === 'approve') return { kind: 'approve', ...readApproveValue(value) }
  if (action === 'confirm_live' || action === 'deny_live') {
    const asked = askedAt === undefined ? {} : { askedAt }
    return { kind: ACTIONS[action], ...asked, ...readVerdictValue(value) }
  }
  return Object.hasOwn(ACTIONS, action)
    ? { kind: ACTIONS[action as ActionId], id: value }
    : { kind: 'unsupported', what: `the button ${action}` }
}
