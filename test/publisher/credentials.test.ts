import { eq } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Connector, CredentialCheck } from '../../src/publisher/connectors/connector.js'
import { startCredentialChecks } from '../../src/publisher/credentials.js'
import type { PublisherDeps } from '../../src/publisher/deps.js'
import { requestCheck } from '../../src/store/accounts.js'
import { accounts } from '../../src/store/schema.js'
import { createSteppedClock, NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, authReason } from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'
import { createAcme, workerDeps } from './acme.js'

const ok: CredentialCheck = { kind: 'ok', identity: 'Acme Page' }
const refused: CredentialCheck = { kind: 'refused', reason: authReason }

describe.each(testDatabases())('credential checks on the $engine database', ({ use }) => {
  const database = use()

  async function start(
    check: () => Promise<CredentialCheck>,
    changes: Partial<PublisherDeps> = {},
  ) {
    const clock = createSteppedClock()
    let rounds = 0
    const honest = createAcme({ url: 'http://127.0.0.1:9' } as never)
    const connector: Connector = { ...honest, checkCredentials: check }
    const deps = workerDeps(database(), connector, { now: clock.now, ...changes })
    const checks = await startCredentialChecks(deps, async () => void rounds++)
    onTestFinished(() => checks.stop())
    return { clock, rounds: () => rounds }
  }
  const account = async () => {
    const [row] = await database().orm.select().from(accounts).where(eq(accounts.name, 'facebook'))
    return row
  }
  const checked = () =>
    waitFor('the check', account, (row) => row?.checkedAt !== null && row?.checkedAt !== undefined)
  const due = { checkDueAt: new Date(NOON) }

  it.each([
    ['works', ok, 'ok', 6 * 3_600_000],
    ['is refused', refused, 'held', 5 * 60_000],
    ['cannot be checked', { kind: 'unknown', reason: authReason }, 'ok', 60_000],
  ] as const)(
    'a credential that %s is checked again in time',
    async (_what, result, status, ms) => {
      await addAccount(database(), 'facebook', due)
      const { rounds } = await start(async () => result)
      expect(await checked()).toMatchObject({
        status,
        checked: result,
        checkDueAt: new Date(NOON + ms),
      })
      await waitFor('the relay is told', rounds, (count) => count === 1)
    },
  )

  it('are made at once when a person asks, and release the account', async () => {
    await addAccount(database(), 'facebook', { status: 'held', heldReason: authReason })
    const { rounds } = await start(async () => ok)
    await requestCheck(database().orm, 'facebook', NOON)
    expect(await checked()).toMatchObject({ status: 'ok', heldReason: null })
    await waitFor('the relay is told', rounds, (count) => count === 1)
  })

  it('say nothing about the credential when they break', async () => {
    await addAccount(database(), 'facebook', due)
    await start(async () => {
      throw new TypeError("Cannot read properties of undefined (reading 'id')")
    })
    const row = await checked()
    expect(row).toMatchObject({ status: 'ok', checked: { kind: 'unknown' } })
    expect(JSON.stringify(row?.checked)).not.toContain('Cannot read')
  })

  it('do not keep each other from being made', async () => {
    await addAccount(database(), 'facebook', due)
    await addAccount(database(), 'other', due)
    const honest = createAcme({ url: 'http://127.0.0.1:9' } as never)
    let answer: (check: CredentialCheck) => void = () => {}
    const slow = new Promise<CredentialCheck>((resolve) => {
      answer = resolve
    })
    await start(async () => ok, {
      connector: (name) => ({
        ...honest,
        checkCredentials: async () => (name === 'other' ? slow : ok),
      }),
    })
    expect(await checked()).toMatchObject({ status: 'ok' })
    answer(ok)
  })
})
