import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { ConfigError } from './config.js'
import type { Log } from './log.js'

/** What is being answered when the server closes gets this long: an acknowledgement must not be cut off. */
const ANSWERS_WITHIN_MS = 1_000

/** Handles a request below its prefix; false when it is not its own. */
export type Route = (
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
) => boolean | Promise<boolean>

/** Pages of a library: `next` is told about what they have no answer to. */
export type Pages = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

export interface Server {
  readonly port: number
  close(): Promise<void>
}

/**
 * The one HTTP server of the program: health, media for platforms, chat events and whatever else is
 * mounted. Routes are asked in order.
 * @throws ConfigError when the port is taken
 */
export async function startServer(options: {
  port: number
  host?: string
  routes: readonly Route[]
  upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean
  log: Log
}): Promise<Server> {
  const server = createServer((request, response) => {
    const path = pathOf(request)
    if (path === undefined) return void response.writeHead(400).end()
    void answer(options.routes, request, response, path).catch((error) => {
      options.log.error({ path, error: (error as Error).message }, 'a request failed')
      if (!response.headersSent) response.writeHead(500).end()
      else response.destroy()
    })
  })
  server.on('upgrade', (request, socket, head) => {
    const isTaken = pathOf(request) !== undefined && options.upgrade?.(request, socket, head)
    if (!isTaken) socket.destroy()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: Error & { code?: string }) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `PORT: port ${options.port} is in use by another program. Stop it, or set PORT to a free one.`
          : `PORT: cannot listen on port ${options.port} (${error.message}).`
      reject(new ConfigError(why))
    })
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        const late = setTimeout(() => {
          server.closeAllConnections()
          resolve()
        }, ANSWERS_WITHIN_MS)
        server.close(() => {
          clearTimeout(late)
          resolve()
        })
        server.closeIdleConnections()
      }),
  }
}

/** Undefined when what was asked for is no address, such as `//`: anybody may send anything. */
function pathOf({ url = '/' }: IncomingMessage): string | undefined {
  const base = 'http://localhost'
  return URL.canParse(url, base) ? new URL(url, base).pathname : undefined
}

async function answer(
  routes: readonly Route[],
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  for (const route of routes) {
    if (await route(request, response, path)) return
  }
  response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('Not found\n')
}

/** `/healthz`: the process lives. `/readyz`: it takes commands, and the database answers. */
export function healthRoute(ready: () => Promise<string | null>): Route {
  return async (_request, response, path) => {
    if (path === '/healthz') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ok\n')
      return true
    }
    if (path !== '/readyz') return false
    const why = await ready()
    response
      .writeHead(why === null ? 200 : 503, { 'content-type': 'text/plain' })
      .end(`${why ?? 'ready'}\n`)
    return true
  }
}

/** Media for platforms that fetch, under links that nobody can guess. */
export function mediaRoute(
  verify: (path: string) => string | undefined,
  load: (id: string) => Promise<{ mime: string; bytes: Uint8Array } | undefined>,
): Route {
  return async (request, response, path) => {
    if (!path.startsWith('/media/')) return false
    const id = verify(path)
    const found = id === undefined ? undefined : await load(id)
    if (!found) {
      response.writeHead(404).end()
      return true
    }
    response.writeHead(200, {
      'content-type': found.mime,
      'content-length': found.bytes.byteLength,
      'cache-control': 'private, max-age=3600',
      'x-content-type-options': 'nosniff',
    })
    response.end(request.method === 'HEAD' ? undefined : found.bytes)
    return true
  }
}
