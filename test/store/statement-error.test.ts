import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createLog, createRedactor } from '../../src/log.js'
import { isUniqueViolation, rows } from '../../src/store/database.js'
import { inbox, media } from '../../src/store/schema.js'
import { NOON } from '../support/clock.js'
import { testDatabases } from '../support/database.js'

const TEXT = 'Nobody may read this yet'

describe.each(testDatabases())('a statement that failed on the $engine database', ({ use }) => {
  const database = use()
  const at = new Date(NOON)
  const twice = async () => {
    const entry = { key: TEXT, result: { text: TEXT }, at }
    await database().orm.transaction(async (tx) => {
      await tx.insert(inbox).values(entry)
      await tx.insert(inbox).values(entry)
    })
  }
  const without = async () => {
    const bytes = Buffer.from(TEXT)
    const row = { id: TEXT, sha256: null as never, mime: '', facts: {}, bytes, createdAt: at }
    await database().orm.insert(media).values(row)
  }
  const wrong = () => rows(database().orm, sql`select nonsense where ${TEXT}::text = ''`)

  it.each([
    ['breaks an index', twice, 'duplicate key value', 'insert into "pressroom"."inbox"'],
    ['lacks a value', without, 'null value in column "sha256"', 'insert into "pressroom"."media"'],
    ['is wrong', wrong, 'column "nonsense" does not exist', 'select nonsense'],
  ])('as it %s says why and which, with none of its values', async (_what, run, why, which) => {
    const error = await run().then(
      () => undefined,
      (caught: unknown) => caught,
    )
    const lines: string[] = []
    const destination = { write: (line: string) => lines.push(line) }
    const log = createLog({ level: 'info', redactor: createRedactor(), destination })
    log.error({ err: error }, 'as an error')
    log.error({ error: (error as Error).message }, 'as its message')
    log.error(
      { error, cause: (error as Error).cause, err: (error as Error).cause },
      'with its cause',
    )
    for (const said of [lines[0], lines[1]]) {
      expect(said).toContain(JSON.stringify(why).slice(1, -1))
      expect(said).toContain(JSON.stringify(which).slice(1, -1))
    }
    const bytes = Buffer.from(TEXT)
    for (const told of [TEXT, bytes.toString('hex'), bytes.join(',')])
      expect(lines.join('')).not.toContain(told)
    expect(isUniqueViolation(error)).toBe(run === twice)
  })
})
