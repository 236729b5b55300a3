import { bearerOf, type Call, type Reply } from '../frame/exchange.js'
import type { World } from '../frame/world.js'
import type { SandboxAccount } from '../types.js'

/**
 * Access tokens that were renewed, and the refresh tokens behind them, each good for once. The first
 * refresh token of an account is its token with `-refresh` behind it.
 * @see X API "OAuth 2.0 Authorization Code Flow with PKCE"
 */
export class XTokens {
  private readonly access: Map<string, { account: string; until: number }>
  private readonly refresh: Map<string, { account: string; used: boolean }>

  constructor(private readonly world: World) {
    this.access = world.keep('x access tokens')
    this.refresh = world.keep('x refresh tokens')
  }

  /** Whose call it is. */
  ownerOf(call: Call): SandboxAccount | undefined {
    const token = bearerOf(call) ?? ''
    const renewed = this.access.get(token)
    if (!renewed) return this.world.accountOfToken('x', token)
    return renewed.until > this.world.now() ? this.account(renewed.account) : undefined
  }

  /** `POST /2/oauth2/token`. */
  answer(call: Call): Reply {
    const fields = call.body.type === 'form' ? Object.fromEntries(call.body.fields) : {}
    const { grant_type, client_id, refresh_token = '' } = fields
    if (grant_type !== 'refresh_token' || !client_id) return refused('invalid_request')
    const account = this.spend(refresh_token)
    if (!account) return refused('invalid_grant')
    const lifeMs = this.world.switches.accessTokenLifeMs
    const access_token = `x-access-${this.world.code(24)}`
    const next = `x-refresh-${this.world.code(24)}`
    this.access.set(access_token, { account: account.id, until: this.world.now() + lifeMs })
    this.refresh.set(next, { account: account.id, used: false })
    const scope = 'tweet.read tweet.write users.read media.write offline.access'
    const expires_in = Math.floor(lifeMs / 1000)
    const body = { token_type: 'bearer', expires_in, access_token, scope, refresh_token: next }
    return { status: 200, body }
  }

  clear(): void {
    this.access.clear()
    this.refresh.clear()
  }

  private spend(token: string): SandboxAccount | undefined {
    const first = this.world.accounts('x').find((one) => token === `${one.token}-refresh`)
    const known = this.refresh.get(token) ?? (first && { account: first.id, used: false })
    if (!known || known.used) return undefined
    this.refresh.set(token, { ...known, used: true })
    return this.account(known.account)
  }

  private account(id: string): SandboxAccount | undefined {
    const found = this.world.accounts('x').find((one) => one.id === id)
    return found && !this.world.isRevoked('x', id) ? found : undefined
  }
}

function refused(error: string): Reply {
  const error_description = 'Value passed for the token was invalid.'
  return { status: 400, body: { error, error_description } }
}
