import type { Renewal } from '../connector.js'
import { readRenewed } from '../oauth.js'
import { withScopes } from './scopes.js'

export interface RenewableToken {
  readonly apiUrl: string
  readonly refreshToken?: string | undefined
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
}

/** Access tokens live two hours. */
const AHEAD_MS = 20 * 60_000

/**
 * A refresh token works once, and its answer holds the next one.
 * @see X API docs, "OAuth 2.0 Authorization Code Flow with PKCE"
 */
export function xRenewal(account: RenewableToken): Renewal | undefined {
  const { apiUrl, refreshToken, clientId, clientSecret } = account
  if (refreshToken === undefined || clientId === undefined) return undefined
  return {
    aheadMs: AHEAD_MS,
    withScopes,
    async ask(reader) {
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
      const headers = clientSecret === undefined ? {} : { authorization: `Basic ${basic}` }
      const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: clientId }
      const url = `${apiUrl}/2/oauth2/token`
      const answer = await reader.read({ method: 'POST', url, headers, body: { form } })
      return readRenewed('X', answer, reader.now())
    },
  }
}
