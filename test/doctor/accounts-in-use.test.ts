import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountsInUse } from '../../src/doctor/accounts-in-use.js'
import { type Account, accountSchema } from '../../src/publisher/connectors/index.js'
import { syncAccounts } from '../../src/store/accounts.js'
import type { Orm } from '../../src/store/database.js'
import { openEmbedded } from '../../src/store/open-embedded.js'
import { claimRenewal, keepRenewal } from '../../src/store/renewals.js'
import { createSecretBox } from '../../src/store/secret-box.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'

const secretKey = Buffer.alloc(32, 3)
const box = createSecretBox(secretKey)
const x = accountSchema.parse({
  name: 'x',
  platform: 'x',
  accessToken: 'token-of-the-file',
  refreshToken: 'refresh-of-the-file',
  clientId: 'client',
}) as Account
const mastodon = accountSchema.parse({
  name: 'masto',
  platform: 'mastodon',
  accessToken: 'token-of-mastodon',
  apiUrl: 'https://mastodon.example',
}) as Account

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'pressroom-in-use-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

const place = () => ({ databaseUrl: null, dataDir, secretKey })

async function renew(): Promise<() => Promise<void>> {
  const database = await openEmbedded(dataDir)
  await renewIn(database.orm)
  return database.close
}

async function renewIn(orm: Orm): Promise<void> {
  await syncAccounts(orm, [x, mastodon], box, NOON)
  const token = 'this test'
  const claim = await claimRenewal(orm, { name: 'x', token, now: NOON, leaseMs: 1000 })
  const credentials = { accessToken: 'renewed-token', refreshToken: 'renewed-refresh' }
  const sealed = box.seal({ credentials })
  if (claim) await keepRenewal(orm, claim, { sealed, now: NOON })
}

describe('the accounts in use', () => {
  it('have what their platform renewed, and else what the file says', async () => {
    await (await renew())()
    expect(await accountsInUse([x, mastodon], place())).toEqual([
      {
        account: { ...x, accessToken: 'renewed-token', refreshToken: 'renewed-refresh' },
        renewed: true,
      },
      { account: mastodon, renewed: false },
    ])
  })

  it('are those of the file where nothing was ever stored, and nothing is made there', async () => {
    expect(await accountsInUse([x], place())).toEqual([{ account: x, renewed: false }])
    rmSync(dataDir, { recursive: true })
    expect(await accountsInUse([x], place())).toEqual([{ account: x, renewed: false }])
    dataDir = mkdtempSync(join(tmpdir(), 'pressroom-in-use-'))
  })

  it('are those of the file once its entry was changed', async () => {
    await (await renew())()
    const changed = { ...x, accessToken: 'newer-token' } as Account
    expect(await accountsInUse([changed], place())).toEqual([{ account: changed, renewed: false }])
  })

  it('say what they cannot see: a store in use, and one under another key', async () => {
    const close = await renew()
    expect(await accountsInUse([x, mastodon], place())).toEqual([
      { account: x, renewed: false, unseen: 'a running process has the embedded store open.' },
      { account: mastodon, renewed: false },
    ])
    await close()
    const other = { ...place(), secretKey: Buffer.alloc(32, 4) }
    expect(await accountsInUse([x], other)).toMatchObject([
      { account: x, unseen: expect.stringMatching(/with this PRESSROOM_SECRET_KEY/) },
    ])
  })
})

const servers = testDatabases().filter(({ engine }) => engine === 'server')
describe.runIf(servers.length > 0).each(servers)('on a server', ({ use }) => {
  const database = use()

  it('the accounts in use are read from it as well', async () => {
    const { orm, driver } = database()
    await renewIn(orm)
    const databaseUrl = driver.engine === 'server' ? driver.url : ''
    expect(await accountsInUse([x], { ...place(), databaseUrl })).toMatchObject([
      { account: { accessToken: 'renewed-token' }, renewed: true },
    ])
  })

  it('that does not answer, the reason is said without its password', async () => {
    const databaseUrl = 'postgres://press:secret@127.0.0.1:1/press'
    const [found] = await accountsInUse([x], { ...place(), databaseUrl })
    expect(found).toMatchObject({ account: x, unseen: expect.stringMatching(/refused/) })
    expect(found?.unseen).not.toContain('secret@')
  })
})
