import { listTokens, revokeTokens, type StoredToken, saveToken } from '../store/api-tokens.js'
import type { Orm } from '../store/database.js'
import { createId } from '../store/ids.js'
import type { Scope } from './scopes.js'
import { makeToken } from './tokens.js'

export interface ShownToken {
  readonly id: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly perSecond: number | null
  readonly createdAt: string
  readonly usedAt: string | null
  readonly revokedAt: string | null
}

/** Makes a token. @returns it, with its secret for the only time */
export async function createToken(
  orm: Orm,
  wanted: { name: string; scopes: readonly Scope[]; perSecond: number | null },
  parts: { now: () => number; random: () => number },
): Promise<ShownToken & { token: string }> {
  const createdAt = parts.now()
  const id = createId('k', createdAt, parts.random)
  const { token, hash } = makeToken(id)
  const { name, perSecond } = wanted
  const scopes = [...new Set(wanted.scopes)]
  await saveToken(orm, { id, name, hash, scopes, perSecond, createdAt })
  const shown = { id, name, scopes, perSecond, usedAt: null, revokedAt: null }
  return { ...shown, createdAt: new Date(createdAt).toISOString(), token }
}

/** Every token, without its secret. */
export async function showTokens(orm: Orm): Promise<ShownToken[]> {
  return (await listTokens(orm)).map(shown)
}

/** @param named an id, or a name. @returns what was revoked now */
export async function revoke(orm: Orm, named: string, at: number): Promise<ShownToken[]> {
  return (await revokeTokens(orm, named, at)).map(shown)
}

function shown(token: StoredToken): ShownToken {
  const { id, name, scopes, perSecond, createdAt, usedAt, revokedAt } = token
  return {
    id,
    name,
    scopes,
    perSecond,
    createdAt: createdAt.toISOString(),
    usedAt: usedAt?.toISOString() ?? null,
    revokedAt: revokedAt?.toISOString() ?? null,
  }
}
