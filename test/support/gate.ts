import { connect, createServer, type Server, type Socket } from 'node:net'

export interface Gate {
  readonly port: number
  /** Cuts every connection and refuses new ones, as a server does that was stopped. */
  shut(): Promise<void>
  open(): Promise<void>
  /** Lets nothing more through any connection that stands, and says nothing; new ones work. */
  swallow(): void
}

/** A way to a server that can be shut for one test while the server works on for the others. */
export async function createGate(to: { host: string; port: number }): Promise<Gate> {
  const sockets = new Set<Socket>()
  const server: Server = createServer((client) => {
    const onwards = connect(to.port, to.host)
    for (const [one, other] of [
      [client, onwards],
      [onwards, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => {}) // cut off, which is what a gate is for
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  const listen = (port: number) =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { port } = address
  return {
    port,
    open: () => listen(port),
    swallow() {
      for (const socket of sockets) socket.unpipe().resume()
    },
    shut: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
