import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server that takes requests and answers none; closed after the test. */
export async function silentServer() {
  let hear = () => {}
  /** Resolves with the first request. */
  const asked = new Promise<void>((resolve) => {
    hear = resolve
  })
  const server = createServer(() => hear())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
}
