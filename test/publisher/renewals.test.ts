import { eq } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import type {
  Connector,
  CredentialCheck,
  Credentials,
  Renewed,
} from '../../src/publisher/connectors/connector.js'
import { startCredentialChecks } from '../../src/publisher/credentials.js'
import type { PublisherDeps } from '../../src/publisher/deps.js'
import { createRenewals } from '../../src/publisher/renewals.js'
import { syncAccounts } from '../../src/store/accounts.js'
import { claimRenewal, keepRenewal } from '../../src/store/renewals.js'
import { accounts } from '../../src/store/schema.js'
import { createSecretBox } from '../../src/store/secret-box.js'
import { createSteppedClock, NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, authReason } from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'
import { createAcme, workerDeps } from './acme.js'

const box = createSecretBox(Buffer.alloc(32, 7))
const HOUR = 3_600_000

describe.each(testDatabases())('renewing credentials on the $engine database', ({ use }) => {
  const database = use()
  const row = async () => {
    const [found] = await database().orm.select().from(accounts)
    if (!found) throw new Error('no account')
    return found
  }

  /** A platform whose refresh tokens work once: `r1`, then what came of it. */
  function createPlatform() {
    let refresh = 'r1'
    let access = 'a1'
    let asked = 0
    return {
      asked: () => asked,
      ends: () => {
        access = 'nobody has it'
      },
      opens: (token: string) => token === access,
      spend(token: string, now: number): Renewed {
        asked += 1
        if (token !== refresh) {
          return { kind: 'refused', reason: { class: 'auth', text: 'It was used before.' } }
        }
        refresh = `r${asked + 1}`
        access = `a${asked + 1}`
        const credentials = { accessToken: access, refreshToken: refresh }
        return { kind: 'renewed', credentials, expiresAt: now + 2 * HOUR }
      },
    }
  }
  type Platform = ReturnType<typeof createPlatform>
  const entry = { name: 'facebook', platform: 'facebook', accessToken: 'a1' }
  const changed = { ...entry, accessToken: 'new' }

  /** One process with a connector that uses what it was given last. */
  function createProcess(platform: Platform, now: () => number, worker = 'worker-1') {
    let current: Credentials = { accessToken: 'a1', refreshToken: 'r1' }
    const honest = createAcme({ url: 'http://127.0.0.1:9' } as never)
    const connector = (): Connector => {
      const { accessToken = '', refreshToken = '' } = current
      return {
        ...honest,
        renewal: {
          aheadMs: HOUR / 2,
          ask: async () => {
            // What it leads to is not in use before it is kept.
            expect(current.refreshToken).toBe(refreshToken)
            return platform.spend(refreshToken, now())
          },
        },
        checkCredentials: async (): Promise<CredentialCheck> =>
          platform.opens(accessToken)
            ? { kind: 'ok', identity: accessToken }
            : { kind: 'refused', reason: authReason },
      }
    }
    const renewals = createRenewals({
      database: database(),
      box,
      use: (_account, credentials) => {
        current = { accessToken: 'a1', refreshToken: 'r1', ...credentials }
      },
    })
    const deps: PublisherDeps = workerDeps(database(), undefined, {
      now,
      worker,
      connector,
      renewals,
    })
    return { deps, renewals, connector, current: () => current }
  }

  it('a token that has ended is renewed, and the account is not held for it', async () => {
    const clock = createSteppedClock()
    const platform = createPlatform()
    platform.ends()
    await addAccount(database(), 'facebook', { checkDueAt: new Date(NOON) })
    const { deps } = createProcess(platform, clock.now)
    const checks = await startCredentialChecks(deps, async () => {})
    onTestFinished(() => checks.stop())
    const done = await waitFor('the check', row, ({ checkedAt }) => checkedAt !== null)
    expect(done).toMatchObject({
      status: 'ok',
      checked: { kind: 'ok', identity: 'a2', expiresAt: NOON + 2 * HOUR, renews: true },
      checkDueAt: new Date(NOON + 1.5 * HOUR),
    })
    // Sealed, whatever else is read from the row.
    expect(JSON.stringify(done)).not.toMatch(/"r2\\?"/)
  })

  it('what a renewed token was not granted is told, and holds the account', async () => {
    await addAccount(database(), 'facebook', { checkDueAt: new Date(NOON) })
    const platform = createPlatform()
    platform.ends()
    const made = createProcess(platform, () => NOON)
    const connector = (): Connector => {
      const plain = made.connector()
      const renewal = plain.renewal
      if (!renewal) throw new Error('it renews nothing')
      return {
        ...plain,
        renewal: {
          ...renewal,
          ask: async (reader) => ({ ...(await renewal.ask(reader)), scopes: ['read'] }),
          withScopes: (check, granted) =>
            granted.includes('write') ? check : { kind: 'refused', reason: lacking },
        },
      }
    }
    const lacking = { class: 'permission', text: 'It lacks write.' } as const
    const checks = await startCredentialChecks({ ...made.deps, connector }, async () => {})
    onTestFinished(() => checks.stop())
    const done = await waitFor('the check', row, ({ checkedAt }) => checkedAt !== null)
    expect(done).toMatchObject({ status: 'held', heldReason: lacking })
    // Another process knows it from what was kept.
    const other = createProcess(platform, () => NOON, 'worker-2')
    await other.renewals.follow('facebook', done.renewedAt?.getTime())
    expect(other.renewals.scopes('facebook')).toEqual(['read'])
  })

  it('several processes ask once, and all use what came of it', async () => {
    const clock = createSteppedClock()
    const platform = createPlatform()
    await addAccount(database(), 'facebook')
    const processes = Array.from({ length: 4 }, (_, n) =>
      createProcess(platform, clock.now, `worker-${n}`),
    )
    const ends = await Promise.all(
      processes.map(({ deps, renewals, connector }) =>
        renewals.renew('facebook', connector(), deps),
      ),
    )
    expect(ends.filter((end) => end?.kind === 'renewed')).toHaveLength(1)
    expect(platform.asked()).toBe(1)
    const { renewedAt } = await row()
    for (const { renewals, current } of processes) {
      await renewals.follow('facebook', renewedAt?.getTime())
      expect(current()).toMatchObject({ accessToken: 'a2', refreshToken: 'r2' })
    }
    const [first, second] = processes
    if (!first || !second) return
    await second.renewals.renew('facebook', second.connector(), second.deps)
    // The first has not heard of it, and does not spend what is spent already.
    expect(await first.renewals.renew('facebook', first.connector(), first.deps)).toBeUndefined()
    expect(platform.asked()).toBe(2)
    expect(first.current()).toMatchObject({ refreshToken: 'r3' })
  })

  it('a process that dies while it asks does not keep the others from it for ever', async () => {
    await addAccount(database(), 'facebook')
    const { orm } = database()
    const ask = { name: 'facebook', token: 'dead', now: NOON, leaseMs: 1000 }
    const dead = await claimRenewal(orm, ask)
    expect(await claimRenewal(orm, { ...ask, token: 'next' })).toBeUndefined()
    const next = await claimRenewal(orm, { ...ask, token: 'next', now: NOON + 1001 })
    if (!dead || !next) throw new Error('it was not claimed')
    const kept = { sealed: box.seal({}), now: NOON + 1002 }
    const keptAt = await keepRenewal(orm, next, kept)
    expect(keptAt).toBe(NOON + 1002)
    // What the dead one would still bring is not kept over the other's.
    const late = { sealed: box.seal({}), now: NOON + 1003 }
    expect(await keepRenewal(orm, dead, late)).toBeUndefined()
    // Told again, because the answer was lost, it is kept as it was.
    expect(await keepRenewal(orm, next, kept)).toBeGreaterThan(keptAt ?? 0)
    expect((await row()).renewed).toBe(kept.sealed)
  })

  /** Renews with something that happens after the platform was asked, and before its answer counts. */
  async function renewWhile(
    { renewals, connector, deps }: ReturnType<typeof createProcess>,
    happens: () => Promise<void>,
    more: Partial<PublisherDeps> = {},
  ): Promise<Renewed | undefined> {
    const plain = connector()
    const { renewal } = plain
    if (!renewal) throw new Error('it renews nothing')
    const ask: typeof renewal.ask = async (reader) => {
      await happens()
      return renewal.ask(reader)
    }
    return renewals.renew(
      'facebook',
      { ...plain, renewal: { ...renewal, ask } },
      { ...deps, ...more },
    )
  }

  it('what a platform gave is kept although the right to ask for it ended meanwhile', async () => {
    const clock = createSteppedClock()
    const platform = createPlatform()
    await addAccount(database(), 'facebook')
    const slow = createProcess(platform, clock.now)
    const renewed = await renewWhile(slow, async () => {
      clock.advance(slow.deps.leaseMs + 1)
      const claim = { name: 'facebook', token: 'next', now: clock.now(), leaseMs: 1000 }
      expect(await claimRenewal(database().orm, claim)).toBeDefined()
    })
    expect(renewed).toMatchObject({ kind: 'renewed' })
    expect(slow.current()).toMatchObject({ refreshToken: 'r2' })
    expect(await row()).toMatchObject({ renewedAt: new Date(clock.now()), renewLeaseToken: 'next' })
  })

  it('a refusal does not count when another process was renewed meanwhile', async () => {
    const clock = createSteppedClock()
    const platform = createPlatform()
    await addAccount(database(), 'facebook')
    const [first, second] = [createProcess(platform, clock.now), createProcess(platform, clock.now)]
    const outcome = await renewWhile(second, async () => {
      clock.advance(second.deps.leaseMs + 1)
      await first.renewals.renew('facebook', first.connector(), { ...first.deps, worker: 'w2' })
    })
    expect(outcome).toBeUndefined()
    expect(platform.asked()).toBe(2)
    expect(second.current()).toMatchObject({ accessToken: 'a2', refreshToken: 'r2' })
  })

  it('an account is not held for a token that another process has renewed meanwhile', async () => {
    const clock = createSteppedClock()
    const platform = createPlatform()
    platform.ends()
    await addAccount(database(), 'facebook', { checkDueAt: new Date(NOON) })
    const [first, second] = [createProcess(platform, clock.now), createProcess(platform, clock.now)]
    const connector = (): Connector => {
      const plain = second.connector()
      const { renewal } = plain
      if (!renewal) throw new Error('it renews nothing')
      const ask: typeof renewal.ask = async (reader) => {
        clock.advance(second.deps.leaseMs + 1)
        await first.renewals.renew('facebook', first.connector(), { ...first.deps, worker: 'w2' })
        return renewal.ask(reader)
      }
      return { ...plain, renewal: { ...renewal, ask } }
    }
    const checks = await startCredentialChecks({ ...second.deps, connector }, async () => {})
    onTestFinished(() => checks.stop())
    const done = await waitFor('the check', row, ({ checkedAt }) => checkedAt !== null)
    expect(done).toMatchObject({ status: 'ok', checked: { kind: 'ok', identity: 'a2' } })
  })

  it('a process that asks for long keeps the others from asking', async () => {
    const clock = createSteppedClock()
    const platform = createPlatform()
    await addAccount(database(), 'facebook')
    const slow = createProcess(platform, clock.now)
    const leaseMs = 30
    const renewed = await renewWhile(
      slow,
      async () => {
        clock.advance(25)
        const until = clock.now() + leaseMs
        const endsAt = async () => (await row()).renewLeaseExpiresAt?.getTime()
        await waitFor('the right is extended', endsAt, (at) => at === until)
        const claim = { name: 'facebook', token: 'next', now: NOON + 31, leaseMs }
        expect(await claimRenewal(database().orm, claim)).toBeUndefined()
      },
      { leaseMs },
    )
    expect(renewed).toMatchObject({ kind: 'renewed' })
    expect(await row()).toMatchObject({ renewLeaseToken: null, renewLeaseExpiresAt: null })
  })

  it('an entry that changed in the accounts file counts, and not what was renewed before', async () => {
    const clock = createSteppedClock()
    const platform = createPlatform()
    await syncAccounts(database().orm, [entry], box, NOON)
    const { deps, renewals, connector, current } = createProcess(platform, clock.now)
    await renewals.renew('facebook', connector(), deps)
    await syncAccounts(database().orm, [entry], box, NOON)
    expect((await row()).renewed).not.toBeNull()
    await syncAccounts(database().orm, [changed], box, NOON)
    expect(await row()).toMatchObject({ renewed: null, renewedAt: null })
    await renewals.follow('facebook', undefined)
    expect(current()).toMatchObject({ accessToken: 'a1' })
  })

  it('is not kept when the accounts file was changed in the middle', async () => {
    const platform = createPlatform()
    await syncAccounts(database().orm, [entry], box, NOON)
    const { deps, renewals, connector, current } = createProcess(platform, () => NOON)
    const slow: Connector = {
      ...connector(),
      renewal: {
        aheadMs: 0,
        ask: async () => {
          await syncAccounts(database().orm, [changed], box, NOON)
          return platform.spend('r1', NOON)
        },
      },
    }
    expect(await renewals.renew('facebook', slow, deps)).toBeUndefined()
    expect((await row()).renewed).toBeNull()
    expect(current()).toMatchObject({ accessToken: 'a1' })
  })

  it('a refusal is told when the token has ended as well', async () => {
    const platform = createPlatform()
    platform.ends()
    platform.spend('r1', NOON)
    platform.ends()
    await addAccount(database(), 'facebook', { checkDueAt: new Date(NOON) })
    const { deps } = createProcess(platform, () => NOON)
    const checks = await startCredentialChecks(deps, async () => {})
    onTestFinished(() => checks.stop())
    const done = await waitFor('the check', row, ({ checkedAt }) => checkedAt !== null)
    expect(done).toMatchObject({ status: 'held', heldReason: { text: 'It was used before.' } })
    const [name] = await database().orm.select().from(accounts).where(eq(accounts.name, 'facebook'))
    expect(name?.renewLeaseToken).toBeNull()
  })
})
