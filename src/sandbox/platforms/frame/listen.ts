import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { send } from './exchange.js'

type Handle = (req: IncomingMessage, res: ServerResponse, path: string) => Promise<boolean>

/**
 * Serves on 127.0.0.1; what the handler does not take is answered 404.
 * @param port 0 takes a free one
 */
export async function listenOn(
  handle: Handle,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (req, res) => {
    if (await handle(req, res, req.url ?? '/')) return
    send(res, { status: 404, body: { error: 'no such platform' } })
  })
  // Idle connections stay open, so that only faults ever cut a client off.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${bound}`, close }
}
