import { createServer, type Server, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export interface TcpServer {
  readonly url: string
  /** Everything that clients have sent, in bytes. */
  received(): string
  connections(): number
}

/** A server below HTTP, gone with the test: what it does to a connection is what is tested. */
export async function startTcpServer(treat: (socket: Socket) => void): Promise<TcpServer> {
  let received = ''
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1')
    })
    socket.on('error', () => {}) // resets are part of the treatment
    treat(socket)
  })
  const url = await listen(server)
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { url, received: () => received, connections: () => sockets.size }
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

/** Answers the first bytes of a request with these, and calls back after. */
export function answering(text: string, after: (socket: Socket) => void = () => {}) {
  return (socket: Socket) => {
    socket.once('data', () => socket.write(text, () => after(socket)))
  }
}
