import type { CallKind, Fault } from '../types.js'
import type { Call, Reply } from './exchange.js'
import type { Posts, StoredPost } from './posts.js'

export interface Purpose {
  kind: CallKind
  account?: string | undefined
}

/** One platform's stand-in. It knows the platform's rules; the frame knows sockets and faults. */
export interface Platform {
  posts: Pick<Posts<StoredPost>, 'get' | 'live' | 'isLive' | 'remove'>
  /** What a call is for; undefined while the body is `unread` and would tell. */
  purposeOf(call: Call): Purpose | undefined
  /** Answers a call, or throws `Refused` with the platform's own error. */
  answer(call: Call): Reply | Promise<Reply>
  /**
   * The platform's own bad answer for the fault kinds `status`, `no_id`, `rate_limit`,
   * `bad_token`, `forbidden`, `meta_code` and `duplicate_refusal`.
   * @param good what the platform would have answered, when it did act
   */
  spoil(fault: Fault, good?: Reply): Reply
  /** Which post a browser asks for at this path below the prefix; undefined for API paths. */
  postIdAt(segments: string[]): string | undefined
  reset(): void
}
