import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { drizzle } from 'drizzle-orm/pglite'
import { migrate } from 'drizzle-orm/pglite/migrator'
import { breathing } from './breathing.js'
import type { Database, Orm } from './database.js'
import { createLogFlush, flushRecent, logBytes } from './flush-folder.js'
import { lockFolder } from './folder-lock.js'
import { makeFolder } from './make-folder.js'
import { MIGRATIONS_FOLDER, MIGRATIONS_SCHEMA, readMigrationTimes } from './migrations.js'
import * as schema from './schema.js'
import './statement-error.js'

/** Postgres reserves 128 MB for itself by default, which nothing here gains from. */
const START_PARAMS = [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB']

/**
 * Opens the embedded Postgres in `folder`, made on first use, and brings it up to date.
 * One process at a time: a second one is refused.
 * @param options.snapshot a prepared data folder to start from (tests), instead of a new one
 * @param options.migrationsFolder another one (tests)
 * @throws FolderInUseError naming the process that holds the folder; IncompleteInstallationError
 */
export async function openEmbedded(
  folder: string,
  options: { snapshot?: Blob; migrationsFolder?: string } = {},
): Promise<Database> {
  readMigrationTimes(options.migrationsFolder)
  await mkdir(folder, { recursive: true })
  const unlock = await lockFolder(folder)
  try {
    const data = join(folder, 'db')
    if (!options.snapshot && !existsSync(data)) await makeFolder(data)
    const pglite = await PGlite.create(data, {
      startParams: START_PARAMS,
      ...(options.snapshot ? { loadDataDir: options.snapshot } : {}),
    })
    return onDisk(await overPglite(pglite, unlock), pglite, data)
  } catch (error) {
    await unlock()
    throw error
  }
}

const LOG_LIMIT_BYTES = 64 * 1024 * 1024
const TIDY_EVERY_MS = 6 * 3_600_000

/** What a server's background processes do, and this engine has none to do it. */
function onDisk(database: Database, pglite: PGlite, folder: string): Database {
  const flush = createLogFlush(folder)
  let tidiedAt = Date.now()
  return {
    ...database,
    flush,
    async tidy() {
      if ((await logBytes(folder)) > LOG_LIMIT_BYTES) {
        await flush()
        await pglite.exec('checkpoint')
        await flushRecent(folder)
      }
      if (Date.now() < tidiedAt + TIDY_EVERY_MS) return
      tidiedAt = Date.now()
      await pglite.exec('vacuum (analyze)')
    },
  }
}

/** The embedded engine in memory, for tests. */
export async function openInMemory(snapshot?: Blob): Promise<Database> {
  const pglite = await PGlite.create({
    startParams: START_PARAMS,
    ...(snapshot ? { loadDataDir: snapshot } : {}),
  })
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
  const orm = drizzle(breathing(pglite), { schema })
  return {
    orm: orm as unknown as Orm,
    prompt: orm as unknown as Orm, // one connection does everything
    driver: { engine: 'embedded', pglite },
    listen: (channel, hear) => pglite.listen(channel, hear),
    flush: async () => {},
    tidy: async () => {},
    ping: async () => {
      await pglite.query('select 1')
    },
    close: async () => {
      await pglite.close()
      await release()
    },
  }
}
