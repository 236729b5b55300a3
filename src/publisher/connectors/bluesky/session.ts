import type { Outcome } from '../../core/outcome.js'
import type { Instant } from '../../core/target.js'
import { type Success, unreadable } from '../classify.js'
import type { Answer, HttpRequest } from '../http.js'
import { isCredential } from '../read.js'
import { isSessionEnded, judge } from './classify.js'
import { expiryOf, openedSession, pdsOf } from './wire.js'

/** A login as long as it lasts. */
export interface Session {
  readonly kind: 'session'
  readonly did: string
  readonly handle: string
  /** The server that keeps the account's posts. */
  readonly pds: string
  readonly accessJwt: string
  readonly refreshJwt: string
  readonly openedAt: Instant
  /** False when the account may not be used, for the reason in `status`. */
  readonly active: boolean
  readonly status: string
}

/** How requests are sent that may be repeated. */
export interface Line {
  send(request: HttpRequest): Promise<Answer>
  now(): Instant
}

export interface Login {
  readonly identifier: string
  readonly appPassword: string
  readonly apiUrl: string
}

const MINUTE = 60_000
/** Access tokens live 120 minutes. @see packages/pds/src/account-manager/helpers/auth.ts */
const RENEW_AFTER_MS = 100 * MINUTE
const RENEW_BEFORE_END_MS = MINUTE
const GONE_AFTER_MS = MINUTE

/**
 * The one session of an account in this process. Logins are few (30 in five minutes, 300 a day), so
 * it is kept, renewed with its refresh token, and opened anew only when that is refused. Attempts
 * that come at the same time wait for one login instead of each making its own.
 * @see bluesky-social/bsky-docs docs/advanced-guides/rate-limits.md
 */
export class Sessions {
  private current: Session | undefined
  private busy: { readonly since: Instant; readonly done: Promise<unknown> } | undefined

  constructor(private readonly login: Login) {}

  /** A session that is believed to hold, or why there is none. */
  open(line: Line): Promise<Session | Outcome> {
    return this.alone(line, async () => {
      const { current } = this
      if (current && !isWorn(current, line.now())) return current
      return (current && (await this.refresh(current, line))) ?? this.create(line)
    })
  }

  /** Logs in anew, whatever session there is: it proves that the app password works. */
  renew(line: Line): Promise<Session | Outcome> {
    return this.alone(line, () => this.create(line))
  }

  /** The server refused this session: the next call refreshes it. */
  end(session: Session): void {
    if (this.current === session) this.current = { ...session, openedAt: 0 }
  }

  /** A call that may be repeated; made once more when the session turns out to have ended. */
  async ask(line: Line, build: (session: Session) => HttpRequest): Promise<Outcome | Success> {
    const session = await this.open(line)
    if (session.kind !== 'session') return session
    const answer = await line.send(build(session))
    if (!isSessionEnded(answer)) return judge(answer, 'other', line.now())
    this.end(session)
    const renewed = await this.open(line)
    if (renewed.kind !== 'session') return renewed
    return judge(await line.send(build(renewed)), 'other', line.now())
  }

  /**
   * Finds out whether the session still holds, and renews it, before anything depends on it.
   * @returns why nothing can be sent; undefined also where the server cannot be asked that
   */
  async prove(line: Line): Promise<Outcome | undefined> {
    const session = await this.open(line)
    if (session.kind !== 'session') return session
    const judged = await this.ask(line, (open) =>
      xrpc(open, 'com.atproto.server.getSession', { query: {} }),
    )
    return judged.kind !== 'success' && isInTheWay(judged) ? judged : undefined
  }

  /** Undefined when the refresh token is refused too. */
  private async refresh(session: Session, line: Line): Promise<Session | Outcome | undefined> {
    const answer = await line.send({
      method: 'POST',
      url: `${session.pds}/xrpc/com.atproto.server.refreshSession`,
      headers: { authorization: `Bearer ${session.refreshJwt}` },
    })
    const opened = this.keep(answer, line.now())
    if (opened.kind !== 'permanent') return opened
    this.current = undefined
    return undefined
  }

  private async create(line: Line): Promise<Session | Outcome> {
    const { identifier, appPassword, apiUrl } = this.login
    const answer = await line.send({
      method: 'POST',
      url: `${apiUrl}/xrpc/com.atproto.server.createSession`,
      body: { json: { identifier, password: appPassword } },
    })
    return this.keep(answer, line.now())
  }

  private keep(answer: Answer, now: Instant): Session | Outcome {
    const judged = judge(answer, 'other', now)
    if (judged.kind !== 'success') return judged
    const parsed = openedSession.safeParse(judged.json)
    if (!parsed.success) return unreadable('Bluesky', 'other', 'a session')
    const { didDoc, active = true, status = 'not active', ...tokens } = parsed.data
    const pds = pdsOf(didDoc, this.login.apiUrl)
    this.current = { kind: 'session', ...tokens, pds, active, status, openedAt: now }
    return this.current
  }

  /** One at a time. Who takes longer than any request may is gone, and is not waited for. */
  private async alone<T>(line: Line, work: () => Promise<T>): Promise<T> {
    while (this.busy && line.now() - this.busy.since < GONE_AFTER_MS) await this.busy.done
    const done = work()
    const busy = { since: line.now(), done: done.catch(() => undefined) }
    this.busy = busy
    try {
      return await done
    } finally {
      if (this.busy === busy) this.busy = undefined
    }
  }
}

/**
 * Whether it keeps a post from being sent: the credential is refused, the account is limited, or the
 * server does not answer. Any other answer is only about the question: not every server knows it.
 */
function isInTheWay(outcome: Outcome): boolean {
  if (isCredential(outcome)) return true
  if (outcome.kind !== 'transient') return false
  const { class: reasonClass, code = '' } = outcome.reason
  if (reasonClass === 'network' || reasonClass === 'rate_limit') return true
  return code === '408' || (/^5\d\d$/.test(code) && code !== '501')
}

function isWorn({ accessJwt, openedAt }: Session, now: Instant): boolean {
  const endsAt = expiryOf(accessJwt) ?? Number.POSITIVE_INFINITY
  return now - openedAt > RENEW_AFTER_MS || now > endsAt - RENEW_BEFORE_END_MS
}

/** An XRPC call with this session. */
export function xrpc(
  { pds, accessJwt }: Session,
  method: string,
  call: { query?: Record<string, string>; body?: HttpRequest['body'] },
): HttpRequest {
  const query = new URLSearchParams(call.query).toString()
  return {
    method: call.query ? 'GET' : 'POST',
    url: `${pds}/xrpc/${method}${query ? `?${query}` : ''}`,
    headers: { authorization: `Bearer ${accessJwt}` },
    ...(call.body ? { body: call.body } : {}),
  }
}
