import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../src/publisher/core/target.js'
import { recordTransition } from '../../src/store/record-transition.js'
import { accounts, incidents } from '../../src/store/schema.js'
import type { StoredTarget } from '../../src/store/stored-target.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { addAccount, alice, authReason, load, reason, storeTargets } from '../support/targets.js'

const HOUR = 3_600_000

describe.each(testDatabases())('effects on the $engine database', ({ use }) => {
  const database = use()

  /** Records a move that only matters for its effects. */
  const cause = (stored: StoredTarget, ...effects: Effect[]) =>
    recordTransition(
      database().orm,
      stored,
      { type: 'edited', at: NOON, who: alice },
      { kind: 'moved', target: stored.target, effects },
    )
  const account = async (name = 'facebook') => {
    const [row] = await database().orm.select().from(accounts).where(eq(accounts.name, name))
    return row
  }
  const given = async (states: Parameters<typeof storeTargets>[1]) => {
    const [first, ...rest] = await storeTargets(database(), [{}, ...states])
    if (!first) throw new Error('nothing was stored')
    return { first, rest }
  }

  it('pauses the account, and never shortens a pause', async () => {
    await addAccount(database())
    const { first } = await given([])
    const long = await cause(first, { kind: 'pauseAccount', untilAt: NOON + HOUR, reason })
    expect(await account()).toMatchObject({
      pausedUntil: new Date(NOON + HOUR),
      pausedReason: reason,
    })
    await cause(long, { kind: 'pauseAccount', untilAt: NOON + 1, reason })
    expect((await account())?.pausedUntil).toEqual(new Date(NOON + HOUR))
  })

  it('holds the account, and has it checked soon although a check was due much later', async () => {
    await addAccount(database(), 'facebook', { checkDueAt: new Date(NOON + 6 * HOUR) })
    const { first } = await given([])
    await cause(first, { kind: 'holdAccount', reason: authReason })
    const held = await account()
    expect(held).toMatchObject({ status: 'held', heldReason: authReason })
    expect(held?.checkDueAt?.getTime()).toBe(NOON + 5 * 60_000)
  })

  it('keeps a check that is due sooner', async () => {
    await addAccount(database(), 'facebook', { checkDueAt: new Date(NOON + 1) })
    const { first } = await given([])
    await cause(first, { kind: 'holdAccount', reason: authReason })
    expect((await account())?.checkDueAt?.getTime()).toBe(NOON + 1)
  })

  it('hurries what the account would send next, under bells that are new to the queue', async () => {
    await addAccount(database())
    await addAccount(database(), 'other')
    const later = NOON + HOUR
    const waiting = { state: { status: 'queued', dueAt: later } } as const
    const scheduled = { state: { status: 'scheduled', publishAt: later } } as const
    const { first, rest } = await given([waiting, scheduled, { ...waiting, account: 'other' }])
    await cause(first, { kind: 'holdAccount', reason: authReason })
    const after = await Promise.all(rest.map(({ id }) => load(database(), id)))
    expect(after.map(({ dueAt }) => dueAt)).toEqual([NOON, later, later])
    expect(after.map(({ version }) => version)).toEqual([2, 1, 1])
  })

  it('releases the account', async () => {
    await addAccount(database(), 'facebook', { status: 'held', heldReason: authReason })
    const { first } = await given([])
    await cause(first, { kind: 'releaseAccount' })
    expect(await account()).toMatchObject({ status: 'ok', heldReason: null })
  })

  it('keeps an incident once, however often it is found', async () => {
    await addAccount(database())
    const { first } = await given([])
    const copies = [{ remoteId: 'a' }, { remoteId: 'b' }]
    const duplicate: Effect = { kind: 'incident', incident: { type: 'duplicate', copies } }
    const again = await cause(first, duplicate)
    await cause(again, duplicate)
    expect(await database().orm.select().from(incidents)).toMatchObject([
      { type: 'duplicate', targetId: first.id, detail: { copies }, at: new Date(NOON) },
    ])
  })

  it('has no effect when the transition came too late', async () => {
    await addAccount(database())
    const { first } = await given([{ state: { status: 'queued', dueAt: NOON + HOUR } }])
    await cause(first)
    const removed: Effect = { kind: 'incident', incident: { type: 'removed', how: '' } }
    const effects: Effect[] = [
      { kind: 'pauseAccount', untilAt: NOON + HOUR, reason },
      { kind: 'holdAccount', reason: authReason },
      removed,
    ]
    for (const effect of effects) await expect(cause(first, effect)).rejects.toThrow()
    expect(await account()).toMatchObject({ status: 'ok', pausedUntil: null, heldReason: null })
    expect(await database().orm.select().from(incidents)).toEqual([])
  })
})
