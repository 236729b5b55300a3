import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { getTableName, is, sql } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, inject } from 'vitest'
import type { Database } from '../../src/store/database.js'
import { openInMemory } from '../../src/store/open-embedded.js'
import { openServer } from '../../src/store/open-server.js'
import * as schema from '../../src/store/schema.js'
import { databaseUrl } from './prepare-databases.js'

export interface TestDatabase {
  readonly engine: 'embedded' | 'server'
  /**
   * Opens a database of this file's own around the tests of a `describe`, emptied before each.
   * @returns the open database, for use inside tests and hooks
   */
  use(): () => Database
}

/**
 * The engines to test on, for `describe.each`: the embedded one, and a Postgres server when
 * `TEST_DATABASE_URL` names one (a user who may create databases). `TEST_ENGINES=servers` leaves
 * the embedded one to another run.
 */
export function testDatabases(): readonly TestDatabase[] {
  const { TEST_DATABASE_URL: url, TEST_ENGINES: engines } = process.env
  const template = inject('template')
  const onEmbedded: TestDatabase = { engine: 'embedded', use: () => aroundTests(embedded) }
  if (!url || !template) return [onEmbedded]
  const onServer: TestDatabase = {
    engine: 'server',
    use: () => aroundTests(() => serverCopy(url, template)),
  }
  return engines === 'servers' ? [onServer] : [onEmbedded, onServer]
}

interface Opened {
  readonly database: Database
  drop(): Promise<void>
}

function aroundTests(open: () => Promise<Opened>): () => Database {
  let opened: Opened
  beforeAll(async () => {
    opened = await open()
  })
  beforeEach(() => empty(opened.database))
  afterAll(() => opened?.drop())
  return () => opened.database
}

async function embedded(): Promise<Opened> {
  const snapshot = new Blob([await readFile(inject('snapshotPath'))])
  const database = await openInMemory(snapshot)
  return { database, drop: () => database.close() }
}

async function serverCopy(url: string, template: string): Promise<Opened> {
  const name = `${template}_${randomUUID().slice(0, 8)}`
  const admin = postgres(url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name} template ${template}`)
  const database = await openServer(databaseUrl(url, name))
  return {
    database,
    async drop() {
      await database.close()
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  }
}

const tables = Object.values(schema)
  .filter((entry) => is(entry, PgTable))
  .map(getTableName)

/** Throws away everything the product has stored; several times faster than TRUNCATE. */
async function empty({ orm }: Database): Promise<void> {
  // References are checked at the end of the statement, so the order does not matter.
  const deletions = tables.map((name) => `gone_${name} as (delete from pressroom.${name})`)
  await orm.execute(sql.raw(`with ${deletions.join(', ')} select 1`))
}
