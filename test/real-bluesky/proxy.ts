import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** What is to go wrong with the next calls of a method. */
export interface Loss {
  readonly method: string
  /** `before`: the call never arrives. `after`: it takes effect, and its answer is lost. */
  readonly when: 'before' | 'after'
  readonly times: number
}

/** A line to the server that can be cut; the account's document names it, so that all calls use it. */
export interface CutLine {
  readonly url: string
  /** Calls that arrived here, by method, since the last `reset`. */
  calls(method: string): number
  lose(loss: Loss): void
  /** Runs when the server has answered the next call of this method, before the answer goes on. */
  onceAnswered(method: string, act: () => void): void
  reset(): void
  /** @param url where the server itself listens */
  leadTo(url: string): void
  close(): Promise<void>
}

export async function startProxy(): Promise<CutLine> {
  let target = ''
  let loss: { method: string; when: Loss['when']; left: number } | undefined
  let watch: { method: string; act: () => void } | undefined
  const counts = new Map<string, number>()

  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '/'
    const method = new URL(path, 'http://localhost').pathname.replace('/xrpc/', '')
    counts.set(method, (counts.get(method) ?? 0) + 1)
    const body = await buffer(request)
    const lost = loss?.method === method && loss.left > 0 ? loss : undefined
    if (lost) lost.left -= 1
    if (lost?.when === 'before') return request.socket.destroy()
    const answer = await fetch(`${target}${path}`, {
      method: request.method ?? 'GET',
      headers: forwarded(request),
      ...(body.length > 0 ? { body: Uint8Array.from(body) } : {}),
    })
    const text = Buffer.from(await answer.arrayBuffer())
    if (watch?.method === method) {
      const { act } = watch
      watch = undefined
      act()
    }
    if (lost) return request.socket.destroy()
    const type = answer.headers.get('content-type')
    response.writeHead(answer.status, { ...(type ? { 'content-type': type } : {}) }).end(text)
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => request.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls: (method) => counts.get(method) ?? 0,
    lose: ({ method, when, times }) => {
      loss = { method, when, left: times }
    },
    onceAnswered: (method, act) => {
      watch = { method, act }
    },
    reset: () => {
      loss = undefined
      watch = undefined
      counts.clear()
    },
    leadTo: (url) => {
      target = url
    },
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function forwarded({ headers }: IncomingMessage): Record<string, string> {
  const kept = ['authorization', 'content-type', 'accept', 'user-agent']
  return Object.fromEntries(
    kept.flatMap((name) => (headers[name] ? [[name, String(headers[name])]] : [])),
  )
}
