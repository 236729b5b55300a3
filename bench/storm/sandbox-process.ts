import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSandbox } from '../../src/sandbox/platforms/index.js'

/**
 * The platforms' stand-ins in a process of their own, with their control surface; and the picture
 * that posts carry. Quotas are off: a storm publishes in minutes what they allow in days.
 */
const sandbox = createSandbox({
  accounts: JSON.parse(process.env.STORM_ACCOUNTS ?? '{}'),
  quotas: false,
  // Containers are fetched from the product, which is dead half of the time; that is not the test.
  fetchMedia: false,
})
const picture = readFileSync(process.env.STORM_PICTURE ?? '')

process.on('disconnect', () => process.exit(1))

/** A request that is still open by then was accepted by a slow platform, or will have no answer. */
const OPEN_MS = Number(process.env.STORM_OPEN_MS)

const server = createServer(async (req, res) => {
  const path = req.url ?? '/'
  const open = setTimeout(() => process.send?.('open'), OPEN_MS)
  res.on('close', () => clearTimeout(open))
  if (path === '/picture.jpg') {
    res.writeHead(200, { 'content-type': 'image/jpeg' }).end(picture)
  } else if (!(await sandbox.handle(req, res, path))) {
    res.writeHead(404).end()
  }
})
server.keepAliveTimeout = 120_000
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  process.send?.({ url: `http://127.0.0.1:${port}` })
  process.send?.('ready')
})
