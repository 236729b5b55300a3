import { describe, expect, it } from 'vitest'
import { createMediaCache } from '../src/media-cache.js'

/** Ten bytes each; the ids that were loaded, in order. */
function create(maxBytes: number, fails: () => boolean = () => false) {
  const loaded: string[] = []
  const cache = createMediaCache(async (id) => {
    loaded.push(id)
    if (fails()) throw new Error('the database is away')
    return new Uint8Array(10)
  }, maxBytes)
  return { cache, loaded }
}

describe('bytes of media', () => {
  it('are read once for all that want them at the same time', async () => {
    const { cache, loaded } = create(100)
    await Promise.all(Array.from({ length: 9 }, () => cache.bytes('m1')))
    await cache.bytes('m1')
    expect(loaded).toEqual(['m1'])
  })

  it('are forgotten when there are too many, the longest unused first', async () => {
    const { cache, loaded } = create(25)
    for (const id of ['m1', 'm2', 'm1', 'm3', 'm1', 'm2']) await cache.bytes(id)
    expect(loaded).toEqual(['m1', 'm2', 'm3', 'm2'])
  })

  it('are not kept when one alone is too many', async () => {
    const { cache, loaded } = create(5)
    await cache.bytes('m1')
    await cache.bytes('m1')
    expect(loaded).toEqual(['m1', 'm1'])
  })

  it('are asked for again after a failure', async () => {
    let fails = true
    const { cache, loaded } = create(100, () => fails)
    await expect(cache.bytes('m1')).rejects.toThrow('the database is away')
    fails = false
    await cache.bytes('m1')
    expect(loaded).toEqual(['m1', 'm1'])
  })
})
