import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createPost } from '../../src/store/create-post.js'
import { loadTargetsOf } from '../../src/store/load-targets.js'
import { loadPost } from '../../src/store/posts.js'
import { channels, posts, targets, workspaces } from '../../src/store/schema.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { authReason, newPost, newTarget } from '../support/targets.js'
import { waitFor } from '../support/wait-for.js'

describe.each(testDatabases())('createPost on the $engine database', ({ use }) => {
  const database = use()

  it('stores the post and its targets in the order they were asked for', async () => {
    const { orm } = database()
    const list = ['one', 'two', 'three'].map((account) => newTarget({ account }))
    const post = newPost({ targets: list, text: 'Hello ☕', request: { a: [1, null] } })
    expect(await createPost(orm, post)).toEqual({ id: post.id, created: true })
    const stored = await loadPost(orm, post.id)
    expect(stored?.post).toMatchObject({
      status: 'open',
      text: 'Hello ☕',
      request: { a: [1, null] },
      workspaceId: 'slack:T1',
      channelId: 'C1',
      authorName: 'Alice',
      changed: 1,
      told: 0,
    })
    expect(stored?.targets.map(({ account }) => account)).toEqual(['one', 'two', 'three'])
    expect(stored?.targets[0]).toMatchObject({
      version: 1,
      dueAt: NOON,
      target: { state: { status: 'queued', dueAt: NOON }, attempt: 0, dueSince: NOON, handles: {} },
    })
  })

  it('leaves out what Postgres refuses, wherever it stands', async () => {
    const { orm } = database()
    const content = {
      text: 'b\0\ud83d',
      media: [],
      card: { url: 'u', title: '\0t', description: '' },
    }
    const target = newTarget({ content })
    const request = { 'k\0': ['\udc00', { text: 'r\0' }] }
    const post = newPost({ targets: [target], text: 'a\0\ud83d☕', request })
    await createPost(orm, post)
    const stored = await loadPost(orm, post.id)
    expect(stored?.post).toMatchObject({
      text: 'a\ufffd☕',
      request: { k: ['\ufffd', { text: 'r' }] },
    })
    expect(stored?.targets[0]?.content).toEqual({
      ...content,
      text: 'b\ufffd',
      card: { ...content.card, title: 't' },
    })
  })

  it('makes one post of the same source key, and leads the second caller to it', async () => {
    const { orm } = database()
    const first = newPost({ sourceKey: 'slack:123.456' })
    const second = newPost({ sourceKey: 'slack:123.456' })
    await createPost(orm, first)
    expect(await createPost(orm, second)).toEqual({ id: first.id, created: false })
    expect(await orm.select().from(targets)).toHaveLength(1)
  })

  it('makes one post of ten redeliveries at the same time', async () => {
    const { orm } = database()
    const made = await Promise.all(
      Array.from({ length: 10 }, () => createPost(orm, newPost({ sourceKey: 'k' }))),
    )
    expect(made.filter(({ created }) => created)).toHaveLength(1)
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    expect(await orm.select().from(targets)).toHaveLength(1)
  })

  it('keeps posts without a source key apart', async () => {
    const { orm } = database()
    await createPost(orm, newPost())
    await createPost(orm, newPost())
    expect(await orm.select().from(posts)).toHaveLength(2)
    expect(await orm.select().from(workspaces)).toHaveLength(1)
    expect(await orm.select().from(channels)).toHaveLength(1)
  })

  it('writes a draft without targets, of which the channel is told nothing', async () => {
    const { orm } = database()
    const draft = newPost()
    await createPost(orm, draft, 'draft')
    expect(await loadTargetsOf(orm, draft.id)).toEqual([])
    const [row] = await orm.select().from(posts).where(eq(posts.id, draft.id))
    expect(row).toMatchObject({ status: 'draft', changed: 1, told: 1 })
  })

  it('sets no bell for what waits for a person', async () => {
    const { orm } = database()
    const held = newTarget({
      state: { status: 'held', hold: 'account', reason: authReason, heldAt: NOON },
    })
    const later = newTarget({ state: { status: 'scheduled', publishAt: NOON + 60_000 } })
    const post = newPost({ targets: [held, later] })
    await createPost(orm, post)
    const stored = await loadTargetsOf(orm, post.id)
    expect(stored.map(({ dueAt }) => dueAt)).toEqual([null, NOON + 60_000])
    expect(stored.map(({ target }) => target.dueSince)).toEqual([NOON, NOON + 60_000])
  })

  it('rings for every target that is due, and says that the post looks different', async () => {
    const heard: string[] = []
    const stops = [
      await database().listen('pressroom_due', (bell) => heard.push(bell)),
      await database().listen('pressroom_changed', (id) => heard.push(id)),
    ]
    const list = Array.from({ length: 3 }, () => newTarget())
    const post = newPost({ targets: list })
    await createPost(database().orm, post)
    const expected = [post.id, ...list.map(({ id }) => `${id} 1 ${NOON}`)]
    await waitFor(
      'every bell',
      () => heard,
      (seen) => seen.length >= 4,
    )
    expect([...heard].sort()).toEqual(expected.sort())
    await Promise.all(stops.map((stop) => stop()))
  })

  it('stores nothing at all when one target cannot be stored', async () => {
    const { orm } = database()
    const twice = newTarget()
    await expect(createPost(orm, newPost({ targets: [twice, twice] }))).rejects.toThrow()
    expect(await orm.select().from(posts)).toEqual([])
  })
})
