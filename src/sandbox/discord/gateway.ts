import type { IncomingMessage, Server } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import { type Handshake, identify, resume } from './handshake.js'
import { deliverTo, type Session, sendTo } from './sessions.js'
import type { World } from './world.js'

// Opcodes and close codes: https://docs.discord.com/developers/topics/opcodes-and-status-codes
const OP = {
  HEARTBEAT: 1,
  IDENTIFY: 2,
  PRESENCE: 3,
  RESUME: 6,
  RECONNECT: 7,
  REQUEST_MEMBERS: 8,
  INVALID_SESSION: 9,
  HELLO: 10,
  HEARTBEAT_ACK: 11,
} as const

const MOST_PAYLOADS = { count: 120, windowMs: 60_000 }

const payloadSchema = z.object({ op: z.int(), d: z.unknown() })

export interface GatewayDrop {
  /** Whether the session survives; if not, the client has to identify anew. */
  resumable: boolean
  /** `cut` ends the connection without a word; `asked` tells the client first (op 7 or op 9). */
  how?: 'cut' | 'asked'
}

export interface Gateway {
  /** Sessions with a client on the line. */
  connected(): number
  drop(options: GatewayDrop): void
  /** Turns new connections away. */
  refuse(on: boolean): void
  /** Sends nothing more, not even heartbeat answers, with connections left open: zombies. */
  silence(on: boolean): void
  close(): void
}

/** Serves the gateway on `/gateway` of an HTTP server. JSON only; nothing is ever compressed. */
export function createGateway(world: World, server: Server, heartbeatMs: number): Gateway {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: 4096 })
  const sessions = new Map<string, Session>()
  let refusing = false
  let silent = false

  server.on('upgrade', (request, socket, head) => {
    if (refusing || !request.url?.startsWith('/gateway')) {
      socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (client) => connect(client, request))
  })
  world.hub.onDispatch((dispatch) => {
    for (const session of sessions.values()) deliverTo(session, dispatch, silent)
  })

  function connect(socket: WebSocket, request: IncomingMessage): void {
    const query = new URL(request.url ?? '/', 'ws://local').searchParams
    const isJson = (query.get('encoding') ?? 'json') === 'json' && !query.has('compress')
    if (query.get('v') !== '10') socket.close(4012, 'Invalid API version.')
    else if (!isJson) socket.close(4002, 'Only JSON without compression is spoken here.')
    else converse(socket)
  }

  function converse(socket: WebSocket): void {
    let session: Session | null = null
    let received: number[] = []

    const expire = () => {
      if (session) sessions.delete(session.id)
      socket.close(4009, 'Session timed out.')
    }
    // A client may be a little late with its beat before it is given up.
    let patience = setTimeout(expire, heartbeatMs * 1.5)

    const begin = (handshake: Handshake, action: 'ready' | 'resumed') => {
      if (handshake.kind === 'close') return socket.close(handshake.code, handshake.reason)
      if (handshake.kind === 'invalid') return sendTo(socket, { op: OP.INVALID_SESSION, d: false })
      session = handshake.session
      sessions.set(session.id, session)
      for (const dispatch of handshake.hello) deliverTo(session, dispatch, silent)
      world.hub.emit({ type: 'gateway', action, sessionId: session.id })
    }

    const take = (payload: z.infer<typeof payloadSchema>) => {
      if (payload.op === OP.HEARTBEAT) {
        clearTimeout(patience)
        patience = setTimeout(expire, heartbeatMs * 1.5)
        return silent ? undefined : sendTo(socket, { op: OP.HEARTBEAT_ACK })
      }
      const isHandshake = payload.op === OP.IDENTIFY || payload.op === OP.RESUME
      if (isHandshake && session) return socket.close(4005, 'Already authenticated.')
      if (payload.op === OP.IDENTIFY) return begin(identify(world, socket, payload.d), 'ready')
      if (payload.op === OP.RESUME) {
        return begin(resume(world, sessions, socket, payload.d), 'resumed')
      }
      if (!session) return socket.close(4003, 'Not authenticated.')
      if (payload.op === OP.PRESENCE || payload.op === OP.REQUEST_MEMBERS) return
      socket.close(4001, 'Unknown opcode.')
    }

    socket.on('error', () => socket.terminate())
    socket.on('close', (code) => {
      clearTimeout(patience)
      if (session?.socket !== socket) return
      session.socket = null
      // A client that leaves with 1000 or 1001 gives its session up.
      if (code === 1000 || code === 1001) sessions.delete(session.id)
      world.hub.emit({ type: 'gateway', action: 'closed', sessionId: session.id })
    })
    socket.on('message', (data) => {
      const now = performance.now()
      received = [...received.filter((at) => at > now - MOST_PAYLOADS.windowMs), now]
      if (received.length > MOST_PAYLOADS.count) return socket.close(4008, 'Rate limited.')
      const payload = parsePayload(String(data))
      if (payload) take(payload)
      else socket.close(4002, 'Error while decoding payload.')
    })
    sendTo(socket, { op: OP.HELLO, d: { heartbeat_interval: heartbeatMs } })
  }

  return {
    connected: () => [...sessions.values()].filter(({ socket }) => socket).length,
    drop({ resumable, how = 'cut' }) {
      const dropped = [...sessions.values()]
      if (!resumable) sessions.clear()
      for (const { socket } of dropped) {
        if (!socket) continue
        if (how === 'cut') socket.terminate()
        else if (resumable) sendTo(socket, { op: OP.RECONNECT, d: null })
        else sendTo(socket, { op: OP.INVALID_SESSION, d: false })
      }
    },
    refuse(on) {
      refusing = on
    },
    silence(on) {
      silent = on
    },
    close() {
      for (const client of sockets.clients) client.terminate()
      sockets.close()
    },
  }
}

function parsePayload(text: string): z.infer<typeof payloadSchema> | null {
  try {
    return payloadSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
