import { createHash, randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'
import { createLog, createRedactor } from '../../src/log.js'
import { openDoorbell } from '../../src/publisher/queue/queue.js'
import type { Database } from '../../src/store/database.js'
import { MIGRATIONS_FOLDER } from '../../src/store/migrations.js'
import { openInMemory } from '../../src/store/open-embedded.js'
import { openServer } from '../../src/store/open-server.js'

declare module 'vitest' {
  interface ProvidedContext {
    /** A file with the prepared data folder of the embedded engine. */
    snapshotPath: string
    /** A migrated database to copy from; null when no server was named. */
    template: string | null
  }
}

/** Runs once before all test files: each then starts from a copy instead of migrating anew. */
export default async function prepareDatabases(project: TestProject) {
  project.provide('snapshotPath', await prepareSnapshot())
  const url = process.env.TEST_DATABASE_URL
  if (!url) {
    project.provide('template', null)
    return
  }
  const template = `pressroom_test_${randomUUID().slice(0, 8)}`
  const admin = postgres(url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${template}`)
  const database = await openServer(databaseUrl(url, template), { poolSize: 1 })
  await prepareQueue(database)
  await database.close()
  project.provide('template', template)
  return async () => {
    await admin.unsafe(`drop database if exists ${template} with (force)`)
    await admin.end()
  }
}

/** The URL of another database on the same server. */
export function databaseUrl(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

/** Kept between runs until a migration or a dependency changes: making it takes seconds. */
async function prepareSnapshot(): Promise<string> {
  const hash = createHash('sha256').update(readFileSync('package-lock.json'))
  for (const file of readdirSync(MIGRATIONS_FOLDER, { recursive: true }).map(String).sort()) {
    if (/\.(sql|json)$/.test(file)) hash.update(readFileSync(join(MIGRATIONS_FOLDER, file)))
  }
  const folder = join('node_modules', '.cache', 'pressroom')
  const path = join(folder, `snapshot-${hash.digest('hex').slice(0, 16)}.tar`)
  if (existsSync(path)) return path
  const database = await openInMemory()
  await prepareQueue(database)
  if (database.driver.engine !== 'embedded') throw new TypeError('expected the embedded engine')
  const dump = await database.driver.pglite.dumpDataDir('none')
  await database.close()
  await mkdir(folder, { recursive: true })
  // Another run may be doing the same: a rename is all or nothing.
  const draft = `${path}.${process.pid}`
  await writeFile(draft, new Uint8Array(await dump.arrayBuffer()))
  await rename(draft, path)
  return path
}

async function prepareQueue(database: Database): Promise<void> {
  const log = createLog({ level: 'silent', redactor: createRedactor() })
  const doorbell = await openDoorbell({ database, log })
  await doorbell.close()
}
