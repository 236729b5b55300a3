import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import {
  listAccounts,
  recordCheck,
  requestCheck,
  syncAccounts,
  takeDueChecks,
} from '../../src/store/accounts.js'
import { accounts, posts } from '../../src/store/schema.js'
import { createSecretBox } from '../../src/store/secret-box.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, authReason, storeTargets } from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'

const box = createSecretBox(randomBytes(32))
const page = { name: 'facebook', platform: 'facebook', accessToken: 'token-1' }
const blog = { name: 'blog', platform: 'mastodon', accessToken: 'token-2' }

describe.each(testDatabases())('accounts on the $engine database', ({ use }) => {
  const database = use()
  const sync = (...list: Parameters<typeof syncAccounts>[1]) =>
    syncAccounts(database().orm, list, box, NOON)
  const names = async () => (await listAccounts(database().orm)).map(({ name }) => name)
  const row = async (name: string) => {
    const [found] = await database().orm.select().from(accounts).where(eq(accounts.name, name))
    return found
  }
  const hold = (name: string) =>
    database()
      .orm.update(accounts)
      .set({
        status: 'held',
        heldReason: authReason,
        pausedUntil: new Date(NOON + 1),
        checkDueAt: null,
      })
      .where(eq(accounts.name, name))

  describe('syncAccounts', () => {
    it('lists them in the order of the file, without credentials', async () => {
      await sync(page, blog)
      expect(await names()).toEqual(['facebook', 'blog'])
      await sync(blog, page)
      expect(await names()).toEqual(['blog', 'facebook'])
      expect(JSON.stringify(await listAccounts(database().orm))).not.toContain('token-')
      expect(Object.keys((await listAccounts(database().orm))[0] ?? {})).not.toContain(
        'credentials',
      )
    })

    it('knows through which host each is sent, also when that was not kept before', async () => {
      const own = { ...blog, apiUrl: 'https://social.example:8443/prefix' }
      await sync(page, own)
      expect([(await row('facebook'))?.host, (await row('blog'))?.host]).toEqual([
        '',
        'social.example:8443',
      ])
      await database().orm.update(accounts).set({ host: '' })
      await sync(page, own)
      expect((await row('blog'))?.host).toBe('social.example:8443')
    })

    it('keeps credentials encrypted', async () => {
      await sync(page)
      const stored = await row('facebook')
      expect(JSON.stringify(stored)).not.toContain('token-1')
      expect(box.open(stored?.credentials ?? '')).toEqual(page)
    })

    it('leaves a hold alone while the entry is the same', async () => {
      await sync(page)
      await hold('facebook')
      await sync(page)
      expect(await row('facebook')).toMatchObject({ status: 'held', heldReason: authReason })
    })

    it('takes a changed entry for reconnected: released, and checked at once', async () => {
      await sync(page)
      await hold('facebook')
      await sync({ ...page, accessToken: 'token-3' } as typeof page)
      expect(await row('facebook')).toMatchObject({
        status: 'ok',
        heldReason: null,
        pausedUntil: null,
        checkDueAt: new Date(NOON),
      })
    })

    it('keeps what was renewed while the connection is the same, whatever else changed', async () => {
      await sync(page)
      const renewed = { renewed: box.seal('new token'), renewedAt: new Date(NOON - 1) }
      await database().orm.update(accounts).set(renewed)
      const { orm } = database()
      const changed = { ...page, apiVersion: 'v27.0' } as typeof page
      await syncAccounts(orm, [changed], box, NOON, () => true)
      expect(await row('facebook')).toMatchObject({ renewedAt: new Date(NOON - 1) })
      expect(box.open((await row('facebook'))?.renewed ?? '')).toBe('new token')
      await syncAccounts(orm, [page], box, NOON, () => false)
      expect(await row('facebook')).toMatchObject({ renewed: null, renewedAt: null })
    })

    it('seals everything anew when the key changed and the one before it is known', async () => {
      const earlier = randomBytes(32)
      const before = createSecretBox(earlier)
      const { orm } = database()
      await syncAccounts(orm, [page], before, NOON)
      await orm
        .update(accounts)
        .set({ renewed: before.seal('new token'), renewedAt: new Date(NOON) })
      const key = randomBytes(32)
      await syncAccounts(orm, [page], createSecretBox(key, earlier), NOON, () => true)
      const { credentials = '', renewed } = (await row('facebook')) ?? {}
      const now = createSecretBox(key)
      expect([now.open(credentials), now.open(renewed ?? '')]).toEqual([page, 'new token'])
    })

    it('forgets what was renewed under a key that is lost', async () => {
      const { orm } = database()
      await syncAccounts(orm, [page], createSecretBox(randomBytes(32)), NOON)
      await orm.update(accounts).set({ renewed: 'v1.a.b.c', renewedAt: new Date(NOON) })
      await syncAccounts(orm, [page], box, NOON, () => true)
      expect(await row('facebook')).toMatchObject({ renewed: null, renewedAt: null })
    })

    it('marks what the file no longer names, and takes it back when it does again', async () => {
      await sync(page, blog)
      await sync(blog)
      expect(await names()).toEqual(['blog'])
      expect((await row('facebook'))?.removedAt).toEqual(new Date(NOON))
      await sync()
      expect(await names()).toEqual([])
      await sync(page, blog)
      expect(await names()).toEqual(['facebook', 'blog'])
    })
  })

  describe('checks', () => {
    it('are taken by one worker, and come back when that one dies', async () => {
      await sync(page, blog)
      const { orm } = database()
      const taken = await Promise.all(
        Array.from({ length: 4 }, () => takeDueChecks(orm, NOON, 45_000)),
      )
      expect(taken.flat().sort()).toEqual(['blog', 'facebook'])
      expect(await takeDueChecks(orm, NOON + 44_999, 45_000)).toEqual([])
      expect((await takeDueChecks(orm, NOON + 45_000, 45_000)).sort()).toEqual(['blog', 'facebook'])
    })

    it('are not made for removed accounts', async () => {
      await sync(page)
      await sync()
      expect(await takeDueChecks(database().orm, NOON, 1)).toEqual([])
    })

    it('can be asked for, and are heard', async () => {
      await sync(page)
      await hold('facebook')
      const heard: string[] = []
      const stop = await database().listen('pressroom_check', (name) => heard.push(name))
      await requestCheck(database().orm, 'facebook', NOON)
      await waitFor(
        'the check is heard',
        () => heard,
        (seen) => seen.length > 0,
      )
      expect(await takeDueChecks(database().orm, NOON, 1)).toEqual(['facebook'])
      await stop()
    })
  })

  describe('recordCheck', () => {
    const check = (checked: Parameters<typeof recordCheck>[1]['checked']) =>
      recordCheck(database().orm, {
        name: 'facebook',
        checked,
        now: NOON,
        nextCheckAt: NOON + 1_000,
      })

    it.each([
      ['ok', { kind: 'ok' }, 'ok', null],
      ['refused', { kind: 'refused', reason: authReason }, 'held', authReason],
      ['unknown', { kind: 'unknown', reason: authReason }, 'held', authReason],
    ] as const)(
      '%s: keeps the result and draws the conclusion',
      async (_, checked, status, held) => {
        await addAccount(database())
        await hold('facebook')
        await check(checked)
        expect(await row('facebook')).toMatchObject({
          status,
          heldReason: held,
          checked,
          checkedAt: new Date(NOON),
          checkDueAt: new Date(NOON + 1_000),
        })
      },
    )

    it.each([
      ['ends before it goes out', NOON + 1_000, {}, true],
      ['lasts until it goes out', NOON + 9_000, {}, false],
      ['renews itself', NOON + 1_000, { renews: true as const }, false],
    ])(
      'shows in the thread of what is scheduled that the credential %s',
      async (_, at, more, shows) => {
        await addAccount(database())
        await storeTargets(database(), [
          { state: { status: 'scheduled', publishAt: NOON + 5_000 } },
        ])
        const changed = async () => (await database().orm.select().from(posts))[0]?.changed ?? 0
        const before = await changed()
        await check({ kind: 'ok', expiresAt: at, ...more })
        expect((await changed()) > before).toBe(shows)
      },
    )

    it('does not hold a working account because a check did not work', async () => {
      await addAccount(database())
      await check({ kind: 'unknown', reason: authReason })
      expect(await row('facebook')).toMatchObject({ status: 'ok' })
    })

    it('lets the cards of held posts show it', async () => {
      await addAccount(database())
      const state = { status: 'held', hold: 'account', reason: authReason, heldAt: NOON } as const
      await storeTargets(database(), [{ state }])
      await storeTargets(database(), [{}])
      await check({ kind: 'refused', reason: authReason })
      const changed = await database().orm.select({ changed: posts.changed }).from(posts)
      expect(changed.map((post) => post.changed).sort()).toEqual([1, 2])
    })
  })
})
