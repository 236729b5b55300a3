import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createPost } from '../../src/store/create-post.js'
import { loadUntold } from '../../src/store/load-untold.js'
import { readPostBell } from '../../src/store/post-bell.js'
import {
  claimTelling,
  findPostIds,
  finishTelling,
  renewTelling,
  settleDraft,
} from '../../src/store/posts.js'
import { posts } from '../../src/store/schema.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { newPost } from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'

describe.each(testDatabases())('posts on the $engine database', ({ use }) => {
  const database = use()
  const create = async (changes: Parameters<typeof newPost>[0] = {}) => {
    const post = newPost(changes)
    await createPost(database().orm, post)
    return post.id
  }
  const claim = (postId: string, changes = {}) =>
    claimTelling(database().orm, {
      postId,
      chats: ['slack'],
      token: 'one',
      now: NOON,
      expiresAt: NOON + 30_000,
      ...changes,
    })
  const finish = (postId: string, told: number, tellAt?: number) =>
    finishTelling(database().orm, {
      postId,
      token: 'one',
      told,
      ...(tellAt === undefined ? {} : { tellAt }),
    })

  describe('claimTelling', () => {
    it('gives a post to one of many who ask at the same moment', async () => {
      const id = await create()
      const claims = await Promise.all(
        Array.from({ length: 5 }, (_, i) => claim(id, { token: `t${i}` })),
      )
      expect(claims.filter((post) => post !== undefined)).toHaveLength(1)
    })

    it('gives it to somebody else only after the lease', async () => {
      const id = await create()
      await claim(id)
      expect(await claim(id, { token: 'two', now: NOON + 30_000 })).toBeUndefined()
      const over = { token: 'two', now: NOON + 30_001, expiresAt: NOON + 60_000 }
      expect(await claim(id, over)).toMatchObject({ id, tellLeaseToken: 'two' })
      expect(await renewTelling(database().orm, id, 'one', NOON + 90_000)).toBe(false)
      expect(await renewTelling(database().orm, id, 'two', NOON + 90_000)).toBe(true)
      await finish(id, 1)
      expect(await claim(id, { now: NOON + 60_000 })).toBeUndefined()
    })

    it('gives it only to who speaks its chat', async () => {
      const id = await create()
      expect(await claim(id, { chats: ['discord'] })).toBeUndefined()
      expect(await claim(id, { chats: ['discord', 'slack'] })).toMatchObject({ id })
    })

    it('gives nothing when the chat has caught up, until something changes', async () => {
      const id = await create()
      await claim(id)
      await finish(id, 1)
      expect(await claim(id)).toBeUndefined()
      await database().orm.update(posts).set({ changed: 2 }).where(eq(posts.id, id))
      expect(await claim(id)).toMatchObject({ changed: 2, told: 1 })
    })

    it('gives it again at once when more came while it was told', async () => {
      const id = await create()
      await claim(id)
      await database().orm.update(posts).set({ changed: 5 }).where(eq(posts.id, id))
      await finish(id, 1)
      expect(await claim(id)).toMatchObject({ changed: 5, told: 1 })
    })

    it('gives it later when telling failed', async () => {
      const id = await create()
      await claim(id)
      await finish(id, 0, NOON + 5_000)
      expect(await claim(id)).toBeUndefined()
      expect(await claim(id, { now: NOON + 5_000 })).toMatchObject({ id, told: 0 })
    })
  })

  describe('what is urgent', () => {
    const change = (id: string, to: { changed: number; urgent?: number; createdAt?: Date }) =>
      database().orm.update(posts).set(to).where(eq(posts.id, id))
    const untold = () => loadUntold(database().orm, ['slack'], NOON, 10)

    it('is looked for before what is older, until it is told', async () => {
      const old = await create({ id: 'p-old' })
      const urgent = await create({ id: 'p-urgent' })
      await change(urgent, { changed: 3, urgent: 2 })
      expect(await untold()).toEqual([
        { postId: urgent, isUrgent: true },
        { postId: old, isUrgent: false },
      ])
      await claim(urgent)
      await finish(urgent, 2)
      expect(await untold()).toEqual([
        { postId: old, isUrgent: false },
        { postId: urgent, isUrgent: false },
      ])
    })

    it('is said by the bell that rings when more came while a post was told', async () => {
      const heard: string[] = []
      const id = await create()
      await claim(id)
      await change(id, { changed: 5, urgent: 4 })
      const stop = await database().listen('pressroom_changed', (bell) => heard.push(bell))
      await finish(id, 3)
      await claim(id)
      await finish(id, 4)
      await waitFor(
        'two bells',
        () => heard,
        (seen) => seen.length >= 2,
      )
      expect(heard.map((bell) => readPostBell(bell).isUrgent)).toEqual([true, false])
      await stop()
    })
  })

  it('settles a draft once, one way or the other', async () => {
    const draft = newPost()
    await createPost(database().orm, draft, 'draft')
    const answers = await Promise.all([
      settleDraft(database().orm, draft.id, 'open'),
      settleDraft(database().orm, draft.id, 'discarded'),
    ])
    expect(answers.sort()).toEqual([false, true])
  })

  it('finds posts by the beginning of their id, and takes wildcards by their letters', async () => {
    const one = await create({ id: 'pab1' })
    const two = await create({ id: 'pab2' })
    const { orm } = database()
    expect(await findPostIds(orm, 'pab1')).toEqual([one])
    expect((await findPostIds(orm, 'pab')).sort()).toEqual([one, two])
    expect(await findPostIds(orm, 'p%')).toEqual([])
    expect(await findPostIds(orm, 'p_b')).toEqual([])
  })
})
