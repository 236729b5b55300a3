import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Database, Orm } from '../../src/store/database.js'
import { openInMemory } from '../../src/store/open-embedded.js'

let database: Database
beforeAll(async () => {
  database = await openInMemory()
})
afterAll(() => database.close())

const one = (orm: Orm) => orm.execute(sql`select 1`)

it.each([
  ['statements', one],
  ['transactions', (orm: Orm) => orm.transaction(one)],
])(
  'the embedded database leaves turns to everything else while %s stand in line',
  async (_what, ask) => {
    let turns = 0
    let isBusy = true
    const count = () => {
      turns += 1
      if (isBusy) setImmediate(count)
    }
    setImmediate(count)
    const people = Array.from({ length: 20 }, async () => {
      for (let time = 0; time < 20; time++) await ask(database.orm)
    })
    await Promise.all(people)
    isBusy = false
    expect(turns).toBeGreaterThan(3)
  },
)
