import type { Finding, Outcome, Reason, RemotePost, Sighting } from './outcome.js'

/** Milliseconds since 1970, by the store's clock. */
export type Instant = number

/** What a preparing call left behind (container id, blob, upload session): plain JSON. */
export type Handles = Readonly<Record<string, unknown>>

/** One line of what we know about an attempt whose end is in doubt. */
export interface Evidence {
  readonly at: Instant
  readonly text: string
  /** A post id that an answer named, even if the answer came too late to count. */
  readonly remoteId?: string
  readonly permalink?: string
  /** It is an answer to our own request: the post that it names is the one that was sent. */
  readonly answered?: true
}

/** What another worker reported late about an attempt; see `decideLateAnswer`. */
export interface LateReport {
  /** It is what a look-up found, and no answer of the platform to the attempt. */
  readonly seen?: true
  readonly outcome: Outcome
  /** The attempt that it is about. */
  readonly attempt: number
  /** When what the answer is about began, if that is known. */
  readonly mutationAt?: Instant
}

/** Who did something: a person in a chat, an automation, or Pressroom itself. */
export interface Actor {
  readonly kind: 'person' | 'api' | 'bot'
  readonly id: string
  readonly name?: string
}

export type TargetState =
  | { readonly status: 'scheduled'; readonly publishAt: Instant }
  | {
      readonly status: 'queued'
      readonly dueAt: Instant
      /** A person pressed "Publish now": send even if the account is held. */
      readonly force?: true
      /** This moment is kept for it by the account's rate. */
      readonly promised?: true
    }
  | {
      readonly status: 'publishing'
      readonly startedAt: Instant
      /** When the write-ahead mark for the mutation was made; after it, the post may be out. */
      readonly mutationAt?: Instant
      /** Polls made and their deadline, when the platform was still preparing before. */
      readonly processing?: { readonly polls: number; readonly deadlineAt: Instant }
      /** How far a long upload is. */
      readonly note?: string
      readonly late?: readonly LateReport[]
    }
  | {
      readonly status: 'processing'
      readonly stage: 'preparing' | 'finishing'
      readonly note: string
      readonly polls: number
      readonly pollAt: Instant
      readonly deadlineAt: Instant
      readonly mutationAt?: Instant
      readonly late?: readonly LateReport[]
    }
  | {
      readonly status: 'waiting'
      readonly retryAt: Instant
      readonly reason: Reason
      /** This moment is kept for it by the account's rate. */
      readonly promised?: true
    }
  | {
      readonly status: 'reconciling'
      readonly evidence: readonly Evidence[]
      /** Start of the doubtful mutation; absent when it certainly never began. */
      readonly mutationAt?: Instant
      readonly lookUps: number
      readonly lookUpErrors: number
      /** Look-ups in a row that said "absent" by a rule that needs time to be trusted. */
      readonly absences: number
      readonly lookUpAt: Instant
      readonly refusal?: Reason
    }
  | {
      readonly status: 'unconfirmed'
      readonly evidence: readonly Evidence[]
      readonly askedAt: Instant
      readonly mutationAt?: Instant
      /** A link or an instruction that tells a person where to look. */
      readonly where?: string
      readonly relooks: number
      readonly relookAt?: Instant
    }
  | {
      readonly status: 'held'
      readonly hold: 'late' | 'approval' | 'account'
      readonly reason: Reason
      readonly heldAt: Instant
      /** The time it was scheduled for, while that is still ahead. */
      readonly publishAt?: Instant
      /** For `approval`: what was asked, and by whom. */
      readonly request?: ApprovalRequest
    }
  | { readonly status: 'failed'; readonly reason: Reason; readonly failedAt: Instant }
  | {
      readonly status: 'published'
      readonly publishedAt: Instant
      readonly how: 'answer' | 'found' | 'person'
      readonly who?: Actor
      readonly remoteId?: string
      readonly permalink?: string
      /** How long after its time it went live, when that was beyond the ordinary; milliseconds. */
      readonly lateMs?: number
      /** Looks in a row that did not see it any more. */
      readonly missing: number
      readonly rechecks: number
      readonly recheckAt?: Instant
    }
  | { readonly status: 'cancelled'; readonly who: Actor; readonly cancelledAt: Instant }

/** A state by its name. */
export type StateOf<S extends TargetState['status']> = Extract<TargetState, { status: S }>

/** A request for approval; whoever asked, by publishing or editing, cannot approve it. */
export interface ApprovalRequest {
  readonly by: Actor
  /** How long a request without a time of its own stands, milliseconds. */
  readonly waitMs: number
  /** Until when it can be approved; absent once that has passed. */
  readonly expiresAt?: Instant
}

