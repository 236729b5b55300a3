import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'

const READY = {
  v: 10,
  user: { id: '1100000000000000001', username: 'Pressroom' },
  guilds: [],
  session_id: 's',
  application: { id: '1100000000000000001', flags: 0 },
}

/** A Discord that says the least it may: no server, and whatever a test dispatches. */
export async function openBareGateway() {
  const asked: string[] = []
  const sockets = new Set<WebSocket>()
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    const isGateway = request.url?.endsWith('/gateway/bot')
    const body = isGateway
      ? {
          url: address('ws'),
          shards: 1,
          session_start_limit: { total: 9, remaining: 9, reset_after: 0, max_concurrency: 1 },
        }
      : { message: '404: Not Found', code: 0 }
    const isListed = isGateway || request.method === 'PUT'
    response.writeHead(isListed ? 200 : 404, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  })
  const address = (scheme: string) =>
    `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
  const gateway = new WebSocketServer({ server })
  gateway.on('connection', (socket) => {
    sockets.add(socket)
    const send = (op: number, d: unknown, more = {}) =>
      socket.send(JSON.stringify({ op, d, ...more }))
    send(10, { heartbeat_interval: 40_000 })
    socket.on('message', (data) => {
      if (JSON.parse(String(data)).op !== 2) return
      send(0, { ...READY, resume_gateway_url: address('ws') }, { t: 'READY', s: 1 })
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.terminate()
    server.close()
  })
  let s = 1
  return {
    asked,
    settings: {
      token: 'a.b.c',
      applicationId: READY.application.id,
      apiUrl: `${address('http')}/api`,
    },
    dispatch(t: string, d: unknown) {
      s += 1
      for (const socket of sockets) socket.send(JSON.stringify({ op: 0, t, s, d }))
    },
  }
}
