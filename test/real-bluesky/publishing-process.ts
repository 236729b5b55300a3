import { join } from 'node:path'
import { readSettings } from '../../src/config.js'
import { startProgram } from '../../src/program.js'
import { accountSchema } from '../../src/publisher/connectors/index.js'
import { createPost } from '../../src/store/create-post.js'
import { openEmbedded } from '../../src/store/open-embedded.js'

/** The whole program with one Bluesky account, to be killed while it publishes. */
const environment = { ...process.env, PORT: '0', LOG_LEVEL: 'warn' }
const settings = readSettings(environment)
const account = accountSchema.parse(JSON.parse(process.env.ACCOUNT ?? '{}'))

if (process.argv[2] === 'publish') {
  const database = await openEmbedded(join(settings.dataDir))
  const at = Date.now()
  await createPost(database.orm, {
    id: 'p1',
    conversation: { chat: 'api', teamId: 'T1', channelId: 'C1' },
    author: { id: 'U1', name: 'Sam' },
    text: process.env.TEXT ?? '',
    request: {},
    createdAt: at,
    targets: [
      {
        id: 't1',
        account: account.name,
        platform: account.platform,
        state: { status: 'queued', dueAt: at },
        content: { text: process.env.TEXT ?? '', media: [] },
        contentHash: 'hash',
        idempotencyKey: '01890000-0000-8000-8000-000000000000',
      },
    ],
  })
  await database.close()
}
const accounts = { accounts: [account], channels: [] }
const program = startProgram(settings, environment, 'start', { accounts, host: '127.0.0.1' })
// It works before all of it is ready, and may be told to stop by then.
process.once('SIGTERM', () => void program.stop().then(() => process.exit(0)))
await program.ready
process.stdout.write('ready\n')
