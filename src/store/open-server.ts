import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import type { Pool } from 'pg'
import type { Database, Orm } from './database.js'
import { MIGRATIONS_FOLDER, MIGRATIONS_SCHEMA, readMigrationTimes } from './migrations.js'
import { POOL_SIZE, PROMPT_POOL_SIZE } from './pool.js'
import * as schema from './schema.js'
import { connect, connectInTime } from './server-connections.js'
import { createListener } from './server-listener.js'
import './statement-error.js'

/** The database could not be opened; the message says which one and what to do, without its password. */
export class DatabaseUnavailableError extends Error {
  override readonly name = 'DatabaseUnavailableError'
}

/** Any number that only this project uses: processes that start together migrate one after the other. */
const MIGRATION_LOCK = 7_261_020

const ANSWER_WITHIN_MS = 20_000
const NO_POSTGRES = 'it does not answer as Postgres does'

/**
 * Opens a Postgres server and brings its schema up to date under a lock.
 * @param url `postgres://user:password@host:port/database`
 * @param options.migrationsFolder another one (tests)
 * @throws DatabaseUnavailableError, IncompleteInstallationError
 */
export async function openServer(
  url: string,
  options: { poolSize?: number; answerWithinMs?: number; migrationsFolder?: string } = {},
): Promise<Database> {
  describeUrl(url)
  const { answerWithinMs = ANSWER_WITHIN_MS, migrationsFolder = MIGRATIONS_FOLDER } = options
  readMigrationTimes(migrationsFolder)
  try {
    await migrateUnderLock(url, answerWithinMs, migrationsFolder)
  } catch (error) {
    throw unavailable(url, error)
  }
  const pool = connectInTime(url, options.poolSize ?? POOL_SIZE)
  const promptPool = connectInTime(url, PROMPT_POOL_SIZE)
  const listener = createListener(url)
  return {
    orm: drizzle(pool, { schema }) as unknown as Orm,
    prompt: drizzle(promptPool, { schema }) as unknown as Orm,
    driver: { engine: 'server', url },
    listen: listener.listen,
    flush: async () => {}, // a server's commits are on its disk when it says so
    tidy: async () => {},
    ping: async () => {
      await pool.query('select 1')
    },
    async close() {
      await listener.close()
      await Promise.all([pool.end(), promptPool.end()])
    },
  }
}

/** What went wrong with the server at `url`, for a person, without its password. */
export function unavailable(url: string, error: unknown): DatabaseUnavailableError {
  if (error instanceof DatabaseUnavailableError) return error
  return new DatabaseUnavailableError(
    `DATABASE_URL: cannot use ${describeUrl(url)}: ${reasonOf(error)}. Check the address, the user and that the server runs.`,
  )
}

async function migrateUnderLock(
  url: string,
  answerWithinMs: number,
  migrationsFolder: string,
): Promise<void> {
  const pool = connect(url, 1) // one connection, which holds the lock
  try {
    await answers(pool, answerWithinMs)
    await pool.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await migrate(drizzle(pool), {
      migrationsFolder,
      migrationsSchema: MIGRATIONS_SCHEMA,
    })
    await pool.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK])
  } finally {
    await pool.end()
  }
}

/** What accepts a connection need not be Postgres. */
async function answers(pool: Pool, withinMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(NO_POSTGRES)), withinMs)
  })
  try {
    await Promise.race([pool.query('select 1'), tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/** @throws DatabaseUnavailableError where the password cannot be told from the rest */
function describeUrl(url: string): string {
  if (!URL.canParse(url)) {
    return 'a database (the value is not a URL such as postgres://user@host:5432/name)'
  }
  const { host, pathname, username } = new URL(url)
  if (url.includes('@') && username === '') {
    throw new DatabaseUnavailableError(
      'DATABASE_URL is not written as postgres://user:password@host:5432/name. Signs such as # / ? in the password must be percent-encoded.',
    )
  }
  return `the database ${pathname.slice(1) || '(none named)'} on ${host}`
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  if (code === 'ECONNREFUSED') return 'the connection was refused'
  if (code === 'ENOTFOUND') return 'the host name is unknown'
  if (message === 'Connection terminated unexpectedly') return NO_POSTGRES
  return message ?? code ?? 'unknown error'
}
