import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { sql } from 'drizzle-orm'
import { drizzle as overServer } from 'drizzle-orm/node-postgres'
import { drizzle as overPglite } from 'drizzle-orm/pglite'
import { type Orm, rows } from './database.js'
import { lockFolder } from './folder-lock.js'
import { unavailable } from './open-server.js'
import { withinTime } from './server-connections.js'
import './statement-error.js'

/** Where the store is. */
export interface StorePlace {
  readonly databaseUrl: string | null
  readonly dataDir: string
}

/**
 * Reads in the store as it is: nothing is made, changed or brought up to date.
 * @returns undefined where nothing was ever stored
 * @throws FolderInUseError, DatabaseUnavailableError
 */
export function peek<T>(
  { databaseUrl, dataDir }: StorePlace,
  read: (orm: Orm) => Promise<T>,
): Promise<T | undefined> {
  return databaseUrl === null ? peekFolder(dataDir, read) : peekServer(databaseUrl, read)
}

async function peekFolder<T>(
  folder: string,
  read: (orm: Orm) => Promise<T>,
): Promise<T | undefined> {
  const data = join(folder, 'db')
  if (!existsSync(data)) return undefined
  const unlock = await lockFolder(folder)
  try {
    const pglite = await PGlite.create(data)
    try {
      return await readOurs(overPglite(pglite) as unknown as Orm, read)
    } finally {
      await pglite.close()
    }
  } finally {
    await unlock()
  }
}

async function peekServer<T>(url: string, read: (orm: Orm) => Promise<T>): Promise<T | undefined> {
  try {
    return await withinTime(url, (pool) => readOurs(overServer(pool) as unknown as Orm, read))
  } catch (error) {
    // Drizzle wraps what went wrong in the statement that it went wrong with.
    throw unavailable(url, (error as Error).cause ?? error)
  }
}

async function readOurs<T>(orm: Orm, read: (orm: Orm) => Promise<T>): Promise<T | undefined> {
  const is = sql`select to_regclass('pressroom.accounts') is not null as ours`
  const [found] = await rows<{ ours: boolean }>(orm, is)
  return found?.ours ? read(orm) : undefined
}
