import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { createPost } from '../../src/store/create-post.js'
import { FolderInUseError } from '../../src/store/folder-lock.js'
import { IncompleteInstallationError } from '../../src/store/migrations.js'
import { openEmbedded } from '../../src/store/open-embedded.js'
import { loadPost } from '../../src/store/posts.js'
import { newPost } from '../support/targets.js'

describe('openEmbedded', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pressroom-store-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('keeps what is stored from one process to the next, and is open to one at a time', async () => {
    const data = join(folder, 'not', 'made', 'yet')
    const snapshot = new Blob([await readFile(inject('snapshotPath'))])
    const first = await openEmbedded(data, { snapshot })
    const post = newPost()
    await createPost(first.orm, post)
    await expect(openEmbedded(data)).rejects.toThrow(FolderInUseError)
    await first.close()
    const second = await openEmbedded(data)
    expect(await loadPost(second.orm, post.id)).toMatchObject({ post: { id: post.id } })
    await second.close()
  })

  it('makes a new folder whole or not at all, and keeps what is stored through a flush', async () => {
    await mkdir(join(folder, 'db.new'), { recursive: true })
    await writeFile(join(folder, 'db.new', 'PG_VERSION'), 'left by a process that was killed')
    const first = await openEmbedded(folder)
    await createPost(first.orm, newPost())
    await first.flush()
    await first.tidy()
    expect(await readdir(folder)).not.toContain('db.new')
    await first.close()
  })

  it('says what is missing of the program itself before it makes anything', async () => {
    const data = join(folder, 'data')
    const opening = openEmbedded(data, { migrationsFolder: join(folder, 'nowhere') })
    await expect(opening).rejects.toThrow(IncompleteInstallationError)
    expect(await readdir(folder)).toEqual([])
  })

  it('gives the folder back when it cannot be opened', async () => {
    const broken = new Blob(['this is no data folder'])
    for (const _try of [1, 2]) {
      const error = await openEmbedded(folder, { snapshot: broken }).catch((caught) => caught)
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(FolderInUseError)
    }
  })
})
