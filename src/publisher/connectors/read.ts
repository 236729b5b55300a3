import type { Finding, Outcome } from '../core/outcome.js'
import { failureOf } from './classify.js'
import type { CredentialCheck } from './connector.js'

/** A read that did not work: it says nothing about what was asked. */
export interface Unread {
  readonly kind: 'unread'
  readonly outcome: Outcome
}

export type Read<T> = { readonly kind: 'read'; readonly value: T } | Unread

/** A post as a list shows it. */
export interface Listed {
  readonly id: string
  readonly text: string
  /** In whole seconds, as the platforms tell it; milliseconds since 1970. */
  readonly createdAt: number
  readonly permalink?: string | undefined
  /** Ids of the photos in it, where the platform names them. */
  readonly photos?: readonly string[] | undefined
}

/** The account has to be mended; nothing else about the call is known. */
export function isCredential(outcome: Outcome): boolean {
  return (
    outcome.kind === 'permanent' &&
    (outcome.reason.class === 'auth' || outcome.reason.class === 'permission')
  )
}

/**
 * A check that did not succeed. A platform that does not know the question, or finds it malformed, says
 * nothing about who asked.
 */
export function failedCheck(outcome: Outcome): CredentialCheck {
  const { reason } = failureOf(outcome)
  return { kind: isCredential(outcome) ? 'refused' : 'unknown', reason }
}

/**
 * An attempt that sends nothing, because what an earlier one left could not be read first. Being
 * refused a read is no reason to give the post up: the earlier one may be out.
 */
export function notSentUnread({ outcome }: Unread): Outcome {
  return outcome.kind === 'transient' || isCredential(outcome)
    ? outcome
    : { kind: 'transient', reason: failureOf(outcome).reason }
}

/** A look-up that could not be made. */
export function notLooked({ outcome }: Unread): Finding {
  return { kind: 'error', ...failureOf(outcome) }
}
