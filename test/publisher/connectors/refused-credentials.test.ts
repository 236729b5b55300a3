import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { accountEntry, createAccounts, STORM_PLATFORMS } from '../../../bench/storm/accounts.js'
import type { Connector } from '../../../src/publisher/connectors/connector.js'
import { send } from '../../../src/publisher/connectors/http.js'
import { accountSchema, createConnector } from '../../../src/publisher/connectors/index.js'
import { createSandbox, type Fault, type Sandbox } from '../../../src/sandbox/platforms/index.js'
import { createSteppedClock } from '../../support/clock.js'
import { driveTarget } from '../../support/drive-target.js'
import { IMAGE, sampleMedia } from '../../support/sample-media.js'

const clock = createSteppedClock()
const reader = {
  now: clock.now,
  read: (request: Parameters<typeof send>[0]) => send(request, { timeoutMs: 5000 }),
}
const accounts = createAccounts(1)
let sandbox: Sandbox
let server: { url: string; close(): Promise<void> }

beforeAll(async () => {
  sandbox = createSandbox({
    clock: clock.now,
    fetchMedia: false,
    accounts: Object.fromEntries(accounts.map(({ platform, sandbox: one }) => [platform, [one]])),
  })
  server = await sandbox.listen()
})
beforeEach(() => sandbox.reset())
afterAll(() => server.close())

function on(platform: (typeof STORM_PLATFORMS)[number]) {
  const account = accounts.find((one) => one.platform === platform)
  if (!account) throw new Error(`no account on ${platform}`)
  const connector = createConnector(accountSchema.parse(accountEntry(account, server.url)))
  return { connector, id: account.sandbox.id }
}

const publish = (connector: Connector) =>
  driveTarget({ connector, content: { text: 'Ahoy', media: [IMAGE] }, clock, media: sampleMedia })

/** Nothing is live, the target waits for a person, and it is said whose credential it is and why. */
async function expectHeld(connector: Connector, reason: 'auth' | 'permission', words: RegExp) {
  const { state } = await publish(connector)
  expect(state).toMatchObject({ status: 'held', hold: 'account', reason: { class: reason } })
  if (state.status !== 'held') return
  expect(state.reason.text).toMatch(words)
  expect(state.reason.next).toMatch(/\.$/)
  expect(sandbox.live(connector.platform as (typeof STORM_PLATFORMS)[number])).toEqual([])
  return state.reason.next
}

/** The accounts file is read at the start, so a check finds nothing new before that. */
const ANEW = /into the accounts file and restart/

describe('a credential that does not work: held, and nothing is sent', () => {
  it.each(STORM_PLATFORMS)('a revoked one, on %s', async (platform) => {
    const { connector, id } = on(platform)
    sandbox.revoke(platform, id)
    expect(await expectHeld(connector, 'auth', new RegExp(platform, 'i'))).toMatch(ANEW)
    expect(await connector.checkCredentials(reader)).toMatchObject({ kind: 'refused' })
    sandbox.restore(platform, id)
    expect(await connector.checkCredentials(reader)).toMatchObject({ kind: 'ok' })
  })

  it.each(STORM_PLATFORMS)('one that may not publish, on %s', async (platform) => {
    const { connector } = on(platform)
    // Whatever the call is: most platforms tell only on the one that publishes.
    const forbidden = { kind: 'forbidden', when: 'before', times: 'always' } as const
    sandbox.addFault(platform, { ...forbidden, on: 'prepare' })
    sandbox.addFault(platform, { ...forbidden, on: 'mutation' })
    // An app password may everything or, its account being taken down, nothing.
    const reason = platform === 'bluesky' ? 'auth' : 'permission'
    await expectHeld(connector, reason, new RegExp(platform, 'i'))
  })

  it.each([
    ['facebook', 463, 'The access token has expired.'],
    ['instagram', 463, 'The access token has expired.'],
    ['threads', 463, 'The access token has expired.'],
    ['facebook', 460, 'The password was changed'],
    ['facebook', 492, 'lost their role on the Page'],
    ['instagram', 458, 'The app was removed'],
  ] as const)('on %s, 190/%d: %s', async (platform, subcode, words) => {
    const { connector } = on(platform)
    const fault: Fault = {
      on: 'any',
      when: 'before',
      kind: 'meta_code',
      code: 190,
      subcode,
      times: 'always',
    }
    sandbox.addFault(platform, fault)
    expect(await expectHeld(connector, 'auth', new RegExp(words))).toMatch(ANEW)
    expect(await connector.checkCredentials(reader)).toMatchObject({ kind: 'refused' })
  })

  it.each(['instagram', 'threads'] as const)(
    'a check on %s finds that it may not publish, before anything is queued',
    async (platform) => {
      const { connector, id } = on(platform)
      sandbox.addFault(platform, {
        on: 'read',
        when: 'before',
        kind: 'forbidden',
        times: 'always',
        account: id,
      })
      expect(await connector.checkCredentials(reader)).toMatchObject({
        kind: 'refused',
        reason: { class: 'permission' },
      })
    },
  )
})

describe('what to do about a credential, wherever it is said', () => {
  const root = new URL('../../../src/', import.meta.url)

  /** The literals of the program's files; a comment's apostrophes pair up to harmless ones. */
  async function said(): Promise<string[]> {
    const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
    const files = await Promise.all(names.map((name) => readFile(new URL(name, root), 'utf8')))
    return files.flatMap((file) => file.match(/'[^'\n]+'|"[^"\n]+"|`[^`]+`/g) ?? [])
  }

  it('names the restart with everything new', async () => {
    const advice = (await said()).filter((words) => /[Pp]ut .*into the accounts file/.test(words))
    expect(advice.length).toBeGreaterThan(2)
    expect(advice.filter((words) => !words.includes('restart'))).toEqual([])
  })

  it('asks for a check only where the same credential can work again', async () => {
    const checks = (await said()).filter((words) => words.includes('press Check credentials'))
    expect(checks.length).toBeGreaterThan(3)
    const anew = /\b(new|again|renew|make a|working)\b/i
    expect(checks.filter((words) => anew.test(words))).toEqual([])
  })
})
