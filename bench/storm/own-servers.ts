import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, openSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import { createOwnDatabase } from '../databases.js'

/** Redis and Postgres to stand on. */
export interface Servers {
  readonly databaseUrl: string
  readonly redisUrl: string
  /** Absent where the servers belong to somebody else. */
  readonly restarts?: {
    /** Loses everything that Redis held. */
    redis(): Promise<void>
    /** `fast` says goodbye to its clients; `immediate` dies and recovers. */
    postgres(mode: 'fast' | 'immediate'): Promise<void>
  }
  /** Throws every job away. */
  emptyRedis(): Promise<void>
  close(): Promise<void>
}

const UP_WITHIN_MS = 30_000

/**
 * Starts both on free ports in a folder of their own, when their programs are installed; else takes
 * a new database on the given servers, which are then never restarted.
 * @throws Error when there is neither
 */
export async function openServers(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Servers> {
  const bin = postgresPrograms()
  if (bin && has('redis-server')) return startServers(folder, bin)
  const { TEST_DATABASE_URL, TEST_REDIS_URL } = env
  if (TEST_DATABASE_URL && TEST_REDIS_URL) return borrowServers(TEST_DATABASE_URL, TEST_REDIS_URL)
  throw new Error(
    'The storm on servers needs the programs postgres and redis-server, or TEST_DATABASE_URL and TEST_REDIS_URL.',
  )
}

async function startServers(folder: string, bin: string): Promise<Servers> {
  const redisPort = await freePort()
  const postgresPort = await freePort()
  const data = join(folder, 'postgres')
  const redisUrl = `redis://127.0.0.1:${redisPort}`
  const databaseUrl = `postgres://postgres@127.0.0.1:${postgresPort}/postgres`
  const owner = initDatabase(folder, data, bin)

  const startRedis = () =>
    run(
      'redis-server',
      [
        '--bind',
        '127.0.0.1',
        '--port',
        String(redisPort),
        '--save',
        '',
        '--appendonly',
        'no',
        '--dir',
        folder,
      ],
      join(folder, 'redis.log'),
    )
  const startPostgres = () =>
    run(
      join(bin, 'postgres'),
      [
        '-D',
        data,
        '-p',
        String(postgresPort),
        '-h',
        '127.0.0.1',
        '-k',
        data,
        '-c',
        'max_connections=200',
        '-c',
        'fsync=off',
      ],
      join(folder, 'postgres.log'),
      owner,
    )
  let redis = startRedis()
  let server = startPostgres()
  await Promise.all([redisAnswers(redisUrl), postgresAnswers(databaseUrl)])

  return {
    databaseUrl,
    redisUrl,
    restarts: {
      async redis() {
        await ended(redis, 'SIGKILL')
        redis = startRedis()
        await redisAnswers(redisUrl)
      },
      async postgres(mode) {
        await ended(server, mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
        server = startPostgres()
        await postgresAnswers(databaseUrl)
      },
    },
    emptyRedis: () => flush(redisUrl),
    async close() {
      await Promise.all([ended(redis, 'SIGKILL'), ended(server, 'SIGQUIT')])
    },
  }
}

async function borrowServers(databaseUrl: string, redisUrl: string): Promise<Servers> {
  const own = await createOwnDatabase(databaseUrl)
  // A database of Redis that nobody uses by default, so that emptying it harms nobody.
  const redis = new URL(redisUrl)
  redis.pathname = '/15'
  await flush(redis.href)
  return {
    databaseUrl: own.url,
    redisUrl: redis.href,
    emptyRedis: () => flush(redis.href),
    async close() {
      await flush(redis.href)
      await own.drop()
    },
  }
}

/** @returns the folder of the newest Postgres on this machine */
function postgresPrograms(): string | undefined {
  const root = '/usr/lib/postgresql'
  if (!existsSync(root)) return undefined
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a))
  return versions
    .map((version) => join(root, version, 'bin'))
    .find((bin) => existsSync(join(bin, 'initdb')))
}

function has(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

type Owner = { uid: number; gid: number } | undefined

/** Postgres refuses to run as root: then it runs as the user it was installed with. */
function initDatabase(folder: string, data: string, bin: string): Owner {
  const id = (what: string) => Number(execFileSync('id', [what, 'postgres']).toString())
  const owner = process.getuid?.() === 0 ? { uid: id('-u'), gid: id('-g') } : undefined
  mkdirSync(data)
  if (owner) {
    // The way down to it must be open, too.
    execFileSync('chmod', ['a+x', folder, join(folder, '..')])
    chownSync(data, owner.uid, owner.gid)
  }
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '--auth=trust'], {
    stdio: 'ignore',
    cwd: data,
    ...owner,
  })
  return owner
}

function run(program: string, args: readonly string[], log: string, owner?: Owner): ChildProcess {
  const out = openSync(log, 'a')
  return spawn(program, [...args], { stdio: ['ignore', out, out], ...owner })
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}

async function postgresAnswers(url: string): Promise<void> {
  await until('Postgres', async () => {
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} })
    try {
      await sql`select 1`
    } finally {
      await sql.end({ timeout: 1 })
    }
  })
}

async function redisAnswers(url: string): Promise<void> {
  await until('Redis', () => withRedis(url, (redis) => redis.ping()))
}

async function flush(url: string): Promise<void> {
  await withRedis(url, (redis) => redis.flushdb())
}

async function withRedis(url: string, act: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => {})
  try {
    await redis.connect()
    await act(redis)
  } finally {
    redis.disconnect()
  }
}

async function until(what: string, works: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + UP_WITHIN_MS
  for (;;) {
    try {
      await works()
      return
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what} does not come up: ${String(error)}`)
      await sleep(100)
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      const port = typeof address === 'object' && address ? address.port : 0
      probe.close(() => resolve(port))
    })
  })
}
