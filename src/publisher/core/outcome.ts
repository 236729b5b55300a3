import type { Handles } from './target.js'

/** What kind of failure it is; decides what the thread offers and what the scorecard groups by. */
export type FailureClass =
  | 'auth' // the credential is refused or has expired
  | 'permission' // the credential works but may not do this
  | 'validation' // the platform refuses the content
  | 'media' // the platform refuses or cannot process the media
  | 'duplicate' // the platform says it has this content already
  | 'rate_limit' // too many requests, or the day's quota is used up
  | 'policy' // blocked, restricted or flagged by the platform
  | 'platform' // the platform is down or answers nonsense
  | 'network' // nothing reached the platform
  | 'stale' // too late to be worth sending
  | 'approval' // somebody has to approve it first
  | 'denied' // a person looked and said it is not there
  | 'removed' // it was live and is gone from the platform
  | 'unknown'

/** Why something is as it is, in words for people, and what they can do about it. */
export interface Reason {
  readonly class: FailureClass
  /** One plain sentence without secrets. */
  readonly text: string
  /** What a person can do next, one plain sentence. */
  readonly next?: string
  /** The platform's own code, such as `190/463` or `429`. */
  readonly code?: string
}

export function isRateLimit(reason: Reason | undefined): boolean {
  return reason?.class === 'rate_limit'
}

/** What one attempt taught us. */
export type Outcome =
  | {
      readonly kind: 'published'
      /** Absent when the platform says "published" without naming the post (Instagram containers). */
      readonly remoteId?: string
      readonly permalink?: string
    }
  | {
      readonly kind: 'accepted'
      /**
       * `preparing`: nothing is public yet, `publish` continues from the saved handles.
       * `finishing`: the mutation was accepted, `poll` tells how it ends.
       */
      readonly stage: 'preparing' | 'finishing'
      readonly note: string
      /** Only when the platform itself names a wait, in milliseconds. */
      readonly pollAfterMs?: number
    }
  | {
      readonly kind: 'transient'
      readonly reason: Reason
      readonly retryAfterMs?: number
      /** `account`: every target of the account waits (a rate limit). */
      readonly scope?: 'target' | 'account'
      /** The handles are worthless now (an expired container). */
      readonly discardHandles?: boolean
    }
  | {
      readonly kind: 'permanent'
      readonly reason: Reason
      readonly discardHandles?: boolean
    }
  | {
      readonly kind: 'ambiguous'
      readonly reason: Reason
      /**
       * The platform refused in its own words, but is known to refuse what it has accepted:
       * look first, and if nothing is found this is the answer. A rate limit is waited out then,
       * anything else is final.
       */
      readonly refusal?: Reason
      /** How long a `refusal` that is a rate limit pauses the account; looks go on meanwhile. */
      readonly retryAfterMs?: number
      /** A post named by the platform, to be looked at (LinkedIn's duplicate refusal). */
      readonly remoteId?: string
    }

/** What a look-up found. */
export type Finding =
  | {
      readonly kind: 'found'
      readonly remoteId?: string
      readonly permalink?: string
      /** More live posts with the same content since the attempt: a duplicate incident. */
      readonly copies?: readonly RemotePost[]
      readonly how: string
    }
  | {
      readonly kind: 'absent'
      /**
       * `conclusive`: this platform's rule proves it at once.
       * `settled`: counts only when it stays so through every look-up.
       */
      readonly proof: 'conclusive' | 'settled'
      readonly how: string
      readonly discardHandles?: boolean
    }
  /** The platform cannot prove absence, or its answer does not decide. */
  | { readonly kind: 'unclear'; readonly how: string }
  /** The look-up itself did not work. */
  | {
      readonly kind: 'error'
      readonly reason: Reason
      readonly retryAfterMs?: number
    }

export interface RemotePost {
  readonly remoteId: string
  readonly permalink?: string
}

/** What looking again at a live post showed. */
export type Sighting =
  | {
      readonly kind: 'live'
      readonly remoteId?: string
      readonly permalink?: string
      /** The account's list shows it, and no second one like it. */
      readonly alone?: true
    }
  | { readonly kind: 'duplicated'; readonly copies: readonly RemotePost[] }
  | {
      readonly kind: 'gone'
      readonly how: string
      /** What one more attempt may go on from: nothing that would speak for the post that is gone. */
      readonly handles?: Handles
    }
  | { readonly kind: 'unknown'; readonly how: string }
