import { listTokens, type StoredToken, touchToken } from '../store/api-tokens.js'
import { createBuckets } from './bucket.js'
import type { ApiDeps } from './deps.js'
import { ProblemError } from './problem.js'
import type { Scope } from './scopes.js'
import { type Bearer, judge } from './tokens.js'

export interface Access {
  start(): Promise<void>
  stop(): Promise<void>
  /**
   * Lets a request in, or says why not.
   * @param scope null: every token is good enough
   * @throws ProblemError
   */
  admit(
    authorization: string | undefined,
    address: string,
    scope: Scope | null,
  ): { readonly bearer: Bearer }
}

/** Tokens are known by heart, so that a flood of requests costs no query; changes are notified. */
const RELOAD_EVERY_MS = 15_000
const USED_EVERY_MS = 60_000
const BURST_SECONDS = 3

/** Wrong tokens from one address; a right one is let in whatever came before it. */
const WRONG = { perSecond: 2, burst: 60 }

export function createAccess(deps: ApiDeps): Access {
  const { orm } = deps.database
  const buckets = createBuckets()
  let known: ReadonlyMap<string, StoredToken> = new Map()
  let unlisten: (() => Promise<void>) | undefined
  let timer: NodeJS.Timeout | undefined
  const usedAt = new Map<string, number>()

  async function reload(): Promise<void> {
    try {
      known = new Map((await listTokens(orm)).map((token) => [token.id, token]))
    } catch (error) {
      deps.log.warn({ error: (error as Error).message }, 'API tokens could not be read again')
    }
  }

  function used({ id }: Bearer, now: number): void {
    if (!known.has(id) || now - (usedAt.get(id) ?? 0) < USED_EVERY_MS) return
    usedAt.set(id, now)
    touchToken(orm, id, now).catch(() => {})
  }

  return {
    async start() {
      unlisten = await deps.database.listen('pressroom_tokens', () => void reload())
      await reload()
      timer = setInterval(() => void reload(), RELOAD_EVERY_MS)
      timer.unref()
    },
    async stop() {
      clearInterval(timer)
      await unlisten?.()
    },
    admit(authorization, address, scope) {
      const now = deps.now()
      const access = judge(authorization, deps.token, known)
      if (access.kind !== 'granted') {
        const waitMs = buckets.take(`wrong ${address}`, WRONG, now)
        if (waitMs > 0) throw tooMany(waitMs, 'Too many requests with a wrong token.')
        throw access.kind === 'missing'
          ? new ProblemError(
              'token-missing',
              'Send a token: "Authorization: Bearer <token>". Make one with "npx pressroom token create".',
              { headers: { 'www-authenticate': 'Bearer' } },
            )
          : new ProblemError('token-refused', access.why, {
              headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
            })
      }
      const { bearer } = access
      const { perSecond } = bearer
      const rate = { perSecond, burst: perSecond * BURST_SECONDS }
      const waitMs = buckets.take(`token ${bearer.id}`, rate, now)
      if (waitMs > 0) throw tooMany(waitMs, `This token may ask ${perSecond} times a second.`)
      if (scope !== null && !bearer.scopes.has(scope)) {
        const has = [...bearer.scopes].join(', ') || 'none'
        throw new ProblemError(
          'scope-missing',
          `This needs the scope "${scope}"; it has: ${has}.`,
          {
            headers: { 'www-authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
            more: { scope },
          },
        )
      }
      used(bearer, now)
      return { bearer }
    },
  }
}

function tooMany(waitMs: number, detail: string): ProblemError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1000))
  return new ProblemError('too-many-requests', detail, {
    headers: { 'retry-after': String(seconds) },
  })
}
