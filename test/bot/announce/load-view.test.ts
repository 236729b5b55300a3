import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { loadView } from '../../../src/bot/announce/load-view.js'
import { recordCheck } from '../../../src/store/accounts.js'
import { beginOutage } from '../../../src/store/outages.js'
import { accounts, events, outages } from '../../../src/store/schema.js'
import { testDatabases } from '../../support/database.js'
import { createTestBot, failed, held, live, type TestBot, textOf } from '../handle/bot.js'

const MINUTE = 60_000

describe.each(testDatabases())('what a thread shows of a failure, $engine', (engine) => {
  const database = engine.use()
  let bot: TestBot
  let postId: string

  beforeEach(async () => {
    bot = await createTestBot(database())
    await bot.publish('Hello')
    postId = (await bot.newest()).post.id
  })

  /** As the log keeps what came of a publish. */
  const log = (targetId: string, account: string, at: number, type: string, toStatus: string) =>
    database()
      .orm.insert(events)
      .values({
        at: new Date(at),
        targetId,
        postId: targetId === 'own' ? postId : 'p0',
        account,
        platform: account,
        type,
        fromStatus: 'publishing',
        toStatus,
        attempt: 1,
      })

  it('counts what else was sent in the hour before, each by its last end', async () => {
    const at = bot.clock.now()
    await bot.set(postId, { facebook: live(at), x: failed(at) })
    await log('own', 'x', at, 'attempted', 'failed')
    await log('t1', 'x', at - 59 * MINUTE, 'attempted', 'waiting')
    await log('t1', 'x', at - 58 * MINUTE, 'claimed', 'publishing')
    await log('t1', 'x', at - 57 * MINUTE, 'attempted', 'published')
    await log('t2', 'x', at - 61 * MINUTE, 'attempted', 'failed')
    await log('t3', 'facebook', at + 9 * MINUTE, 'attempted', 'reconciling')
    await log('t4', 'facebook', at + 11 * MINUTE, 'attempted', 'failed')
    await log('t5', 'facebook', at, 'sighted', 'published')
    const view = await loadView(bot.deps, postId)
    const sorted = view?.ended?.toSorted(
      (a, b) => a.account.localeCompare(b.account) || a.live - b.live,
    )
    expect(sorted).toEqual([
      { account: 'facebook', platform: 'facebook', ofPost: false, live: 0, trouble: 1 },
      { account: 'x', platform: 'x', ofPost: true, live: 0, trouble: 1 },
      { account: 'x', platform: 'x', ofPost: false, live: 1, trouble: 0 },
    ])
  })

  it('compares nothing while the rest of the post is on its way, or when nothing failed', async () => {
    await bot.set(postId, { x: failed(bot.clock.now()) })
    expect((await loadView(bot.deps, postId))?.ended).toBeUndefined()
    await bot.set(postId, { facebook: live(1), x: live(2) })
    expect((await loadView(bot.deps, postId))?.ended).toBeUndefined()
  })

  it('has the result of a check that somebody asked for, who is told it as well', async () => {
    const { orm } = database()
    const at = bot.clock.now()
    const { targets } = await bot.set(postId, { facebook: live(at), x: held(at) })
    const before = (await bot.load(postId)).post.changed
    const stop = await database().listen('pressroom_check', (name) => {
      const checked = {
        kind: 'refused',
        reason: { class: 'auth', text: 'It has expired.' },
      } as const
      void recordCheck(orm, { name, checked, now: at + 1, nextCheckAt: at + MINUTE })
    })
    const watching = await createTestBot(database(), { waitForCheckMs: 10_000 })
    const id = targets.find(({ account }) => account === 'x')?.id ?? ''
    const told = textOf(await watching.ask({ kind: 'checkCredentials', id }))
    await stop()
    expect(told).toContain('x (x): disconnected. It has expired.')
    const view = await loadView(bot.deps, postId)
    expect(view?.accounts.get('x')?.checked).toEqual({
      at: at + 1,
      kind: 'refused',
      words: 'It has expired.',
    })
    expect(view?.post.changed).toBeGreaterThan(before)
  })

  it('knows that the platform of what waits seems to be down, until it answers', async () => {
    const { orm } = database()
    const at = bot.clock.now()
    const [account] = await orm.select().from(accounts).where(eq(accounts.name, 'x'))
    const place = { platform: 'x', host: account?.host ?? '' }
    await bot.set(postId, { facebook: live(at), x: { status: 'queued', dueAt: at } })
    const isDown = async () => (await loadView(bot.deps, postId))?.accounts.get('x')?.isDown
    await beginOutage(orm, place, { at, probeAt: at + MINUTE })
    expect(await isDown()).toBe(true)
    await orm.update(outages).set({ endedAt: new Date(at) })
    expect(await isDown()).toBeUndefined()
  })
})
