import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { isObject } from './block-kit/validate.js'
import type { Fault, FaultQueue } from './faults.js'
import { chatMethods } from './methods/chat.js'
import { conversationMethods } from './methods/conversations.js'
import { fileMethods } from './methods/files.js'
import { type Method, method } from './methods/method.js'
import { teamMethods } from './methods/team.js'
import { viewMethods } from './methods/views.js'
import type { RateLimiter } from './rate-limit.js'
import type { SocketMode } from './socket-mode.js'
import type { State } from './state.js'
import { type ApiCall, type JsonObject, SlackApiError } from './types.js'
import { parseArguments, readBody, sendJson } from './wire.js'

interface Answer {
  status: number
  body: JsonObject
  headers?: Record<string, string>
}

/** The Web API: one function per request, with faults, limits and a log of every call. */
export function createApi(
  state: State,
  parts: { faults: FaultQueue; limiter: RateLimiter; sockets: SocketMode; calls: ApiCall[] },
): (req: IncomingMessage, res: ServerResponse, name: string) => Promise<void> {
  const methods: Record<string, Method> = {
    ...chatMethods,
    ...conversationMethods,
    ...fileMethods,
    ...teamMethods,
    ...viewMethods,
    'apps.connections.open': method({
      token: 'app',
      tier: 1,
      args: z.strictObject({}),
      run: () => ({ url: parts.sockets.openUrl(state.baseUrl) }),
    }),
  }

  function record(method: string, args: JsonObject, at: number, body: JsonObject): void {
    const call: ApiCall = { method, args, at, ok: body.ok === true }
    if (typeof body.error === 'string') call.error = body.error
    const about = isObject(body.response_metadata) ? body.response_metadata.messages : undefined
    if (Array.isArray(about)) call.details = about.map(String)
    parts.calls.push(call)
    state.emit('call', call)
  }

  function run(name: string, args: JsonObject, token: string): Answer {
    try {
      const known = methods[name]
      if (!known) throw new SlackApiError('unknown_method')
      authorize(state, known, token)
      const channel = String(args.channel ?? args.channel_id ?? '')
      const retryAfterS = parts.limiter.refuse(name, known.tier, channel)
      if (retryAfterS !== undefined) return rateLimited(retryAfterS)
      const headers = scopesHeader(state, token)
      return { status: 200, body: { ok: true, ...known.run(args, state) }, headers }
    } catch (error) {
      if (!(error instanceof SlackApiError)) throw error
      return { status: 200, body: errorBody(error) }
    }
  }

  return async (req, res, name) => {
    const at = state.now()
    let args: JsonObject = {}
    let token = bearer(req)
    const fault = parts.faults.take(name)
    try {
      // Bolt names the team in every call; only tokens of a whole organisation need it.
      const {
        token: given,
        team_id: _,
        ...rest
      } = parseArguments(req.headers['content-type'] ?? '', await readBody(req))
      args = rest
      token ||= typeof given === 'string' ? given : ''
    } catch (error) {
      if (!(error instanceof SlackApiError)) throw error
      record(name, args, at, errorBody(error))
      return sendJson(res, 200, errorBody(error))
    }
    if (name === 'apps.connections.open' && parts.sockets.isRefusing()) {
      record(name, args, at, { ok: false, error: 'service_unavailable' })
      return sendJson(res, 503, { ok: false, error: 'service_unavailable' })
    }
    const early = fault && beforeEffect(fault)
    const answer = early?.answer ?? (early ? undefined : run(name, args, token))
    const late = fault && !early ? afterEffect(fault) : undefined
    const shown = late?.answer ?? answer
    record(name, args, at, late?.died || !shown ? { ok: false, error: 'no_answer' } : shown.body)
    if (late?.delayMs) await delay(late.delayMs)
    if (late?.died || !shown) return void req.socket.destroy()
    sendJson(res, shown.status, shown.body, shown.headers)
  }
}

/** @throws SlackApiError `not_authed`, `invalid_auth`, `not_allowed_token_type`, `missing_scope` */
function authorize(state: State, { token: kind, scope }: Method, token: string): void {
  if (!token) throw new SlackApiError('not_authed')
  if (token !== state.botToken && token !== state.appToken) throw new SlackApiError('invalid_auth')
  if ((token === state.botToken) !== (kind === 'bot')) {
    throw new SlackApiError('not_allowed_token_type')
  }
  if (scope && state.scopes && !state.scopes.includes(scope)) {
    const provided = state.scopes.join(',')
    throw new SlackApiError('missing_scope', [], { needed: scope, provided })
  }
}

/** Slack names the scopes of the token that was used. */
function scopesHeader({ botToken, scopes }: State, token: string): Record<string, string> {
  return token === botToken && scopes ? { 'x-oauth-scopes': scopes.join(',') } : {}
}

function bearer(req: IncomingMessage): string {
  return /^Bearer (.+)$/i.exec(req.headers.authorization ?? '')?.[1] ?? ''
}

function errorBody({ code, details, extra }: SlackApiError): JsonObject {
  const messages = details.length > 0 ? { response_metadata: { messages: details } } : {}
  return { ok: false, error: code, ...extra, ...messages }
}

function rateLimited(retryAfterS: number): Answer {
  return {
    status: 429,
    body: { ok: false, error: 'ratelimited' },
    headers: { 'retry-after': String(retryAfterS) },
  }
}

/** A fault that keeps the method from running; without an answer the connection dies. */
function beforeEffect(fault: Fault): { answer?: Answer } | undefined {
  switch (fault.kind) {
    case 'failBefore':
      return {}
    case 'rateLimit':
      return { answer: rateLimited(fault.retryAfterS) }
    case 'httpError':
    case 'error':
      return fault.applied ? undefined : { answer: faultAnswer(fault) }
    default:
      return undefined
  }
}

/** A fault in the answer of a method that did run. */
function afterEffect(fault: Fault): { answer?: Answer; delayMs?: number; died?: boolean } {
  switch (fault.kind) {
    case 'loseAnswer':
      return { died: true }
    case 'slow':
      return { delayMs: fault.delayMs }
    case 'httpError':
    case 'error':
      return { answer: faultAnswer(fault) }
    default:
      return {}
  }
}

function faultAnswer(fault: Extract<Fault, { kind: 'httpError' | 'error' }>): Answer {
  return fault.kind === 'error'
    ? { status: 200, body: { ok: false, error: fault.code } }
    : { status: fault.status, body: { ok: false, error: `http_${fault.status}` } }
}