export type Status = TargetState['status']

/** A worker's claim on a target; whoever does not hold it may send and record nothing. */
export interface Lease {
  readonly token: string
  readonly worker: string
  readonly expiresAt: Instant
}

/** The unit of state: one post on one account. */
export interface Target {
  readonly state: TargetState
  /** Attempts made so far. */
  readonly attempt: number
  /** Attempts since a person last asked for one; the automatic budget is counted on these. */
  readonly automatic: number
  /** When it was first due in this round; lateness and staleness are measured from here. */
  readonly dueSince: Instant
  readonly handles: Handles
  readonly lease?: Lease
}

/** What the store knows about the account when a target is claimed. */
export type AccountGate =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'paused'
      readonly untilAt: Instant
      /** Why, when it is no rate limit of the platform. */
      readonly why?: string
      /** That moment is kept for this target. */
      readonly promised?: boolean
    }
  | { readonly kind: 'held'; readonly reason: Reason }

/** What the connector of the target can do, as far as decisions depend on it. */
export interface Capabilities {
  readonly canLookUp: boolean
  readonly canVerify: boolean
}

export type TargetEvent =
  | {
      readonly type: 'claimed'
      readonly at: Instant
      readonly lease: Lease
      readonly gate: AccountGate
      readonly where?: string
      /** The post that a late answer named is another target's: it proves nothing about this one. */
      readonly foreign?: true
    }
  | {
      readonly type: 'mutationBegun'
      readonly at: Instant
      readonly handles: Handles
      readonly leaseExpiresAt: Instant
    }
  | {
      readonly type: 'stepped'
      readonly at: Instant
      readonly handles: Handles
      readonly leaseExpiresAt: Instant
      /** How far a long upload is; shown while it goes on. */
      readonly note?: string
    }
  | {
      readonly type: 'attempted'
      readonly at: Instant
      readonly outcome: Outcome
      readonly jitter: number
      readonly where?: string
    }
  | {
      readonly type: 'lookedUp'
      readonly at: Instant
      readonly finding: Finding
      readonly jitter: number
      readonly where?: string
    }
  | { readonly type: 'sighted'; readonly at: Instant; readonly sighting: Sighting }
  | ({ readonly type: 'lateAnswer'; readonly at: Instant } & LateReport)
  | {
      readonly type: 'verdictGiven'
      readonly at: Instant
      readonly verdict: 'live' | 'absent'
      readonly who: Actor
      readonly permalink?: string
      /** The attempt that they were asked about, where that is known, … */
      readonly attempt?: number
      /** … and when they were asked: late news can raise the question of an attempt again. */
      readonly askedAt?: Instant
    }
  | { readonly type: 'retryRequested'; readonly at: Instant; readonly who: Actor }
  | {
      readonly type: 'edited'
      readonly at: Instant
      readonly who: Actor
      /** The words are what they were: what an earlier attempt left behind still belongs to them. */
      readonly unchanged?: boolean
      /** The new content has to be approved; how long the request stands, milliseconds. */
      readonly approvalMs?: number
    }
  | { readonly type: 'publishNowRequested'; readonly at: Instant; readonly who: Actor }
  | {
      readonly type: 'rescheduled'
      readonly at: Instant
      readonly who: Actor
      readonly publishAt: Instant
    }
  | { readonly type: 'cancelRequested'; readonly at: Instant; readonly who: Actor }
  | { readonly type: 'accountRestored'; readonly at: Instant }
  /** Seen by somebody who cannot look on the platform: whoever held it is gone or frozen. */
  | { readonly type: 'leaseEnded'; readonly at: Instant }
  | { readonly type: 'approved'; readonly at: Instant; readonly who: Actor }

/** What the rest of the system has to do because of a transition. */
export type Effect =
  | { readonly kind: 'pauseAccount'; readonly untilAt: Instant; readonly reason: Reason }
  | { readonly kind: 'holdAccount'; readonly reason: Reason }
  | { readonly kind: 'releaseAccount' }
  | { readonly kind: 'incident'; readonly incident: Incident }

export type Incident =
  | { readonly type: 'duplicate'; readonly copies: readonly RemotePost[] }
  | { readonly type: 'removed'; readonly how: string }

/** The work a claim grants. */
export type Task = 'publish' | 'poll' | 'lookUp' | 'relook' | 'recheck'

export type Decision =
  | {
      readonly kind: 'moved'
      readonly target: Target
      readonly effects: readonly Effect[]
      /** Set when the event was a claim that grants work. */
      readonly task?: Task
      /** What the event log keeps besides the states. */
      readonly note?: string
    }
  | { readonly kind: 'refused'; readonly why: string }
