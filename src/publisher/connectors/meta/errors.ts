import { z } from 'zod'
import type { FailureClass } from '../../core/outcome.js'
import { reconnectWith } from '../account.js'

/**
 * An error body of the Graph API; only `message`, `type` and `code` are always there.
 * @see Meta docs, Graph API "Handling Errors"
 */
const errorBody = z.object({
  error: z.object({
    message: z.string().catch(''),
    code: z.number(),
    error_subcode: z.number().optional().catch(undefined),
    is_transient: z.boolean().optional().catch(undefined),
    error_user_msg: z.string().optional().catch(undefined),
  }),
})
export type GraphError = z.infer<typeof errorBody>['error']

/** The error in a Graph answer. Meta says to judge by the body: a 200 can carry one too. */
export function graphError(json: unknown): GraphError | undefined {
  return errorBody.safeParse(json).data?.error
}

/** Missing, or not visible to this token (100/33): seen now and then for objects that exist. */
export function isMissing(error: GraphError): boolean {
  return error.code === 100 && error.error_subcode === 33
}

/** What an error says about the call, whatever the call was for. */
export type Meaning =
  /** The account has to be mended first. */
  | { kind: 'blocked'; class: 'auth' | 'permission'; text: string; next: string }
  | { kind: 'limited'; waitMs?: number }
  /** It does not tell whether the call took effect. */
  | { kind: 'unsure'; class: FailureClass; text?: string; discardHandles?: true }
  /** `stops`: it is never sent again by itself, whatever else the answer says. */
  | { kind: 'refused'; class: FailureClass; text?: string; next?: string; stops?: true }

/** Meanings by subcode, then by code: what one platform adds to the shared table. */
export interface Meanings {
  readonly subcodes: Readonly<Record<number, Meaning>>
  readonly codes: Readonly<Record<number, Meaning>>
}

const reconnect = reconnectWith('a new access token')
const blocked = (text: string, next = reconnect): Meaning => ({
  kind: 'blocked',
  class: 'auth',
  text,
  next,
})
const forbidden = (text: string, next: string): Meaning => ({
  kind: 'blocked',
  class: 'permission',
  text,
  next,
})
const grant = 'Grant the missing permission, then press Check credentials.'
const lookOnSite = 'Log in on the site and follow what it asks, then press Check credentials.'

/** Subcodes of 190 count up from 458 and mean other things elsewhere. */
const TOKEN_WORDS: Readonly<Record<number, Meaning>> = {
  458: blocked('The app was removed from the account.'),
  459: blocked('The account has to pass a check on the site first.', lookOnSite),
  460: blocked('The password was changed, which ended the access token.'),
  463: blocked('The access token has expired.'),
  464: blocked('The account is not confirmed yet.', lookOnSite),
  467: blocked('The access token is no longer valid.'),
  492: blocked('The person who connected it has lost their role on the Page.'),
  2069032: blocked('This needs the access token of the Page, not of a person.'),
}
const TOKEN_REFUSED = blocked('The access token is refused.')
const NOT_ALLOWED = forbidden('The access token lacks a permission that publishing needs.', grant)
const UNSUPPORTED: Meaning = { kind: 'refused', class: 'platform' }
const DOWN: Meaning = { kind: 'unsure', class: 'platform' }
const LIMITED: Meaning = { kind: 'limited' }
/** A daily quota frees up over a rolling day; asking more often than hourly only burns attempts. */
const QUOTA_WAIT_MS = 3_600_000

/** App, user, Page, custom and business-use-case throttles, and the daily publishing quota. */
const THROTTLES = [4, 17, 32, 341, 613, 80001, 80002, 80006]

const SHARED: Meanings = {
  subcodes: {
    2853006: forbidden('The person who connected it may not do this.', grant),
    2069030: UNSUPPORTED,
    2069031: UNSUPPORTED,
    2069033: UNSUPPORTED,
    2207042: { kind: 'limited', waitMs: QUOTA_WAIT_MS },
    2207051: {
      kind: 'refused',
      class: 'policy',
      text: 'restricts this account, because it takes its activity for spam',
      next: 'Look at the account before anything more is sent from it.',
      stops: true,
    },
  },
  codes: {
    1: DOWN,
    2: DOWN,
    3: NOT_ALLOWED,
    10: NOT_ALLOWED,
    102: TOKEN_REFUSED,
    368: {
      kind: 'refused',
      class: 'policy',
      text: 'has blocked this action for now',
      next: 'Look at the account on the site; sending again now makes it worse.',
    },
    ...Object.fromEntries(THROTTLES.map((code) => [code, LIMITED])),
  },
}

/** Whether an error on the mutation leaves open what the call did, whatever its code means. */
export function leavesDoubt({ is_transient }: GraphError, status: number): boolean {
  return status >= 500 || is_transient === true
}

/** What an error means: the platform's own rows first, subcodes before codes. */
export function meaningOf(error: GraphError, status: number, own: Meanings): Meaning {
  const { code, error_subcode: subcode } = error
  if (code === 190) return TOKEN_WORDS[subcode ?? 0] ?? TOKEN_REFUSED
  const bySubcode =
    subcode === undefined ? undefined : (own.subcodes[subcode] ?? SHARED.subcodes[subcode])
  const known = bySubcode ?? own.codes[code] ?? SHARED.codes[code]
  if (known) return known
  if (code >= 200 && code <= 299) return NOT_ALLOWED
  if (status === 429) return LIMITED
  if (error.is_transient) return DOWN
  if (status === 401) return TOKEN_REFUSED
  if (status >= 500) return DOWN
  return { kind: 'refused', class: code === 100 ? 'validation' : 'unknown' }
}
