import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type Actor, createActor } from './actor.js'
import { createApi } from './api.js'
import { createFaults, type Faults } from './faults.js'
import { serveFiles } from './file-routes.js'
import { createHttpTransport } from './http-delivery.js'
import { createInteractions } from './interactions.js'
import { remember } from './memory.js'
import { createRateLimiter } from './rate-limit.js'
import { spendResponseUrl } from './response-url.js'
import { createSocketMode, type DisconnectReason } from './socket-mode.js'
import {
  channelById,
  createState,
  type RateLimitMode,
  type SlashCommand,
  type StoredFile,
  type WorkspaceOptions,
} from './state.js'
import {
  type ApiCall,
  type Delivery,
  type Ephemeral,
  type Message,
  SlackApiError,
  type SlackEvents,
  type SlackUser,
  type View,
} from './types.js'
import { readBody, sendJson } from './wire.js'

/** A Slack workspace in memory, with one app installed. What it hands out are copies. */
export interface SlackWorkspace {
  readonly team: { id: string; name: string }
  readonly botUserId: string
  readonly botToken: string
  readonly appToken: string
  readonly commands: readonly SlashCommand[]
  /**
   * Serves `/api/<method>`, `/files/…` and response URLs.
   * @param path the request's path below the mount point
   * @returns whether the path was one of ours
   */
  handle(req: IncomingMessage, res: ServerResponse, path: string): Promise<boolean>
  /** Takes Socket Mode connections. @returns whether the request was one */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean
  /** Serves on 127.0.0.1. `apiUrl` ends with `/api/`. */
  listen(port?: number): Promise<{ apiUrl: string; url: string; close(): Promise<void> }>
  /** From now on interactions go to this URL, signed; `undefined` goes back to Socket Mode. */
  deliverTo(target: { url: string; signingSecret: string } | undefined): void
  users(): SlackUser[]
  channels(): { id: string; name: string; kind: 'channel' | 'im'; members: string[] }[]
  messages(channel: string): Message[]
  /** The replies of a thread, without its first message. */
  replies(channel: string, ts: string): Message[]
  /** What one person, or anybody, was shown privately; oldest first. */
  ephemerals(user?: string): Ephemeral[]
  /** Open modals of a person, the top one last. */
  views(user: string): View[]
  file(id: string): StoredFile | undefined
  as(userId: string): Actor
  readonly faults: Faults
  rateLimits(mode: RateLimitMode): void
  /** Sends every interaction once more, as if Slack had not heard the acknowledgements. */
  redeliverAll(): Promise<Delivery[]>
  connections(): number
  disconnectSockets(reason?: DisconnectReason): void
  /** While on, `apps.connections.open` and new sockets are answered 503. */
  refuseConnections(on: boolean): void
  /** Every Web API call so far, without tokens. */
  calls(method?: string): ApiCall[]
  /** @returns a function that stops listening */
  on<K extends keyof SlackEvents>(event: K, listener: (value: SlackEvents[K]) => void): () => void
  /**
   * Resolves with the first truthy value of `predicate`, tried now and after every change.
   * @throws Error after `timeoutMs`, with the last calls in its message
   */
  waitFor<T>(predicate: () => T, timeoutMs?: number): Promise<NonNullable<T>>
  /** Everything that was said, as bytes for `WorkspaceOptions.memory`. */
  remember(): Uint8Array
  close(): Promise<void>
}

const watched = [
  'message',
  'update',
  'thread',
  'delete',
  'ephemeral',
  'view',
  'call',
  'connections',
] as const

