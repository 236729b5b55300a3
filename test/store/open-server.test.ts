import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { IncompleteInstallationError } from '../../src/store/migrations.js'
import { DatabaseUnavailableError, openServer } from '../../src/store/open-server.js'
import { databaseUrl } from '../support/prepare-databases.js'

const PASSWORD = 'hunter2-hunter2'
const complaint = async (url: string) => {
  const error: unknown = await openServer(url, { answerWithinMs: 500 }).catch((caught) => caught)
  expect(error).toBeInstanceOf(DatabaseUnavailableError)
  return String((error as Error).message)
}

describe('openServer', () => {
  it('says which database it could not open, and what to do, without the password', async () => {
    const message = await complaint(`postgres://bob:${PASSWORD}@127.0.0.1:9/pressroom`)
    expect(message).toContain('DATABASE_URL: cannot use the database pressroom on 127.0.0.1:9')
    expect(message).toContain('the connection was refused')
    expect(message).toContain('Check the address')
    expect(message).not.toContain(PASSWORD)
  })

  it.each([
    ['a host that does not exist', `postgres://bob:${PASSWORD}@pressroom.invalid/db`],
    ['a port that is none', `postgres://bob:${PASSWORD}@127.0.0.1:99999/db`],
    ['a value that is no URL', `postgres:bob:${PASSWORD}@host`],
    ['a password with a slash', `postgres://bob:12/${PASSWORD}@127.0.0.1/db`],
    ['a password with a hash', `postgres://bob:12#${PASSWORD}@127.0.0.1/db`],
    ['a broken host', `postgres://bob:${PASSWORD}@[::/db`],
  ])('keeps the password out of what it says about %s', async (_what, url) => {
    expect(await complaint(url)).not.toContain(PASSWORD)
  })

  it('says what is missing of the program itself, and not that the database is at fault', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pressroom-migrations-'))
    const complaintAbout = async () => {
      const opening = openServer(`postgres://bob:${PASSWORD}@127.0.0.1:9/db`, {
        migrationsFolder: folder,
      })
      const error: unknown = await opening.catch((caught) => caught)
      expect(error).toBeInstanceOf(IncompleteInstallationError)
      const { message } = error as Error
      expect(message).not.toMatch(/DATABASE_URL|hunter2/)
      return message
    }
    expect(await complaintAbout()).toContain('meta/_journal.json')
    await mkdir(join(folder, 'meta'))
    const entries = [{ idx: 0, version: '7', when: 1, tag: '0000_first', breakpoints: true }]
    await writeFile(join(folder, 'meta/_journal.json'), JSON.stringify({ entries }))
    expect(await complaintAbout()).toContain('0000_first.sql')
    await rm(folder, { recursive: true })
  })

  it('says so when what answers is no Postgres', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const message = await complaint(`postgres://bob:${PASSWORD}@127.0.0.1:${port}/db`)
    expect(message).toContain('does not answer as Postgres does')
    server.close()
  })
})

const url = process.env.TEST_DATABASE_URL
describe.skipIf(!url)('openServer on a server', () => {
  const name = `pressroom_test_${randomUUID().slice(0, 8)}`
  const own = databaseUrl(url ?? 'postgres://none', name)
  const admin = postgres(url ?? '', { max: 1, onnotice: () => {} })
  beforeAll(() => admin.unsafe(`create database ${name}`))
  afterAll(async () => {
    await admin.unsafe(`drop database if exists ${name} with (force)`)
    await admin.end()
  })

  it('makes the tables once when several processes start together, and again changes nothing', async () => {
    const opened = await Promise.all(Array.from({ length: 4 }, () => openServer(own)))
    const again = await openServer(own)
    await again.ping()
    await Promise.all([...opened, again].map((database) => database.close()))
    const check = postgres(own, { max: 1 })
    const [row] =
      await check`select count(*)::int as migrations from pressroom.__drizzle_migrations`
    await check.end()
    expect(row?.migrations).toBeGreaterThan(0)
  })

  it('names a database that does not exist', async () => {
    const message = await complaint(databaseUrl(url ?? '', 'pressroom_no_such_database'))
    expect(message).toContain('pressroom_no_such_database')
  })
})
