import { describe, expect, it } from 'vitest'
import { loadMedia, type MediaFacts, saveMedia } from '../../src/store/media.js'
import { media } from '../../src/store/schema.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'

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
})
