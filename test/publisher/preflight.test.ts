import { eq } from 'drizzle-orm'
import { describe, expect, it, onTestFinished } from 'vitest'
import { repliesFor } from '../../src/bot/card-replies.js'
import type { CredentialCheck } from '../../src/publisher/connectors/connector.js'
import { startPreflight } from '../../src/publisher/preflight.js'
import { loadPreflights } from '../../src/store/preflights.js'
import { accounts, posts, preflights, targets } from '../../src/store/schema.js'
import { view } from '../bot/view.js'
import { createSteppedClock } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, authReason, load, storeTargets } from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'
import { createAcme, workerDeps } from './acme.js'

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
      'and would fail as things stand: The token is refused. Renew the credential',
    )

    // Mended: the next check of the account takes it back.
    check = { kind: 'ok', identity: 'Acme' }
    clock.advance(1_000)
    await database()
      .orm.update(accounts)
      .set({ checkedAt: new Date(clock.now()) })
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
})