/** Creates a workspace with sample people and channels where none are given. */
export function createSlackWorkspace(options: WorkspaceOptions = {}): SlackWorkspace {
  const state = createState(options)
  const faults = createFaults()
  const limiter = createRateLimiter(options.rateLimits ?? 'mild', state.now)
  const sockets = createSocketMode(state.appId, (open) => state.emit('connections', { open }))
  const calls: ApiCall[] = []
  const api = createApi(state, { faults, limiter, sockets, calls })
  let transport = sockets.send
  const interactions = createInteractions(state, () => transport)
  const servers = new Set<() => Promise<void>>()

  async function handle(req: IncomingMessage, res: ServerResponse, path: string): Promise<boolean> {
    if (!options.publicUrl) {
      const prefix = new URL(req.url ?? '/', 'http://local').pathname.slice(0, -path.length)
      state.baseUrl = `http://${req.headers.host}${prefix}`
    }
    const method = /^\/api\/([\w.]+)$/.exec(path)?.[1]
    if (method) {
      await api(req, res, method)
      return true
    }
    const responseKey = /^\/(?:commands|actions)\/(.+)$/.exec(path)?.[1]
    if (responseKey) {
      await answerResponseUrl(req, res, responseKey)
      return true
    }
    return serveFiles(state, req, res, path)
  }

  async function answerResponseUrl(
    req: IncomingMessage,
    res: ServerResponse,
    key: string,
  ): Promise<void> {
    const fault = faults.take('response_url')
    if (fault?.kind === 'failBefore') return void req.socket.destroy()
    try {
      spendResponseUrl(state, key, JSON.parse((await readBody(req)).toString() || '{}'))
      if (fault?.kind === 'loseAnswer') return void req.socket.destroy()
      res.writeHead(200).end('ok')
    } catch (error) {
      const code = error instanceof SlackApiError ? error.code : 'invalid_payload'
      const gone = ['used_url', 'expired_url', 'invalid_url'].includes(code)
      const details = error instanceof SlackApiError ? error.details : []
      sendJson(res, gone ? 404 : 400, { ok: false, error: code, details })
    }
  }

  async function listen(port = 0): ReturnType<SlackWorkspace['listen']> {
    const server = createServer((req, res) => {
      const [path = '/'] = (req.url ?? '/').split('?')
      handle(req, res, path).then(
        (ours) => ours || res.writeHead(404).end(),
        (error) => {
          process.emitWarning(error)
          res.destroy()
        },
      )
    })
    server.on('upgrade', (req, socket, head) => {
      if (!sockets.upgrade(req, socket, head)) socket.destroy()
    })
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve)
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    state.baseUrl = options.publicUrl ?? url
    const close = () =>
      new Promise<void>((resolve) => {
        servers.delete(close)
        sockets.close()
        server.close(() => resolve())
        server.closeAllConnections()
      })
    servers.add(close)
    return { apiUrl: `${url}/api/`, url, close }
  }

  function waitFor<T>(predicate: () => T, timeoutMs = 5000): Promise<NonNullable<T>> {
    return new Promise((resolve, reject) => {
      const stops: (() => void)[] = []
      const done = () => {
        clearTimeout(timer)
        for (const stop of stops) stop()
      }
      const attempt = () => {
        try {
          const value = predicate()
          if (!value) return
          done()
          resolve(value)
        } catch (error) {
          done()
          reject(error)
        }
      }
      const timer = setTimeout(() => {
        done()
        const last = calls
          .slice(-5)
          .map((c) => [c.method, c.error ?? 'ok', ...(c.details ?? [])].join(' '))
        reject(
          new Error(`not seen within ${timeoutMs} ms; last calls: ${last.join(', ') || 'none'}`),
        )
      }, timeoutMs)
      // A microtask later, when the change and its answer are complete.
      for (const event of watched) stops.push(state.on(event, () => queueMicrotask(attempt)))
      attempt()
    })
  }

  return {
    team: state.team,
    botUserId: state.bot.userId,
    botToken: state.botToken,
    appToken: state.appToken,
    commands: state.commands,
    handle,
    upgrade: sockets.upgrade,
    listen,
    deliverTo(target) {
      transport = target ? createHttpTransport(target, state.now) : sockets.send
    },
    users: () => [...state.users.values()].map((user) => ({ ...user })),
    channels: () =>
      [...state.channels.values()].map(({ id, name, kind, members }) => ({
        id,
        name,
        kind,
        members: [...members],
      })),
    messages: (channel) => structuredClone(channelById(state, channel).messages),
    replies: (channel, ts) =>
      structuredClone(
        channelById(state, channel).messages.filter((m) => m.thread_ts === ts && m.ts !== ts),
      ),
    ephemerals: (user) =>
      structuredClone(state.ephemerals.filter((e) => user === undefined || e.user === user)),
    views: (user) => structuredClone(state.views.get(user) ?? []),
    file: (id) => state.files.get(id),
    as: (userId) => createActor(state, interactions, userId),
    faults,
    rateLimits(mode) {
      limiter.mode = mode
    },
    redeliverAll: interactions.redeliverAll,
    connections: sockets.connections,
    disconnectSockets: (reason = 'refresh_requested') => sockets.disconnect(reason),
    refuseConnections: sockets.refuseConnections,
    calls: (method) => calls.filter((call) => method === undefined || call.method === method),
    on: state.on,
    waitFor,
    remember: () => remember(state),
    async close() {
      sockets.close()
      await Promise.all([...servers].map((stop) => stop()))
    },
  }
}
