import { sql } from 'drizzle-orm'
import { describe, expect, it } from 'vitest'
import { createPost } from '../../src/store/create-post.js'
import { rows } from '../../src/store/database.js'
import { loadGauges } from '../../src/store/load-gauges.js'
import { testDatabases } from '../support/database.js'
import { newPost, newTarget } from '../support/targets.js'

describe.each(testDatabases())('the gauges on $engine', ({ use }) => {
  const database = use()

  it('are zero in an empty store', async () => {
    expect(await loadGauges(database().orm)).toEqual({
      targets: [],
      oldestDueAt: null,
      untold: 0,
      accounts: [],
    })
  })

  it('count what is not settled, and find the longest overdue', async () => {
    const { orm } = database()
    const post = newPost({ targets: [newTarget(), newTarget()] })
    await createPost(orm, post)
    const found = await loadGauges(orm)
    expect(found).toMatchObject({ targets: [{ state: 'queued', count: 2 }], untold: 1 })
    const [row] = await rows<{ at: string }>(
      orm,
      sql`select extract(epoch from min(due_at)) * 1000 as at from pressroom.targets`,
    )
    expect(found.oldestDueAt).toBe(Number(row?.at))
  })

  it('are read from indexes that hold only what is open', async () => {
    const { orm } = database()
    const plan = (query: ReturnType<typeof sql>) =>
      orm.transaction(async (tx) => {
        await tx.execute(sql`set local enable_seqscan = off`)
        const lines = await rows<{ 'QUERY PLAN': string }>(tx, sql`explain ${query}`)
        return lines.map((line) => line['QUERY PLAN']).join('\n')
      })
    expect(
      await plan(
        sql`select status, count(*) from pressroom.targets where status in ('scheduled', 'queued', 'unconfirmed', 'held', 'failed') group by status`,
      ),
    ).toContain('targets_open')
    expect(
      await plan(sql`select min(due_at) from pressroom.targets where due_at is not null`),
    ).toContain('targets_due')
  })
})
