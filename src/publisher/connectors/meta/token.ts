import { z } from 'zod'
import type { CredentialCheck, Reader, Renewal } from '../connector.js'
import { readRenewed } from '../oauth.js'
import type { Graph } from './graph.js'

const DAY_MS = 86_400_000
/** Of the sixty days that a token lasts: time enough for people, should the platform refuse. */
const AHEAD_MS = 14 * DAY_MS

/**
 * Long-lived tokens of Instagram and Threads are exchanged for fresh ones from a day after they
 * were made until they end.
 * @see Instagram Platform "Business login for Instagram"; Threads API "Long-lived tokens"
 */
export function tokenExchange(
  platform: string,
  account: { readonly apiUrl: string; readonly accessToken: string },
  grant: 'ig_refresh_token' | 'th_refresh_token',
): Renewal {
  const query = new URLSearchParams({ grant_type: grant, access_token: account.accessToken })
  return {
    aheadMs: AHEAD_MS,
    toLearnTheEnd: true,
    async ask(reader) {
      const url = `${account.apiUrl}/refresh_access_token?${query}`
      return readRenewed(platform, await reader.read({ method: 'GET', url }), reader.now())
    },
  }
}

/** How an app names itself to `debug_token`. */
export function appToken(app: {
  readonly appId?: string | undefined
  readonly appSecret?: string | undefined
}): string | undefined {
  return app.appId === undefined || app.appSecret === undefined
    ? undefined
    : `${app.appId}|${app.appSecret}`
}

const debugged = z.object({
  data: z.object({
    is_valid: z.boolean(),
    /** Seconds; 0 is never. */
    expires_at: z.number().catch(0),
    data_access_expires_at: z.number().catch(0),
    scopes: z.array(z.string()).optional().catch(undefined),
  }),
})

/**
 * Adds to a token that works when it ends and what it may not do.
 * @param asker the app's `{id}|{secret}`, where the platform wants that
 * @param needs the scopes without which nothing is published; of each row, one is enough
 * @see Graph API reference "debug_token"; Threads API reference "Debug"
 */
export async function withTokenFacts(
  check: CredentialCheck,
  graph: Graph,
  reader: Reader,
  token: { readonly accessToken: string; readonly asker?: string },
  needs: readonly (readonly string[])[],
): Promise<CredentialCheck> {
  if (check.kind !== 'ok') return check
  const asker = token.asker === undefined ? {} : { access_token: token.asker }
  const request = graph.get('debug_token', { input_token: token.accessToken, ...asker })
  // With the app's own words the account's token has no business in the header.
  const { authorization: _own, ...bare } = request.headers ?? {}
  const asked = token.asker === undefined ? request : { ...request, headers: bare }
  const judged = graph.judge(await reader.read(asked), 'other')
  const facts = judged.kind === 'success' ? debugged.safeParse(judged.json).data?.data : undefined
  // Not being told is no fault: the token has just worked.
  if (!facts?.is_valid) return check
  const { scopes, expires_at, data_access_expires_at } = facts
  const missing = scopes && needs.find((row) => !row.some((scope) => scopes.includes(scope)))
  if (missing) {
    const text = `${graph.platform}: The access token lacks the permission ${missing.join(' or ')}.`
    const next = 'Grant it, then press Check credentials.'
    return { kind: 'refused', reason: { class: 'permission', text, next } }
  }
  const ends = [expires_at, data_access_expires_at].filter((seconds) => seconds > 0)
  return ends.length > 0 ? { ...check, expiresAt: Math.min(...ends) * 1000 } : check
}
