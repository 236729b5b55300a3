import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import type { Database, Orm } from './database.js'
import { lockFolder } from './folder-lock.js'
import { MIGRATIONS_FOLDER, MIGRATIONS_SCHEMA } from './migrations.js'
import * as schema from './schema.js'

/**
 * Opens the embedded Postgres in `folder`, made on first use, and brings it up to date.
 * One process at a time: a second one is refused.
 * @param options.snapshot a prepared data folder to start from (tests), instead of a new one
 * @throws FolderInUseError naming the process that holds the folder
 */
export async function openEmbedded(
  folder: string,
  options: { snapshot?: Blob } = {},
): Promise<Database> {
  await mkdir(folder, { recursive: true })
  const unlock = await lockFolder(folder)
  try {
    const pglite = await PGlite.create(join(folder, 'db'), {
      ...(options.snapshot ? { loadDataDir: options.snapshot } : {}),
    })
    return await overPglite(pglite, unlock)
  } catch (error) {
    await unlock()
    throw error
  }
}

/** The embedded engine in memory, for tests. */
export async function openInMemory(snapshot?: Blob): Promise<Database> {
  const pglite = await PGlite.create({ ...(snapshot ? { loadDataDir: snapshot } : {}) })
  return overPglite(pglite, async () => {})
}

async function overPglite(pglite: PGlite, release: () => Promise<void>): Promise<Database> {
  await migrate(drizzle(pglite), {
    migrationsFolder: MIGRATIONS_FOLDER,
    migrationsSchema: MIGRATIONS_SCHEMA,
  })
  return databaseOver(pglite, release)
}

/** The store over an engine that is open and up to date. */
export function databaseOver(
  pglite: PGlite,
  release: () => Promise<void> = async () => {},
): Database {
  const orm = drizzle(pglite, { schema })
  return {
    orm: orm as unknown as Orm,
    driver: { engine: 'embedded', pglite },
    listen: (channel, hear) => pglite.listen(channel, hear),
    ping: async () => {
      await pglite.query('select 1')
    },
    close: async () => {
      await pglite.close()
      await release()
    },
  }
}
