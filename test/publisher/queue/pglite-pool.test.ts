import type { EventEmitter } from 'node:events'
import type { PGlite } from '@electric-sql/pglite'
import { describe, expect, it } from 'vitest'
import { createPglitePool } from '../../../src/publisher/queue/pglite-pool.js'
import { testDatabases } from '../../support/database.js'
import { waitFor } from '../../support/wait-for.js'

type Client = EventEmitter & { query(text: string): Promise<unknown>; release(): void }

/** BullMQ takes clients from a pool; the type it names for the pool does not say so. */
const connect = (pool: unknown) => (pool as { connect(): Promise<Client> }).connect()

describe.each(testDatabases().filter(({ engine }) => engine === 'embedded'))(
  'a pool over the embedded engine',
  ({ use }) => {
    const database = use()
    const pglite = (): PGlite => {
      const { driver } = database()
      if (driver.engine !== 'embedded') throw new TypeError('expected the embedded engine')
      return driver.pglite
    }

    it('answers with rows and their number, with parameters and without', async () => {
      const pool = createPglitePool(pglite())
      expect(await pool.query('select $1::int + 1 as n', [1])).toMatchObject({
        rows: [{ n: 2 }],
        rowCount: 1,
      })
      expect(await pool.query('select 1 as a; select 2 as b')).toMatchObject({ rows: [{ b: 2 }] })
    })

    it('counts the rows that a statement without rows changed', async () => {
      const pool = createPglitePool(pglite())
      await pool.query('create temporary table counted (n int)')
      expect(await pool.query('insert into counted values (1), (2)')).toMatchObject({ rowCount: 2 })
      expect(await pool.query('delete from counted where n > $1', [0])).toMatchObject({
        rows: [],
        rowCount: 2,
      })
    })

    it('hears notifications, also when comments stand before LISTEN', async () => {
      const pool = createPglitePool(pglite())
      const client = await connect(pool)
      const heard: unknown[] = []
      client.on('notification', (message: unknown) => heard.push(message))
      await client.query('-- waits for jobs\n  -- of one queue\n LISTEN bull_wake')
      await pool.query("select pg_notify('bull_wake', 'go')")
      await waitFor(
        'it is heard',
        () => heard.length,
        (count) => count === 1,
      )
      expect(heard).toEqual([{ channel: 'bull_wake', payload: 'go' }])
    })

    it('hears nothing more after it was released, and leaves the engine open', async () => {
      const pool = createPglitePool(pglite())
      const client = await connect(pool)
      const heard: unknown[] = []
      client.on('notification', (message: unknown) => heard.push(message))
      await client.query('LISTEN bull_wake')
      client.release()
      await pool.query("select pg_notify('bull_wake', 'go')")
      await pool.end()
      expect(heard).toEqual([])
      expect(await pglite().query('select 1 as n')).toMatchObject({ rows: [{ n: 1 }] })
    })
  },
)
