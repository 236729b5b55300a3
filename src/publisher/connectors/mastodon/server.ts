import type { Instant } from '../../core/target.js'
import { failureOf, unreadable } from '../classify.js'
import type { Reader } from '../connector.js'
import type { HttpBody, HttpRequest } from '../http.js'
import type { Read } from '../read.js'
import { judge } from './classify.js'
import { DEFAULT_LIMITS, type Limits, limitsOf } from './render.js'
import { instance, type Learned, learnedLimits, ownAccount } from './wire.js'

const INSTANCE_LIFE_MS = 6 * 3_600_000

export interface Access {
  readonly apiUrl: string
  readonly accessToken: string
}

interface Kind {
  /** Whether a repeated `Idempotency-Key` is known to give the same post back. */
  readonly honoursKeys: boolean
  readonly readAt: Instant
}

interface Own {
  readonly id: string
  readonly acct?: string | undefined
  readonly username?: string | undefined
  readonly url?: string | undefined
}

/** One account on one server, and what is known about both. */
export class Server {
  private known: Kind | undefined
  private named: Limits | undefined
  private own: Own | undefined

  constructor(private readonly access: Access) {}

  request(
    method: HttpRequest['method'],
    path: string,
    more: { readonly headers?: Record<string, string>; readonly body?: HttpBody } = {},
  ): HttpRequest {
    const { apiUrl, accessToken } = this.access
    return {
      method,
      url: `${apiUrl}/api/${path}`,
      headers: { authorization: `Bearer ${accessToken}`, ...more.headers },
      ...(more.body ? { body: more.body } : {}),
    }
  }

  /** What the server is. Servers that only speak Mastodon's API are known to handle keys otherwise. */
  async kind(reader: Reader): Promise<Read<Kind>> {
    const now = reader.now()
    if (this.known && now - this.known.readAt < INSTANCE_LIFE_MS) {
      return { kind: 'read', value: this.known }
    }
    let judged = judge(await reader.read(this.request('GET', 'v1/instance')), 'read', now)
    // The older description is deprecated, the newer one absent before 4.0.
    if (judged.kind !== 'success' && failureOf(judged).reason.code === '404') {
      judged = judge(await reader.read(this.request('GET', 'v2/instance')), 'read', now)
    }
    if (judged.kind !== 'success') return { kind: 'unread', outcome: judged }
    const parsed = instance.safeParse(judged.json)
    if (!parsed.success) return unreadableAnswer('what server it is')
    const honoursKeys = isMastodon(parsed.data.version)
    this.named = limitsOf(parsed.data)
    this.known = { honoursKeys, readAt: now }
    return { kind: 'read', value: this.known }
  }

  /** Whose the token is; the same as long as the token is. */
  async account(reader: Reader): Promise<Read<Own>> {
    return this.own ? { kind: 'read', value: this.own } : this.readAccount(reader)
  }

  async readAccount(reader: Reader): Promise<Read<Own>> {
    const request = this.request('GET', 'v1/accounts/verify_credentials')
    const judged = judge(await reader.read(request), 'read', reader.now())
    if (judged.kind !== 'success') return { kind: 'unread', outcome: judged }
    const parsed = ownAccount.safeParse(judged.json)
    if (!parsed.success) return unreadableAnswer('an account')
    this.own = parsed.data
    return { kind: 'read', value: parsed.data }
  }

  /** As the server named them when it was last asked, by whatever process. */
  limits(): Limits {
    return this.named ?? DEFAULT_LIMITS
  }

  learned(): Learned | undefined {
    return this.named && { host: this.host(), limits: this.named }
  }

  /** Another server's limits are not this one's, also when the account was there before. */
  learn(learned: unknown): void {
    const { data } = learnedLimits.safeParse(learned)
    if (data?.host === this.host()) this.named = data.limits
  }

  page(): string {
    return this.own?.url ?? this.access.apiUrl
  }

  host(): string {
    return new URL(this.access.apiUrl).host
  }
}

/**
 * Mastodon and its forks give a version of their own; compatible servers put theirs in brackets
 * behind "compatible", or count from 0.
 */
export function isMastodon(version: string): boolean {
  const [, major] = /^v?(\d+)\.\d+/.exec(version) ?? []
  return Number(major ?? 0) >= 3 && !/compatible/i.test(version)
}

export function unreadableAnswer(what: string): {
  kind: 'unread'
  outcome: ReturnType<typeof unreadable>
} {
  return { kind: 'unread', outcome: unreadable('Mastodon', 'other', what) }
}
