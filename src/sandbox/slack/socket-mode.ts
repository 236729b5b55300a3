import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { isObject } from './block-kit/validate.js'
import type { JsonObject } from './types.js'

export interface Envelope {
  envelope_id: string
  type: 'slash_commands' | 'interactive'
  payload: JsonObject
  accepts_response_payload: boolean
}

/** What came back within the time allowed. */
export type Ack =
  | { kind: 'acked'; ackMs: number; payload?: JsonObject }
  | { kind: 'failed'; error: 'dispatch_failed' | 'operation_timeout' | 'invalid_response' }

/** Delivers one envelope to the app and waits for its acknowledgement. */
export type Transport = (envelope: Envelope) => Promise<Ack>

/** Slash commands, actions and submissions must be acknowledged within 3 s. */
export const ackLimitMs = 3000
/** "Using Socket Mode": up to 10 connections per app. */
const maxConnections = 10
const pingIntervalMs = 10_000
/** A socket that was told to go and is still there after that is cut off. */
const closeLimitMs = 2000

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'dropped'

export interface SocketMode {
  send: Transport
  /** A fresh URL; like Slack's, it opens one connection. */
  openUrl(baseUrl: string): string
  /** @returns whether the request was for this server */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean
  connections(): number
  /**
   * `warning` only announces; `dropped` ends the connections without a word; after the others
   * nothing more is delivered there.
   */
  disconnect(reason: DisconnectReason): void
  refuseConnections(on: boolean): void
  isRefusing(): boolean
  /** Ends the connections in an orderly way; new ones are still taken. */
  close(): void
}

/** The server side of Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode */
export function createSocketMode(appId: string, onCount: (open: number) => void): SocketMode {
  const server = new WebSocketServer({ noServer: true })
  const tickets = new Set<string>()
  const open: WebSocket[] = []
  const pending = new Map<string, (payload: JsonObject | undefined) => void>()
  let refusing = false
  let turn = 0

  const say = (socket: WebSocket, frame: JsonObject) => socket.send(JSON.stringify(frame))

  function greet(socket: WebSocket): void {
    if (open.length >= maxConnections) {
      say(socket, { type: 'disconnect', reason: 'too_many_websockets' })
      socket.close()
      return
    }
    open.push(socket)
    const pings = setInterval(() => socket.ping(), pingIntervalMs)
    pings.unref()
    socket.on('close', () => {
      clearInterval(pings)
      const at = open.indexOf(socket)
      if (at >= 0) open.splice(at, 1)
      onCount(open.length)
    })
    socket.on('error', () => socket.terminate())
    socket.on('message', (data) => receive(String(data)))
    say(socket, {
      type: 'hello',
      num_connections: open.length,
      connection_info: { app_id: appId },
      debug_info: { host: 'local', approximate_connection_time: 3600 },
    })
    onCount(open.length)
  }

  function receive(text: string): void {
    let frame: unknown
    try {
      frame = JSON.parse(text)
    } catch {
      return
    }
    if (!isObject(frame) || typeof frame.envelope_id !== 'string') return
    const settle = pending.get(frame.envelope_id)
    pending.delete(frame.envelope_id)
    settle?.(isObject(frame.payload) ? frame.payload : undefined)
  }

  return {
    openUrl(baseUrl) {
      const ticket = randomUUID()
      tickets.add(ticket)
      return `${baseUrl.replace(/^http/, 'ws')}/socket-mode/link?ticket=${ticket}&app_id=${appId}`
    },
    upgrade(req, socket, head) {
      const [path = '', query] = (req.url ?? '').split('?')
      if (!path.endsWith('/socket-mode/link')) return false
      const ticket = new URLSearchParams(query).get('ticket') ?? ''
      if (refusing || !tickets.delete(ticket)) {
        const status = refusing ? '503 Service Unavailable' : '401 Unauthorized'
        socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`)
        return true
      }
      server.handleUpgrade(req, socket, head, greet)
      return true
    },
    async send(envelope) {
      // Delivery goes to any one of the connections.
      const socket = open.filter((s) => s.readyState === s.OPEN)[turn++ % Math.max(1, open.length)]
      if (!socket) return { kind: 'failed', error: 'dispatch_failed' }
      const sentAt = performance.now()
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          pending.delete(envelope.envelope_id)
          resolve({ kind: 'failed', error: 'operation_timeout' })
        }, ackLimitMs)
        pending.set(envelope.envelope_id, (payload) => {
          clearTimeout(timer)
          const ackMs = performance.now() - sentAt
          const empty = !payload || Object.keys(payload).length === 0
          resolve({ kind: 'acked', ackMs, ...(empty ? {} : { payload }) })
        })
        say(socket, { ...envelope })
      })
    },
    connections: () => open.length,
    disconnect(reason) {
      for (const socket of [...open]) {
        if (reason === 'dropped') {
          socket.terminate()
          continue
        }
        say(socket, { type: 'disconnect', reason, debug_info: { host: 'local' } })
        if (reason === 'warning') continue
        // Nothing more is sent there; acknowledgements on their way are still heard.
        open.splice(open.indexOf(socket), 1)
        setTimeout(() => socket.terminate(), closeLimitMs).unref()
      }
      onCount(open.length)
    },
    refuseConnections(on) {
      refusing = on
    },
    isRefusing: () => refusing,
    close() {
      for (const socket of server.clients) {
        socket.close(1001)
        setTimeout(() => socket.terminate(), closeLimitMs).unref()
      }
    },
  }
}
