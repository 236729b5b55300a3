import { eq } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createPost } from '../../src/store/create-post.js'
import { loadMedia, type MediaFacts, saveMedia } from '../../src/store/media.js'
import { releaseMedia } from '../../src/store/release-media.js'
import { media, targets } from '../../src/store/schema.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'
import { newTarget, target } from '../support/targets.js'

const facts: MediaFacts = {
  kind: 'image',
  mime: 'image/png',
  bytes: 256,
  width: 4,
  height: 3,
  filename: 'a.png',
}
const bytes = Uint8Array.from({ length: 256 }, (_, value) => value)
const item = (id: string, changes = {}) => ({ id, sha256: 'h', facts, bytes, at: NOON, ...changes })

describe.each(testDatabases())('media on the $engine database', ({ use }) => {
  const database = use()

  it('gives back the very bytes that were kept', async () => {
    const { orm } = database()
    const id = await saveMedia(orm, item('m1'))
    const found = await loadMedia(orm, id)
    expect(found?.mime).toBe('image/png')
    expect(Buffer.from(found?.bytes ?? []).equals(Buffer.from(bytes))).toBe(true)
    expect(await loadMedia(orm, 'm2')).toBeUndefined()
  })

  it('keeps the same bytes once', async () => {
    const { orm } = database()
    await saveMedia(orm, item('m1'))
    expect(await saveMedia(orm, item('m2'))).toBe('m1')
    expect(await orm.select({ id: media.id }).from(media)).toEqual([{ id: 'm1' }])
  })

  it('keeps the same bytes again when they are to be shown as something else', async () => {
    const { orm } = database()
    await saveMedia(orm, item('m1'))
    const renamed = { ...facts, filename: 'b.png' }
    expect(await saveMedia(orm, item('m2', { facts: renamed }))).toBe('m2')
  })

  describe('released', () => {
    const DAY = 86_400_000
    const content = (...ids: string[]) => ({
      text: 'Hello',
      media: ids.map((id) => ({ id, ...facts })),
    })
    let posts = 0

    /** A post whose targets have ended, or not, at their times. */
    async function given(
      list: readonly { status: Parameters<typeof target>[0]; at: number; content: object }[],
      status: 'open' | 'draft' = 'open',
      at = NOON - 90 * DAY,
    ): Promise<void> {
      const { orm } = database()
      posts += 1
      const id = `p${posts}`
      const made = list.map((one) => newTarget({ content: one.content as never }))
      const post = {
        id,
        conversation: { chat: 'slack', teamId: 'T1', channelId: 'C1' },
        author: { id: 'U1', name: 'ana' },
        text: 'Hello',
        request: { text: 'Hello', targets: made.map((one) => ({ content: one.content })) },
        createdAt: at,
        targets: made,
      } as const
      await createPost(orm, post, status)
      for (const [index, one] of list.entries()) {
        const { state } = target(one.status)
        await orm
          .update(targets)
          .set({ status: state.status, state, updatedAt: new Date(one.at) })
          .where(eq(targets.id, made[index]?.id ?? ''))
      }
    }
    const keep = (id: string, at = NOON - 60 * DAY) =>
      saveMedia(database().orm, item(id, { sha256: id, at }))
    const left = async () => {
      const found = await database().orm.select().from(media).orderBy(media.id)
      return found.filter((row) => row.bytes !== null).map(({ id }) => id)
    }
    const release = () => releaseMedia(database().orm, NOON - 30 * DAY)
    const old = NOON - 31 * DAY

    it('are those of posts that ended everywhere long ago, and those of no post', async () => {
      for (const id of ['live', 'failed', 'cancelled', 'nobodys']) await keep(id)
      await given([
        { status: 'published', at: old, content: content('live') },
        { status: 'failed', at: old, content: content('live', 'failed') },
        { status: 'cancelled', at: old, content: content('cancelled') },
      ])
      expect(await release()).toBe(4)
      expect(await left()).toEqual([])
      expect(await release()).toBe(0)
      expect(await loadMedia(database().orm, 'live')).toBeUndefined()
    })

    it.each(['scheduled', 'held', 'unconfirmed', 'reconciling'] as const)(
      'are never those of a post of which a target is %s',
      async (status) => {
        await keep('m1')
        await keep('m2')
        await given([
          { status: 'published', at: old, content: content('m1') },
          { status, at: old, content: content('m2') },
        ])
        expect(await release()).toBe(0)
        expect(await left()).toEqual(['m1', 'm2'])
      },
    )

    it('are not those that ended lately, were given lately, or wait for an answer', async () => {
      for (const id of ['ended', 'thumb', 'draft']) await keep(id)
      await keep('given', NOON - DAY)
      const [thumb] = content('thumb').media
      const card = { url: 'https://acme.example', title: 'Acme', description: '', thumb }
      await given([
        { status: 'published', at: NOON - 29 * DAY, content: content('ended') },
        { status: 'failed', at: old, content: { ...content(), card } },
      ])
      await given([{ status: 'queued', at: old, content: content('draft') }], 'draft', NOON - DAY)
      expect(await release()).toBe(0)
      expect(await left()).toEqual(['draft', 'ended', 'given', 'thumb'])
    })

    it('are kept again when the same file is given again', async () => {
      await keep('m1')
      await release()
      expect(await left()).toEqual([])
      expect(await saveMedia(database().orm, item('m2', { sha256: 'm1' }))).toBe('m1')
      expect((await loadMedia(database().orm, 'm1'))?.bytes.byteLength).toBe(256)
      expect(await release()).toBe(0)
    })
  })
})
