import { createServer, type Socket } from 'node:net'
import { drizzle } from 'drizzle-orm/node-postgres'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connect, connectInTime, isAway, withinTime } from '../../src/store/server-connections.js'
import { createListener } from '../../src/store/server-listener.js'
import { createGate } from '../support/gate.js'

const url = process.env.TEST_DATABASE_URL ?? ''

describe.skipIf(!url)('connections to a server', () => {
  /** Ends every connection of this test's pool or listener, as a restart of the server does. */
  const cut = (name: string) => countOf('pg_terminate_backend(pid)', name)
  const running = (name: string) => countOf('true', name)
  async function countOf(done: string, name: string): Promise<number> {
    const admin = connect(url, 1)
    const { rows } = await admin.query(
      `select ${done} from pg_stat_activity
       where application_name = 'pressroom' and pid <> pg_backend_pid() and datname = current_database() and query like $1`,
      [`%${name}%`],
    )
    await admin.end()
    return rows.length
  }

  it('are opened anew after the server has ended them, idle ones and busy ones', async () => {
    const pool = connect(url, 4)
    onTestFinished(() => pool.end())
    const mark = 'cut-pool'
    const sleeping = [1, 2, 3].map(() => pool.query(`select pg_sleep(60), '${mark}'`))
    const ended = Promise.allSettled(sleeping)
    await expect.poll(() => running(mark), { timeout: 10_000 }).toBe(3)
    expect(await cut(mark)).toBe(3)
    for (const one of await ended) {
      expect(one.status).toBe('rejected')
      expect(one.status === 'rejected' && isAway(one.reason)).toBe(true)
    }
    expect((await pool.query(`select 7 as it, '${mark}' as mark`)).rows[0].it).toBe(7)
    expect(await cut(mark)).toBe(1)
    await expect
      .poll(() =>
        pool.query('select 8').then(
          () => true,
          () => false,
        ),
      )
      .toBe(true)
  })

  function openListener() {
    const listener = createListener(url)
    const pool = connect(url, 1)
    onTestFinished(async () => {
      await listener.close()
      await pool.end()
    })
    return { listener, pool }
  }

  it('hear notifications again after the connection was cut', async () => {
    const { listener, pool } = openListener()
    const heard: string[] = []
    const tell = (word: string) => pool.query(`select pg_notify('pressroom_compared', $1)`, [word])
    await listener.listen('pressroom_compared', (payload) => heard.push(payload))
    await tell('first')
    await expect.poll(() => heard).toContain('first')
    expect(await cut('listen pressroom_compared')).toBeGreaterThan(0)
    await expect.poll(() => tell('again').then(() => heard), { timeout: 10_000 }).toContain('again')
  })

  it('stop hearing a channel when nobody wants it any more', async () => {
    const { listener, pool } = openListener()
    const heard: string[] = []
    const other: string[] = []
    const end = await listener.listen('pressroom_compare', (payload) => heard.push(payload))
    await listener.listen('pressroom_compare', (payload) => other.push(payload))
    await end()
    await pool.query(`select pg_notify('pressroom_compare', 'late')`)
    await expect.poll(() => other).toContain('late')
    expect(heard).toEqual([])
  })
})

describe.skipIf(!url)('connections to a server that vanishes without a word', () => {
  async function behindGate() {
    const server = new URL(url)
    const gate = await createGate({ host: server.hostname, port: Number(server.port || 5432) })
    onTestFinished(() => gate.shut())
    server.hostname = '127.0.0.1'
    server.port = String(gate.port)
    return { gate, url: server.href }
  }
  const WITHIN_MS = 300
  async function openPool(max: number) {
    const { gate, url } = await behindGate()
    const pool = connectInTime(url, max, WITHIN_MS)
    onTestFinished(() => pool.end())
    return { gate, pool, orm: drizzle(pool) }
  }
  const failure = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    )

  it('fail what waits for an answer, and are opened anew', async () => {
    const { gate, pool } = await openPool(2)
    await Promise.all([pool.query('select 1'), pool.query('select 2')])
    gate.swallow()
    const failures = await Promise.all([1, 2].map(() => failure(pool.query('select 3'))))
    expect(failures.map(isAway)).toEqual([true, true])
    expect((await pool.query('select 4 as it')).rows).toEqual([{ it: 4 }])
  })

  it('leave the pool also when a transaction could not begin, or could not end', async () => {
    const { gate, pool, orm } = await openPool(1)
    await pool.query('select 1')
    gate.swallow()
    expect(isAway(await failure(orm.transaction((tx) => tx.execute('select 1'))))).toBe(true)
    const broken = orm.transaction(async (tx) => {
      await tx.execute('select 1')
      gate.swallow()
      await tx.execute('select 2')
    })
    expect(isAway(await failure(broken))).toBe(true)
    expect(await orm.transaction((tx) => tx.execute('select 3 as it'))).toMatchObject({
      rows: [{ it: 3 }],
    })
    expect(pool.totalCount).toBe(1)
  })

  it('wait for what takes long, and for nothing else', async () => {
    const { pool } = await openPool(1)
    const sleep = `select pg_sleep(${(2 * WITHIN_MS) / 1000})`
    expect(isAway(await failure(pool.query(sleep)))).toBe(true)
    await pool.query(`${sleep} /* takes long */`)
    const large = await pool.query({
      text: `select length($1::bytea) as it, pg_sleep(${(2 * WITHIN_MS) / 1000})`,
      values: [Buffer.alloc(1_000_001)],
    })
    expect(large.rows[0]).toMatchObject({ it: 1_000_001 })
  })

  it('hear notifications again', async () => {
    const { gate, url: gated } = await behindGate()
    const listener = createListener(gated, { everyMs: 50, withinMs: 200 })
    const pool = connect(url, 1)
    onTestFinished(async () => {
      await listener.close()
      await pool.end()
    })
    const heard: string[] = []
    await listener.listen('pressroom_tokens', (payload) => heard.push(payload))
    gate.swallow()
    await expect
      .poll(
        async () => {
          await pool.query(`select pg_notify('pressroom_tokens', 'again')`)
          return heard
        },
        { timeout: 10_000 },
      )
      .toContain('again')
  })
})

describe('a server that is not there', () => {
  it('is told from a statement that is wrong', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    expect(isAway(new Error('Failed query', { cause: refused }))).toBe(true)
    expect(isAway(Object.assign(new Error('shutting down'), { code: '57P01' }))).toBe(true)
    expect(isAway(new Error('Connection terminated unexpectedly'))).toBe(true)
    expect(isAway(Object.assign(new Error('duplicate key'), { code: '23505' }))).toBe(false)
    expect(isAway('nothing')).toBe(false)
  })

  it('is given up when it accepts connections and says nothing', async () => {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1')
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    await new Promise((done) => server.once('listening', done))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const asking = withinTime(
      `postgres://me@127.0.0.1:${port}/db`,
      (pool) => pool.query('select 1'),
      200,
    )
    await expect(asking).rejects.toThrow('did not answer within 0.2 seconds')
  })
})
