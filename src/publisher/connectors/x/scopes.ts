import { reconnectWith } from '../account.js'
import type { CredentialCheck } from '../connector.js'

/** What publishing needs; a token without one of them publishes nothing. */
const TO_PUBLISH = ['tweet.read', 'tweet.write', 'users.read']

const NEXT = reconnectWith(
  'a token with tweet.read, tweet.write, users.read, media.write and offline.access',
)

/**
 * What a token that works may not do, by the scopes that X granted with it.
 * @see X API docs, "OAuth 2.0 Authorization Code Flow with PKCE"; openapi.json, `security`
 */
export function withScopes(
  check: Extract<CredentialCheck, { kind: 'ok' }>,
  granted: readonly string[],
): CredentialCheck {
  const missing = (scopes: readonly string[]) =>
    scopes.filter((scope) => !granted.includes(scope)).join(', ')
  const needed = missing(TO_PUBLISH)
  if (needed !== '') {
    const text = `X: The access token lacks the permission ${needed}.`
    return { kind: 'refused', reason: { class: 'permission', text, next: NEXT } }
  }
  const lacks = [
    ...(granted.includes('media.write')
      ? []
      : ['It lacks media.write, so pictures and videos cannot be published.']),
    ...(granted.includes('offline.access')
      ? []
      : ['It lacks offline.access, so it cannot be renewed.']),
  ]
  if (lacks.length === 0) return check
  return { ...check, warning: [...(check.warning ? [check.warning] : []), ...lacks].join(' ') }
}
