import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { StoredToken } from '../store/api-tokens.js'
import { ALL_SCOPES, isScope, type Scope } from './scopes.js'

/** Who asks, as far as the API knows them. */
export interface Bearer {
  readonly id: string
  readonly name: string
  readonly scopes: ReadonlySet<Scope>
  readonly perSecond: number
}

export type Access =
  | { readonly kind: 'granted'; readonly bearer: Bearer }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly why: string }

/** Requests a second and token, where the token names no number. */
const USUAL_PER_SECOND = 100

/** The token of the environment. */
const ROOT = { id: 'environment', name: 'the API' } as const

/**
 * A new token: `pr_<id>_<secret>`. The secret is shown once; its hash is kept.
 * @param id see `createId`
 */
export function makeToken(id: string): { token: string; hash: string } {
  const secret = randomBytes(32).toString('base64url')
  return { token: `pr_${id}_${secret}`, hash: hashOf(secret) }
}

/**
 * Who an Authorization header speaks for. Pure. Secrets are compared by their hashes, in constant
 * time: how long a refusal takes tells nothing about what would be right.
 * @param environmentToken PRESSROOM_API_TOKEN, which may do everything
 */
export function judge(
  authorization: string | undefined,
  environmentToken: string,
  known: ReadonlyMap<string, StoredToken>,
): Access {
  if (authorization === undefined || authorization.trim() === '') return { kind: 'missing' }
  const [, given] = /^Bearer +(\S+)$/i.exec(authorization.trim()) ?? []
  if (given === undefined) {
    return { kind: 'refused', why: 'Send the header as "Authorization: Bearer <token>".' }
  }
  if (isSame(hashOf(given), hashOf(environmentToken))) {
    const bearer = { ...ROOT, scopes: new Set(ALL_SCOPES), perSecond: USUAL_PER_SECOND }
    return { kind: 'granted', bearer }
  }
  const [, id = '', secret = ''] = /^pr_([a-z0-9]{1,40})_(\S+)$/.exec(given) ?? []
  const stored = known.get(id)
  const isRight = isSame(hashOf(secret), stored?.hash ?? hashOf(''))
  if (!stored || !isRight) return { kind: 'refused', why: 'This token is not known here.' }
  if (stored.revokedAt) return { kind: 'refused', why: 'This token was revoked.' }
  const bearer = {
    id: stored.id,
    name: stored.name,
    scopes: new Set(stored.scopes.filter(isScope)),
    perSecond: stored.perSecond ?? USUAL_PER_SECOND,
  }
  return { kind: 'granted', bearer }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
}
