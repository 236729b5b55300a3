import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import type { Database } from '../src/store/database.js'
import { openEmbedded } from '../src/store/open-embedded.js'
import { openServer } from '../src/store/open-server.js'

/** A database for one measurement, gone with `drop`. */
export interface OwnDatabase {
  readonly url: string
  drop(): Promise<void>
}

/** An empty database on a server. @param url names a user who may create databases */
export async function createOwnDatabase(url: string): Promise<OwnDatabase> {
  const name = `pressroom_bench_${randomUUID().slice(0, 8)}`
  const admin = postgres(url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return {
    url: own.href,
    async drop() {
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  }
}

/** Works with a store of its own on a server. */
export async function withServer<T>(
  url: string,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const own = await createOwnDatabase(url)
  try {
    const database = await openServer(own.url)
    return await work(database).finally(() => database.close())
  } finally {
    await own.drop()
  }
}

/** Works with an embedded store in a folder of its own. */
export async function withEmbedded<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'pressroom-bench-'))
  try {
    const database = await openEmbedded(folder)
    return await work(database).finally(() => database.close())
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
