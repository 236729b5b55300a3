export const PLATFORM_NAMES = [
  'facebook',
  'instagram',
  'threads',
  'bluesky',
  'mastodon',
  'x',
  'linkedin',
  'telegram',
  'discord',
] as const

export type PlatformName = (typeof PLATFORM_NAMES)[number]

/** What a call is for: an upload or container, the call that makes a post public, or anything else. */
export type CallKind = 'prepare' | 'mutation' | 'read'

export interface LiveMedia {
  alt?: string
  kind: 'image' | 'video'
  bytes?: number
  sha256?: string
  url?: string
}

/** A post as the audience sees it. */
export interface LivePost {
  id: string
  account: string
  text: string
  media: LiveMedia[]
  createdAt: string
  permalink: string
  removed?: boolean
}

export const FAULT_KINDS = [
  'reset',
  'stall',
  'slow',
  'status',
  'garbage',
  'empty',
  'no_id',
  'rate_limit',
  'bad_token',
  'forbidden',
  'meta_code',
  'duplicate_refusal',
  'html_error',
  'redirect',
] as const

export type FaultKind = (typeof FAULT_KINDS)[number]

export interface Fault {
  on: CallKind | 'any'
  /** `before`: nothing is accepted. `after`: the effect happened, then the answer is spoiled. */
  when: 'before' | 'after'
  kind: FaultKind
  /** HTTP status of `status` (default 500), `html_error` (default 502) and `redirect` (default 302). */
  status?: number
  /** Meta error code and subcode of `meta_code`; `code` also replaces the code of a Meta `status`. */
  code?: number
  subcode?: number
  /** `is_transient` of `meta_code`, by default of code 2 alone, and of `rate_limit`, by default set. */
  transient?: boolean
  /** `slow`: how long the answer takes. With `after` and any other kind: how late the effect comes. */
  delayMs?: number
  /** The wait that `rate_limit` names, and `meta_code` where it is given. */
  retryAfterS?: number
  times: number | 'always'
  /** Only calls of this account (page id, user id, DID, author URN, chat id, webhook id). */
  account?: string
}

/** A rate's key; `late` is `after` with the plan's `lateMs` between the spoiled answer and the effect. */
export type StormKey =
  | `${'before' | 'after' | 'late'}:${FaultKind}`
  | `${CallKind}:${'before' | 'after' | 'late'}:${FaultKind}`

/** Random faults: at most one per call, drawn from a generator that `seed` determines. */
export interface StormPlan {
  seed: number
  /** Probability per call, 0 to 1; the rates that match one call must not add up to more than 1. */
  rates: Partial<Record<StormKey, number>>
  platforms?: PlatformName[]
  /** Delay of `slow`, milliseconds, default 200. */
  delayMs?: number
  /** How late the effect of a `late` fault comes, milliseconds, default 200. */
  lateMs?: number
  /** What `rate_limit` asks for, seconds, default 1. */
  retryAfterS?: number
}

export interface LoggedRequest {
  platform: PlatformName
  method: string
  /** Below the platform's prefix, with the query; tokens are replaced by `***`. */
  path: string
  kind: CallKind
  account?: string
  at: number
  /** Absent while the answer is not there, and for ever when the connection was cut. */
  status?: number
  fault?: FaultKind
}

export interface SandboxAccount {
  /** Page id, user id, DID, author URN, chat id or webhook id. */
  id: string
  token: string
  /** Shown to the audience. */
  name: string
  /** Handle or channel name, without `@`. */
  username: string
}

/** What a second publish of one Instagram or Threads container does: nobody has documented it. */
export type DoublePublish = 'same_id' | 'error' | 'second_copy'

export interface SandboxOptions {
  accounts?: Partial<Record<PlatformName, SandboxAccount[]>>
  /** Milliseconds since the epoch. */
  clock?: () => number
  /** Uniform in [0, 1); only decorates ids and tokens. */
  random?: () => number
  /** How many status reads answer "in progress" before a container or video is ready, default 1. */
  processingPolls?: number
  /** Whether media addresses are fetched for real, or by whom; default true. */
  fetchMedia?: boolean | ((url: string) => Promise<Uint8Array>)
  doublePublish?: DoublePublish
  /** Whether Facebook, X and LinkedIn refuse repeated posts as documented, default true. */
  duplicateCheck?: boolean
  /** Whether Mastodon honours `Idempotency-Key`, default true. */
  honourIdempotencyKey?: boolean
  /** Whether the documented rates and quotas are enforced, default true. */
  quotas?: boolean
  /** How long a new post is missing from lists, milliseconds, default 0. */
  listLagMs?: number
  /** Life of a Bluesky access token, milliseconds, default two hours. */
  accessTokenLifeMs?: number
  /** What an earlier sandbox remembered; see `Sandbox.remember`. */
  memory?: Uint8Array
  /** Told after every call that may have changed something, before it is answered. */
  changed?: () => void
  /** Public address of the mount point, when it is not the one the caller used. */
  publicUrl?: string
}
