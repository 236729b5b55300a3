import type { Call, Reply } from '../frame/exchange.js'
import type { World } from '../frame/world.js'
import type { PlatformName } from '../types.js'
import { invalidToken, refuseMeta } from './errors.js'
import { paramsOf, textOf, tokenOf } from './graph.js'

const APP_ID = '4242'
const TOKEN_LIFE_S = 5_184_000

/**
 * What a token is worth. It may be asked with an app's `{id}|{secret}` or with an account's token.
 * @see Facebook Login "Access tokens"; Threads API reference "Debug"
 */
export function debugToken(
  call: Call,
  world: World,
  platform: PlatformName,
  scopes: string[],
): Reply {
  const asker = tokenOf(call)
  const isApp = /^\d+\|\S+$/.test(asker ?? '')
  if (!isApp && !world.accountOfToken(platform, asker)) throw refuseMeta(invalidToken)
  const asked = world.accountOfToken(platform, textOf(paramsOf(call), 'input_token'))
  if (!asked) {
    const error = { code: 190, message: 'Invalid OAuth access token' }
    return { status: 200, body: { data: { is_valid: false, error, scopes: [] } } }
  }
  const later = Math.floor(world.now() / 1000) + TOKEN_LIFE_S
  // Page tokens do not expire, and 0 says so.
  const expires_at = platform === 'facebook' ? 0 : later
  const known = { is_valid: true, app_id: APP_ID, user_id: asked.id, profile_id: asked.id }
  return {
    status: 200,
    body: { data: { ...known, expires_at, data_access_expires_at: later, scopes } },
  }
}

/** Exchanges a long-lived token for a fresh one; here the token stays the same. */
export function refreshToken(
  call: Call,
  world: World,
  platform: PlatformName,
  grant: string,
): Reply {
  const params = paramsOf(call)
  const token = textOf(params, 'access_token')
  const granted = call.method === 'GET' && textOf(params, 'grant_type') === grant
  if (!granted || !world.accountOfToken(platform, token)) throw refuseMeta(invalidToken)
  const body = { access_token: token, token_type: 'bearer', expires_in: TOKEN_LIFE_S }
  return { status: 200, body }
}
