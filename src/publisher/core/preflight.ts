import type { Instant } from './target.js'

/** When what is scheduled is looked at: at once, a day ahead and an hour ahead. */
export type PreflightStage = 'scheduled' | 'day' | 'hour'

/** What would fail if it were sent as things stand. */
export interface PreflightProblem {
  readonly text: string
  /** What somebody can do about it, one plain sentence. */
  readonly next?: string
}

/** What was found out about a scheduled target without sending anything. */
export interface Examined {
  /** By the platform's rules for content. */
  readonly content: readonly { readonly message: string; readonly next?: string }[]
  /** Names of media that are no longer kept. */
  readonly lost: readonly string[]
  readonly credential:
    | {
        readonly kind: 'ok'
        readonly expiresAt?: Instant
        /** Its end is no trouble, because it is renewed before. */
        readonly renews?: true
      }
    | {
        readonly kind: 'refused'
        readonly reason: { readonly text: string; readonly next?: string }
      }
    /** The account is no longer in the accounts file. */
    | { readonly kind: 'gone' }
    /** Nothing could be found out; that is no problem of the post. */
    | { readonly kind: 'unknown' }
}

/** The first thing that would make it fail, what cannot be mended by waiting before what can. */
export function judgePreflight(
  examined: Examined,
  publishAt: Instant,
): PreflightProblem | undefined {
  const { credential, lost, content } = examined
  if (credential.kind === 'gone') {
    return {
      text: 'The account is no longer in the accounts file.',
      next: 'Put it back and restart, or cancel.',
    }
  }
  if (credential.kind === 'refused') {
    const { text, next = 'Put a new credential into the accounts file and restart.' } =
      credential.reason
    return { text, next }
  }
  const [medium] = lost
  if (medium !== undefined) {
    return {
      text: `The file ${medium} is no longer kept.`,
      next: 'Cancel it, and publish it anew.',
    }
  }
  const [problem] = content
  if (problem) return { text: problem.message, next: problem.next ?? 'Edit it before it is due.' }
  const ends = credential.kind === 'ok' && !credential.renews
  const expiresAt = ends ? credential.expiresAt : undefined
  return expiresAt !== undefined && expiresAt <= publishAt
    ? {
        text: 'The credential expires before that.',
        next: 'Put a new one into the accounts file before then, and restart.',
      }
    : undefined
}
