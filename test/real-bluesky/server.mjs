// Bluesky's own server with an account on it, in memory and in a folder of its own, for as long as
// this process lives. Prints one line of JSON when it can be used.
import { mkdtemp, rm } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { envToCfg, envToSecrets, PDS } from '@atproto/pds'
import { Database, PlcServer } from '@did-plc/server'

// Both servers listen on every interface unless they are kept from it.
const { listen } = net.Server.prototype
net.Server.prototype.listen = function pinned(port, ...rest) {
  const done = rest.findLast((argument) => typeof argument === 'function')
  return listen.call(this, { port, host: '127.0.0.1' }, done)
}

/** The address that the account's document names: a proxy before the server, where there is one. */
const [publicUrl] = process.argv.slice(2)
const folder = await mkdtemp(join(tmpdir(), 'real-bluesky-'))
const port = await freePort()

const directory = PlcServer.create({ db: Database.mock(), port: await freePort() })
const { port: directoryPort } = (await directory.start()).address()
const environment = {
  hostname: 'localhost',
  port,
  devMode: true,
  dataDirectory: folder,
  blobstoreDiskLocation: join(folder, 'blobs'),
  didPlcUrl: `http://127.0.0.1:${directoryPort}`,
  serviceHandleDomains: ['.test'],
  inviteRequired: false,
  disableSsrfProtection: true,
  jwtSecret: 'jwt-secret-of-a-test',
  adminPassword: 'admin-password-of-a-test',
  plcRotationKeyK256PrivateKeyHex: '1'.repeat(64),
  rateLimitsEnabled: false,
  blobUploadLimit: 5 * 1024 * 1024,
}
const config = envToCfg(environment)
const service = publicUrl ? { ...config.service, publicUrl } : config.service
const pds = await PDS.create({ ...config, service }, envToSecrets(environment))
await pds.start()

const url = `http://127.0.0.1:${port}`
const acme = await call('com.atproto.server.createAccount', {
  handle: 'acme-news.test',
  email: 'acme@example.com',
  password: 'password-of-a-test',
})
await call('com.atproto.server.createAccount', {
  handle: 'harbour.test',
  email: 'harbour@example.com',
  password: 'password-of-a-test',
})
const { password: appPassword } = await call(
  'com.atproto.server.createAppPassword',
  { name: 'pressroom' },
  acme.accessJwt,
)
process.stdout.write(
  `${JSON.stringify({ url, did: acme.did, handle: acme.handle, appPassword })}\n`,
)

process.once('SIGTERM', async () => {
  await pds.destroy()
  await directory.destroy()
  await rm(folder, { recursive: true, force: true })
  process.exit(0)
})

async function call(method, input, token) {
  const answer = await fetch(`${url}/xrpc/${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify(input),
  })
  if (!answer.ok) throw new Error(`${method}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

function freePort() {
  return new Promise((resolve) => {
    const probe = listen.call(net.createServer(), { port: 0, host: '127.0.0.1' }, () => {
      const { port: free } = probe.address()
      probe.close(() => resolve(free))
    })
  })
}
