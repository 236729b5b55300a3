import { eq } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { repliesFor } from '../../src/bot/card-replies.js'
import type { Connector, CredentialCheck } from '../../src/publisher/connectors/connector.js'
import type { PublisherDeps } from '../../src/publisher/deps.js'
import { startPreflight } from '../../src/publisher/preflight.js'
import { loadPreflights } from '../../src/store/preflights.js'
import { accounts, posts, preflights, targets } from '../../src/store/schema.js'
import { SecretKeyError } from '../../src/store/secret-box.js'
import { view } from '../bot/view.js'
import { createSteppedClock } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, authReason, load, storeTargets } from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'
import { createAcme, workerDeps } from './acme.js'
import { hookedDatabase } from './hooked-database.js'

const HOUR = 3_600_000

describe.each(testDatabases())('looks ahead, on the $engine database', ({ use }) => {
  const database = use()

  it('come when it is scheduled, a day and an hour ahead and after a move, and say what would fail', async () => {
    const clock = createSteppedClock()
    let check: CredentialCheck = { kind: 'ok', identity: 'Acme' }
    let checks = 0
    const connector = createAcme({ url: 'http://127.0.0.1:9' } as never, {
      checkCredentials: async () => {
        checks += 1
        return check
      },
    })
    await addAccount(database())
    const publishAt = clock.now() + 40 * HOUR
    const state = { status: 'scheduled', publishAt } as const
    const [stored, other] = await storeTargets(database(), [{ state }, { state }])
    if (!stored || !other) throw new Error('nothing was stored')
    const running = startPreflight(workerDeps(database(), connector, { now: clock.now }), 20)
    onTestFinished(() => running.stop())
    const rows = () => database().orm.select().from(preflights)
    const looked = (count: number) =>
      waitFor('the looks', rows, (found) => found.length === count).then((found) =>
        found.filter(({ targetId }) => targetId === stored.id).map(({ stage }) => stage),
      )
    const changed = async () =>
      (await database().orm.select().from(posts).where(eq(posts.id, stored.postId)))[0]?.changed

    expect(await looked(2)).toEqual(['scheduled'])
    expect(checks).toBe(1) // once for both
    expect(await changed()).toBe(1)
    clock.advance(17 * HOUR)
    expect(await looked(4)).toEqual(['scheduled', 'day'])

    check = { kind: 'refused', reason: authReason }
    clock.advance(22 * HOUR)
    expect(await looked(6)).toEqual(['scheduled', 'day', 'hour'])
    expect(await changed()).toBeGreaterThan(1)
    const found = await loadPreflights(database().orm, stored.postId)
    const now = await load(database(), stored.id)
    const [reply] = repliesFor(view([now], { preflights: found }), [])
    expect(reply?.card).toMatchObject({ kind: 'reply', urgent: true })
    expect(JSON.stringify(reply?.card)).toContain(
      'and would fail as things stand: The token is refused. Put a new credential',
    )

    // Mended: the next check of the account takes it back.
    check = { kind: 'ok', identity: 'Acme' }
    clock.advance(1_000)
    await database()
      .orm.update(accounts)
      .set({ checked: check, checkedAt: new Date(clock.now()) })
    const problems = () => loadPreflights(database().orm, stored.postId)
    await waitFor('it is taken back', problems, (left) => left.length === 0)
    // Moved to another time: looked at anew.
    const later = publishAt + HOUR / 2
    await database()
      .orm.update(targets)
      .set({ state: { status: 'scheduled', publishAt: later }, dueAt: new Date(later) })
    await looked(8)
    expect(await problems()).toEqual([])
  })

  /** Looks ahead round after round, and tells when so many more rounds have come to their end. */
  function start(
    now: () => number,
    connectors: Record<string, Partial<Connector>>,
    changes: Partial<PublisherDeps> = {},
  ) {
    let reads = 0
    const counted = hookedDatabase(database(), {
      before: () => {
        reads += 1
      },
    })
    const acme = (changes: Partial<Connector>) =>
      createAcme({ url: 'http://127.0.0.1:9' } as never, changes)
    const deps = workerDeps(counted, undefined, {
      now,
      connector: (name) => connectors[name] && acme(connectors[name]),
      ...changes,
    })
    const running = startPreflight(deps, 5)
    onTestFinished(() => running.stop())
    return async (rounds: number) => {
      const until = reads + rounds + 1
      await waitFor(
        'more rounds',
        () => reads,
        (count) => count >= until,
      )
    }
  }
  const many = (account: string, publishAt: number, count: number) =>
    storeTargets(
      database(),
      Array.from({ length: count }, () => ({ account, state: { status: 'scheduled', publishAt } })),
    )
  const looksAt = (account: string) =>
    database()
      .orm.select({ problem: preflights.problem })
      .from(preflights)
      .innerJoin(targets, eq(targets.id, preflights.targetId))
      .where(eq(targets.account, account))
  const changesOf = async (postId = '') =>
    (await database().orm.select().from(posts).where(eq(posts.id, postId)))[0]?.changed

  it('of many posts that would fail ask about their account once, and anew when its check says something else', async () => {
    const clock = createSteppedClock()
    let checks = 0
    const refused: CredentialCheck = { kind: 'refused', reason: authReason }
    await addAccount(database())
    const [stored] = await many('facebook', clock.now() + 40 * HOUR, 60)
    const checkCredentials = async () => {
      checks += 1
      return refused
    }
    const rounds = start(clock.now, { facebook: { checkCredentials } })
    const problems = async () => (await looksAt('facebook')).filter(({ problem }) => problem).length
    await waitFor('the looks', problems, (count) => count === 60)
    await rounds(10)
    expect(checks).toBe(1)

    const changes = await changesOf(stored?.postId)
    const found = async (checked: CredentialCheck) => {
      clock.advance(6 * 60_000)
      const checkedAt = new Date(clock.now())
      await database().orm.update(accounts).set({ checked, checkedAt })
    }
    await found(refused)
    await rounds(10)
    expect(await changesOf(stored?.postId)).toBe(changes)
    await found({ kind: 'ok', identity: 'Acme' })
    await waitFor('they are taken back', problems, (count) => count === 0)
    expect(checks).toBe(1)
  })

  it('go on past rows that cannot be read', async () => {
    const clock = createSteppedClock()
    for (const name of ['facebook', 'broken']) await addAccount(database(), name)
    const publishAt = clock.now() + 30 * HOUR
    await many('broken', publishAt, 2)
    const broken = { status: 'scheduled', publishAt: String(publishAt) }
    await database().orm.update(targets).set({ state: broken })
    await many('facebook', publishAt + HOUR, 1)
    start(clock.now, { facebook: {}, broken: {} })
    await waitFor(
      'the look',
      () => looksAt('facebook'),
      (found) => found.length === 1,
    )
  })

  it('go on past an account that cannot be asked', async () => {
    const clock = createSteppedClock()
    let checks = 0
    const unknown: CredentialCheck = { kind: 'unknown', reason: authReason }
    for (const name of ['facebook', 'silent']) await addAccount(database(), name)
    await many('silent', clock.now() + 30 * HOUR, 55)
    await many('facebook', clock.now() + 40 * HOUR, 1)
    const checkCredentials = async () => {
      checks += 1
      return unknown
    }
    const rounds = start(clock.now, { facebook: {}, silent: { checkCredentials } })
    await waitFor(
      'the look',
      () => looksAt('facebook'),
      (found) => found.length === 1,
    )
    await rounds(5)
    expect(checks).toBe(1)
    expect(await looksAt('silent')).toEqual([])
    clock.advance(6 * 60_000)
    await waitFor(
      'the next',
      () => checks,
      (count) => count === 2,
    )
  })

  it('go on past an account whose check breaks off', async () => {
    const clock = createSteppedClock()
    for (const name of ['facebook', 'sealed']) await addAccount(database(), name)
    await many('sealed', clock.now() + 30 * HOUR, 55)
    await many('facebook', clock.now() + 40 * HOUR, 1)
    const follow = async (account: string) => {
      if (account === 'sealed') throw new SecretKeyError()
    }
    const nothing = () => undefined
    const renewals = { follow, expiresAt: nothing, scopes: nothing, wasRenewed: nothing } as never
    start(clock.now, { facebook: {}, sealed: {} }, { renewals })
    await waitFor(
      'the look',
      () => looksAt('facebook'),
      (found) => found.length === 1,
    )
    const [row] = await database().orm.select().from(accounts).where(eq(accounts.name, 'sealed'))
    expect(row).toMatchObject({ status: 'ok', checked: { kind: 'unknown' } })
  })
})
