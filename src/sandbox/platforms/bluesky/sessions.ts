import { bearerOf, type Call, jsonObject, Refused, type Reply } from '../frame/exchange.js'
import { RollingLimit } from '../frame/rolling-limit.js'
import type { World } from '../frame/world.js'
import type { SandboxAccount } from '../types.js'
import { rateHeaders, refuseXrpc, xrpcError } from './xrpc.js'

const REFRESH_LIFE_MS = 90 * 86_400_000

type Use = 'access' | 'refresh'

interface Session {
  account: SandboxAccount
  use: Use
  expiresAt: number
  ended?: boolean
}

/**
 * Logging in with an app password, and the tokens that come of it. Expired tokens answer 400.
 * @see bluesky-social/atproto packages/pds/src/auth-verifier.ts, account-manager/helpers/auth.ts
 */
export class BlueskySessions {
  private readonly byToken = new Map<string, Session>()
  private readonly logins: RollingLimit
  private readonly dailyLogins: RollingLimit

  constructor(private readonly world: World) {
    const { quotas } = world.switches
    this.logins = new RollingLimit(30, 300_000, world.now, quotas)
    this.dailyLogins = new RollingLimit(300, 86_400_000, world.now, quotas)
  }

  create(call: Call): Reply {
    const { identifier, password } = jsonObject(call.body) ?? {}
    if (typeof identifier !== 'string' || typeof password !== 'string') {
      throw refuseXrpc(400, 'InvalidRequest', 'Input/identifier and password must be strings')
    }
    const account = this.find(identifier)
    const key = account?.id ?? identifier
    if (!this.logins.take(key) || !this.dailyLogins.take(key)) {
      const refusal = xrpcError(429, 'RateLimitExceeded', 'Rate Limit Exceeded')
      throw new Refused({ ...refusal, headers: rateHeaders(this.logins, key) })
    }
    if (!account || password !== account.token || this.world.isRevoked('bluesky', account.id)) {
      throw refuseXrpc(401, 'AuthenticationRequired', 'Invalid identifier or password')
    }
    return { ...this.open(account, call.root), headers: rateHeaders(this.logins, key) }
  }

  /** Rotates: the refresh token that was used is spent. */
  refresh(call: Call): Reply {
    const session = this.verify(call, 'refresh')
    session.ended = true
    return this.open(session.account, call.root)
  }

  get(call: Call): Reply {
    return { status: 200, body: this.describe(this.verify(call, 'access').account, call.root) }
  }

  /** @throws Refused unless the call carries a good access token */
  accountOf(call: Call): SandboxAccount {
    return this.verify(call, 'access').account
  }

  /** Whose token a call carries, good or not. */
  ownerOf(call: Call): string | undefined {
    return this.byToken.get(bearerOf(call) ?? '')?.account.id
  }

  find(handleOrDid: string): SandboxAccount | undefined {
    const wanted = handleOrDid.replace(/^@/, '').toLowerCase()
    return this.world
      .accounts('bluesky')
      .find(({ id, username }) => id === wanted || username.toLowerCase() === wanted)
  }

  clear(): void {
    this.byToken.clear()
    this.logins.clear()
    this.dailyLogins.clear()
  }

  private verify(call: Call, use: Use): Session {
    const token = bearerOf(call)
    if (!token) throw refuseXrpc(401, 'AuthenticationRequired', 'Authentication Required')
    const session = this.byToken.get(token)
    if (session?.use !== use) {
      throw refuseXrpc(400, 'InvalidToken', 'Token could not be verified')
    }
    if (session.ended || this.world.isRevoked('bluesky', session.account.id)) {
      throw refuseXrpc(400, 'ExpiredToken', 'Token has been revoked')
    }
    if (session.expiresAt <= this.world.now()) {
      throw refuseXrpc(400, 'ExpiredToken', 'Token has expired')
    }
    return session
  }

  private open(account: SandboxAccount, root: string): Reply {
    const { accessTokenLifeMs } = this.world.switches
    const accessJwt = this.issue(account, 'access', accessTokenLifeMs)
    const refreshJwt = this.issue(account, 'refresh', REFRESH_LIFE_MS)
    return { status: 200, body: { accessJwt, refreshJwt, ...this.describe(account, root) } }
  }

  private describe(account: SandboxAccount, root: string) {
    const { id: did, username: handle } = account
    const pds = { id: '#atproto_pds', type: 'AtprotoPersonalDataServer', serviceEndpoint: root }
    const didDoc = { id: did, alsoKnownAs: [`at://${handle}`], service: [pds] }
    return { did, handle, didDoc, active: true }
  }

  /** Looks like the JWT that it stands for, so that clients may read `exp`. */
  private issue(account: SandboxAccount, use: Use, lifeMs: number): string {
    const expiresAt = this.world.now() + lifeMs
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = {
      scope: `com.atproto.${use}`,
      sub: account.id,
      exp: Math.floor(expiresAt / 1000),
    }
    const token = [part({ alg: 'HS256' }), part(claims), this.world.code(43)].join('.')
    this.byToken.set(token, { account, use, expiresAt })
    return token
  }
}
