import { z } from 'zod'
import { reconnectWith } from '../account.js'
import type { CredentialCheck, Reader, Renewal } from '../connector.js'
import { parseJson } from '../http.js'
import { readRenewed } from '../oauth.js'

export interface RenewableToken {
  readonly apiUrl: string
  readonly accessToken: string
  readonly refreshToken?: string | undefined
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
}

/** Of the sixty days that a token lasts. */
const AHEAD_MS = 14 * 86_400_000

/** Tokens are handed out at `www.` where the API is at `api.`. */
function authorizationUrl({ apiUrl }: RenewableToken, path: string): string {
  return `${apiUrl.replace('//api.', '//www.')}/oauth/v2/${path}`
}

/** For partners that were given refresh tokens. @see Microsoft Learn, "Programmatic refresh tokens" */
export function linkedInRenewal(account: RenewableToken): Renewal | undefined {
  const { refreshToken, clientId, clientSecret } = account
  if (refreshToken === undefined || clientId === undefined || clientSecret === undefined) {
    return undefined
  }
  return {
    aheadMs: AHEAD_MS,
    async ask(reader) {
      const form = {
        grant_type: 'refresh_token',
        refresh_token: refreshToken,
        client_id: clientId,
        client_secret: clientSecret,
      }
      const url = authorizationUrl(account, 'accessToken')
      const answer = await reader.read({ method: 'POST', url, body: { form } })
      return readRenewed('LinkedIn', answer, reader.now())
    },
  }
}

const introspected = z.object({
  active: z.boolean(),
  scope: z.string().catch(''),
  expires_at: z.number().optional().catch(undefined),
})

/**
 * Adds to a token that works when it ends and what it may not do, where the app's id and secret
 * are there to ask with. @see Microsoft Learn, "Token introspection"
 */
export async function withTokenFacts(
  check: CredentialCheck,
  account: RenewableToken,
  reader: Reader,
  needs: string,
): Promise<CredentialCheck> {
  const { accessToken, clientId, clientSecret } = account
  if (check.kind !== 'ok' || clientId === undefined || clientSecret === undefined) return check
  const form = { client_id: clientId, client_secret: clientSecret, token: accessToken }
  const url = authorizationUrl(account, 'introspectToken')
  const answer = await reader.read({ method: 'POST', url, body: { form } })
  const json =
    answer.kind === 'answer' && answer.status === 200 ? parseJson(answer.text) : undefined
  const facts = introspected.safeParse(json).data
  if (!facts?.active) return check
  if (facts.scope !== '' && !facts.scope.split(/[ ,]+/).includes(needs)) {
    const text = `LinkedIn: The access token lacks the permission ${needs}.`
    const next = reconnectWith('a token that has it')
    return { kind: 'refused', reason: { class: 'permission', text, next } }
  }
  return facts.expires_at === undefined ? check : { ...check, expiresAt: facts.expires_at * 1000 }
}
