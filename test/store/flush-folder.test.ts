import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createLogFlush, flushRecent, logBytes } from '../../src/store/flush-folder.js'

describe('a data folder', () => {
  let folder: string
  const log = (name: string) => join(folder, 'pg_wal', name)
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pressroom-flush-'))
    await mkdir(join(folder, 'pg_wal', 'archive_status'), { recursive: true })
    await writeFile(log('00000001000000000000000A'), 'twelve bytes')
    await writeFile(log('00000001000000000000000B'), 'four')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('has a log of as many bytes as its segments', async () => {
    await writeFile(log('archive_status/nothing'), 'not counted')
    expect(await logBytes(folder)).toBe(16)
  })

  it('shares one flush among all who wait, but never one that began before they came', async () => {
    const begun: number[] = []
    const flush = createLogFlush(folder, () => begun.push(begun.length))
    await Promise.all([flush(), flush(), flush()])
    expect(begun).toHaveLength(2)
  })

  it('is flushed anew after a flush that did not work', async () => {
    const flush = createLogFlush(folder)
    await rm(join(folder, 'pg_wal'), { recursive: true })
    const [first, second] = await Promise.allSettled([flush(), flush()])
    expect([first?.status, second?.status]).toEqual(['rejected', 'rejected'])
    await mkdir(join(folder, 'pg_wal'))
    await expect(flush()).resolves.toBeUndefined()
  })

  it('is not changed by being flushed', async () => {
    const long = new Date('2026-01-05T12:00:00Z')
    await utimes(log('00000001000000000000000A'), long, long)
    await flushRecent(folder)
    expect((await stat(log('00000001000000000000000A'))).mtime).toEqual(long)
  })
})
