import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { ApiError, refusal } from './errors.js'
import type { Fault, FaultQueue } from './faults.js'
import { parseBody, readBytes, send } from './http.js'
import type { Call } from './hub.js'
import { type RateLimits, refuse, type Scope } from './rate-limits.js'
import { applicationRoutes } from './rest/applications.js'
import { channelRoutes } from './rest/channels.js'
import { commandRoutes } from './rest/commands.js'
import { guildRoutes } from './rest/guilds.js'
import { interactionRoutes } from './rest/interactions.js'
import { messageRoutes } from './rest/messages.js'
import { findRoute, type Route } from './router.js'
import { archiveQuietThreads } from './threads.js'
import type { World } from './world.js'

const ROUTES: readonly Route[] = [
  ...applicationRoutes,
  ...commandRoutes,
  ...guildRoutes,
  ...messageRoutes,
  ...channelRoutes,
  ...interactionRoutes,
]

const API_PREFIX = /^\/api\/v(\d+)(?=\/)/

interface Reply {
  status: number
  body?: unknown
  headers: Record<string, string>
  scope?: Scope
}

/** Answers the requests of the REST API and keeps a record of them. */
export interface Api {
  readonly calls: Call[]
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
}

export function createApi(world: World, faults: FaultQueue, limits: RateLimits): Api {
  const calls: Call[] = []

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://local')
    const method = request.method ?? 'GET'
    const path = url.pathname.replace(API_PREFIX, '')
    const found = findRoute(ROUTES, method, path)
    const at = world.clock()
    const route = found.route?.path ?? null
    const call: Call = { method, route, path, body: undefined, at, status: null }
    calls.push(call)
    // Read before anything else, so that a cut connection looks the same however large the body.
    const bytes = await readBytes(request)
    const fault = faults.take(method, path)
    if (fault?.kind === 'failBefore') return cut(call, request)
    const reply = await answer(call, request, url, bytes, found, fault)
    limits.note(reply.status, reply.scope ?? null)
    if (fault?.kind === 'loseAnswer') return cut(call, request)
    if (fault?.kind === 'slow') await delay(fault.ms)
    call.status = reply.status
    send(response, reply.status, reply.body, reply.headers)
    world.hub.emit({ type: 'call', call })
  }

  function cut(call: Call, request: IncomingMessage): void {
    request.socket.destroy()
    world.hub.emit({ type: 'call', call })
  }

  async function answer(
    call: Call,
    request: IncomingMessage,
    url: URL,
    bytes: Buffer,
    found: ReturnType<typeof findRoute>,
    fault: Fault | null,
  ): Promise<Reply> {
    if (fault?.kind === 'status' && !fault.afterWork) return failed(fault.status)
    if (fault?.kind === 'rateLimit') return forced(fault)
    const taken = limits.take(call.method, call.path)
    if ('refused' in taken) return taken.refused
    const { headers } = taken
    try {
      if (API_PREFIX.exec(url.pathname)?.[1] !== '10') throw refusal('invalidApiVersion')
      if (!request.headers['user-agent']) throw refusal('blocked')
      if (!found.route) throw refusal(found.allowed ? 'methodNotAllowed' : 'noSuchRoute')
      const isBot = request.headers.authorization === `Bot ${world.token}`
      if (found.route.auth === 'bot' && !isBot) throw refusal('unauthorized')
      const { json, files } = await parseBody(bytes, request.headers['content-type'])
      call.body = json
      archiveQuietThreads(world)
      const { params } = found
      const query = url.searchParams
      const reply = found.route.handle(world, { params, query, body: json, files })
      return fault?.kind === 'status' ? failed(fault.status) : { headers, ...reply }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return { status: error.status, body: error.body, headers }
    }
  }

  return { calls, handle }
}

function failed(status: number): Reply {
  return { status, body: { message: `${status}: injected fault`, code: 0 }, headers: {} }
}

function forced({ retryAfterS, scope }: Extract<Fault, { kind: 'rateLimit' }>): Reply {
  const bucket = {
    'x-ratelimit-limit': '5',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': (Date.now() / 1000 + retryAfterS).toFixed(3),
    'x-ratelimit-reset-after': retryAfterS.toFixed(3),
  }
  return { ...refuse(retryAfterS, scope, scope === 'global' ? {} : bucket), scope }
}
