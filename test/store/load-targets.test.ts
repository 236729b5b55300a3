import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { healDueAt } from '../../src/store/heal-due-at.js'
import {
  heldWithoutCause,
  loadTarget,
  otherRemoteIds,
  takeDue,
} from '../../src/store/load-targets.js'
import { sameContent } from '../../src/store/same-content.js'
import { accounts, targets } from '../../src/store/schema.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, authReason, load, storeTargets } from '../support/targets.js'

const held = (hold: 'account' | 'late') =>
  ({ status: 'held', hold, reason: authReason, heldAt: NOON }) as const

describe.each(testDatabases())('targets on the $engine database', ({ use }) => {
  const database = use()
  const only = async (...args: Parameters<typeof storeTargets>) => {
    const [first] = await storeTargets(...args)
    if (!first) throw new Error('nothing was stored')
    return first
  }
  const change = (id: string, set: Partial<typeof targets.$inferInsert>) =>
    database().orm.update(targets).set(set).where(eq(targets.id, id))

  it('are read with what their account allows', async () => {
    const { id } = await only(database(), [{}])
    const gate = async () => (await loadTarget(database().orm, id))?.gate
    expect(await gate()).toEqual({ kind: 'open' })
    await addAccount(database(), 'facebook', { pausedUntil: new Date(NOON) })
    expect(await gate()).toEqual({ kind: 'paused', untilAt: NOON })
    await database().orm.update(accounts).set({ status: 'held', heldReason: authReason })
    expect(await gate()).toEqual({ kind: 'held', reason: authReason })
    expect(await loadTarget(database().orm, 'nobody')).toBeUndefined()
  })

  it('fail at the door when the row is no target', async () => {
    const { id } = await only(database(), [{}])
    await change(id, { state: { status: 'waiting', reason: authReason } })
    await expect(loadTarget(database().orm, id)).rejects.toThrow(/retryAt/)
  })

  it('are due by their bells, the longest overdue first', async () => {
    const due = [3_000, 1_000, 2_000, 9_000].map((ms) => ({
      state: { status: 'queued', dueAt: NOON + ms } as const,
    }))
    await storeTargets(database(), [...due, { state: held('late') }])
    const found = await takeDue(database().orm, NOON + 3_000, 10)
    expect(found.map(({ dueAt }) => dueAt - NOON)).toEqual([1_000, 2_000, 3_000])
    expect(await takeDue(database().orm, NOON + 3_000, 1)).toMatchObject([{ dueAt: NOON + 1_000 }])
  })

  it('get their bell back when something else had moved it', async () => {
    const { id } = await only(database(), [{}])
    await change(id, { dueAt: null })
    await healDueAt(database().orm, await load(database(), id), NOON - 1)
    expect((await load(database(), id)).dueAt).toBe(NOON)
  })

  it('ring later when they are due and nothing can be done for them', async () => {
    const stored = await only(database(), [{}])
    await healDueAt(database().orm, stored, NOON + 5_000)
    expect((await load(database(), stored.id)).dueAt).toBe(NOON + 65_000)
  })

  it('do not get a bell from somebody who read an older version', async () => {
    const stored = await only(database(), [{}])
    await change(stored.id, { dueAt: null, version: 2 })
    await healDueAt(database().orm, { ...stored, dueAt: null }, NOON - 1)
    expect((await load(database(), stored.id)).dueAt).toBeNull()
  })

  it('know the posts of others on the same account', async () => {
    const list = await storeTargets(database(), [{}, {}, {}, { account: 'other' }])
    for (const [i, { id }] of list.entries()) await change(id, { remoteId: `r${i}` })
    const [one, , old] = list
    if (!one || !old) throw new Error('nothing was stored')
    await change(old.id, { updatedAt: new Date(NOON - 1) })
    expect(await otherRemoteIds(database().orm, one, NOON)).toEqual(new Set(['r1']))
  })

  it('are released only when their account held them, works again and is still named', async () => {
    await addAccount(database(), 'works')
    await addAccount(database(), 'held', { status: 'held' })
    await addAccount(database(), 'removed', { removedAt: new Date(NOON) })
    const [released] = await storeTargets(database(), [
      { account: 'works', state: held('account') },
      { account: 'works', state: held('late') },
      { account: 'held', state: held('account') },
      { account: 'removed', state: held('account') },
      { account: 'works' },
    ])
    expect(await heldWithoutCause(database().orm, 10)).toEqual([released?.id])
  })

  it('are recognised by their content, unless it is old or was cancelled', async () => {
    const list = await storeTargets(database(), [
      { contentHash: 'a' },
      { contentHash: 'b' },
      { contentHash: 'a' },
    ])
    const same = async (hashes: string[], askedSince: number, due = NOON + 90_000_000) => {
      const wanted = hashes.map((contentHash) => ({ account: 'facebook', contentHash }))
      const when = { askedSince, dueFrom: due, dueUntil: due + 1 }
      return (await sameContent(database().orm, { targets: wanted, ...when })).length
    }
    expect(await same(['a'], NOON)).toBe(2)
    expect(await same(['a'], NOON + 1)).toBe(0)
    // Asked for long ago, but it goes out at the same time.
    expect(await same(['a'], NOON + 1, NOON)).toBe(2)
    expect(await same([], NOON)).toBe(0)
    await change(list[0]?.id ?? '', { status: 'cancelled' })
    expect(await same(['a', 'b'], NOON)).toBe(2)
  })
})
