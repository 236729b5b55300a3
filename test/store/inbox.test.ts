import { describe, expect, it } from 'vitest'
import { forgetOldKeys, isRefused, once, refuse } from '../../src/store/inbox.js'
import { inbox, notes } from '../../src/store/schema.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'

const note = (id: string) => ({ id, text: 'x', authorId: 'U1', createdAt: new Date(NOON) })

describe.each(testDatabases())('once on the $engine database', ({ use }) => {
  const database = use()

  it('takes effect once, and gives a redelivery what the first one got', async () => {
    const { orm } = database()
    let effects = 0
    const effect = async () => ({ reply: 'queued', count: ++effects })
    expect(await once(orm, 'k', NOON, effect)).toEqual({
      result: { reply: 'queued', count: 1 },
      first: true,
    })
    expect(await once(orm, 'k', NOON, effect)).toEqual({
      result: { reply: 'queued', count: 1 },
      first: false,
    })
  })

  it('takes effect once when a click is delivered many times at the same moment', async () => {
    const { orm } = database()
    let effects = 0
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => once(orm, 'k', NOON, async () => ++effects)),
    )
    expect(effects).toBe(1)
    expect(answers.map(({ result }) => result)).toEqual(Array(8).fill(1))
    expect(answers.filter(({ first }) => first)).toHaveLength(1)
  })

  it('forgets the key together with an effect that failed, so that a redelivery may succeed', async () => {
    const { orm } = database()
    const failing = once(orm, 'k', NOON, async (tx) => {
      await tx.insert(notes).values(note('n1'))
      throw new Error('the database went away')
    })
    await expect(failing).rejects.toThrow('the database went away')
    expect(await orm.select().from(notes)).toEqual([])
    expect(await once(orm, 'k', NOON, async () => 'done')).toEqual({ result: 'done', first: true })
  })

  it('remembers an effect that answers nothing', async () => {
    const { orm } = database()
    const effect = async () => {}
    expect(await once(orm, 'k', NOON, effect)).toMatchObject({ first: true })
    expect(await once(orm, 'k', NOON, effect)).toMatchObject({ first: false })
  })

  it('takes no effect any more once it was refused, by whoever was only frozen meanwhile', async () => {
    const { orm } = database()
    expect(await refuse(orm, 'k', NOON)).toBe(true)
    expect(await once(orm, 'k', NOON, async () => 'done')).toMatchObject({ first: false })
    expect([await refuse(orm, 'k', NOON), await isRefused(orm, 'k')]).toEqual([true, true])
  })

  it('is not refused any more once it took effect', async () => {
    const { orm } = database()
    await once(orm, 'k', NOON, async () => {})
    expect([await refuse(orm, 'k', NOON), await isRefused(orm, 'k')]).toEqual([false, false])
  })

  it('forgets keys that are older than any redelivery', async () => {
    const { orm } = database()
    await once(orm, 'old', NOON - 1, async () => 1)
    await once(orm, 'new', NOON, async () => 1)
    await forgetOldKeys(orm, NOON)
    expect(await orm.select({ key: inbox.key }).from(inbox)).toEqual([{ key: 'new' }])
  })
})
