import { z } from 'zod'
import type { Reason } from '../core/outcome.js'
import type { Instant } from '../core/target.js'
import { reconnectWith } from './account.js'
import type { Renewed } from './connector.js'
import { type Answer, parseJson } from './http.js'
import { graphError } from './meta/errors.js'

/** @see RFC 6749, section 5.1 */
const granted = z.object({
  access_token: z.string().min(1),
  /** In seconds from now. */
  expires_in: z.number().optional().catch(undefined),
  refresh_token: z.string().min(1).optional().catch(undefined),
  /** Left out where it is what was asked for. */
  scope: z.string().min(1).optional().catch(undefined),
})
/** @see RFC 6749, section 5.2 */
const refusal = z.object({ error: z.string().regex(/^[a-z_]+$/) })

/** What asking for a new access token led to. Anything but a clear refusal may work next time. */
export function readRenewed(platform: string, answer: Answer, now: Instant): Renewed {
  const unknown = (what: string): Renewed => {
    const reason: Reason = { class: 'platform', text: `${platform} ${what}.` }
    return { kind: 'unknown', reason }
  }
  if (answer.kind !== 'answer') return unknown(`gave no new token: ${answer.why}`)
  const json = parseJson(answer.text)
  const { data } = granted.safeParse(json)
  if (answer.status < 300 && data) {
    const { access_token, refresh_token, expires_in, scope } = data
    return {
      kind: 'renewed',
      credentials: {
        accessToken: access_token,
        ...(refresh_token === undefined ? {} : { refreshToken: refresh_token }),
      },
      ...(expires_in === undefined ? {} : { expiresAt: now + expires_in * 1000 }),
      ...(scope === undefined ? {} : { scopes: scope.split(' ') }),
    }
  }
  const code = refusalCode(json)
  const isRefusal = code !== undefined && (answer.status === 400 || answer.status === 401)
  if (!isRefusal) return unknown(`gave no new token (${answer.status})`)
  const text = `${platform} does not renew the access token any more.`
  return {
    kind: 'refused',
    reason: { class: 'auth', text, next: reconnectWith('a new token'), code },
  }
}

/** Meta's 190 is the token; its other codes may pass. */
function refusalCode(json: unknown): string | undefined {
  const meta = graphError(json)
  if (meta) return meta.code === 190 ? '190' : undefined
  return refusal.safeParse(json).data?.error
}
