import type { Settings } from '../config.js'
import { probeRedis } from '../publisher/queue/probe-redis.js'
import { lookAtFolder } from '../store/folder-lock.js'
import { CONNECTIONS_PER_PROCESS } from '../store/pool.js'
import { probeServer, type ServerFacts } from '../store/probe-server.js'
import { type Finding, faultOf, findings, type Look } from './finding.js'

const database = findings('database')
const queue = findings('queue')

/** Looks at where posts are kept. */
export async function lookAtDatabase(
  settings: Pick<Settings, 'databaseUrl' | 'redisUrl' | 'dataDir'>,
): Promise<Look> {
  if (settings.databaseUrl === null) return { findings: [await ofFolder(settings.dataDir)] }
  try {
    const facts = await probeServer(settings.databaseUrl)
    return {
      findings: ofServer(facts, settings.redisUrl !== null),
      clocks: [{ of: 'the database', aheadMs: facts.aheadMs }],
    }
  } catch (error) {
    return { findings: [faultOf('database', error)] }
  }
}

async function ofFolder(dataDir: string): Promise<Finding> {
  const holder = await lookAtFolder(dataDir)
  if (holder === 'free') return database('ok', `embedded, in ${dataDir}; nothing has it open`)
  return database(
    'ok',
    `embedded, in ${dataDir}; process ${holder.pid} on ${holder.host} has it open`,
  )
}

function ofServer(facts: ServerFacts, hasRedis: boolean): Finding[] {
  const { version, connections, schema, mayCreate } = facts
  const found: Finding[] = []
  if (schema === 'newer') {
    const text = 'a newer version of Pressroom has brought this database up to date.'
    found.push(database('fault', text, 'Start that version, or restore the backup made before it.'))
  }
  if (!mayCreate && schema === 'new') {
    const text = 'this user may not make the schemas that Pressroom needs.'
    const next = 'As the owner of the database: GRANT CREATE ON DATABASE <name> TO <user>.'
    found.push(database('fault', text, next))
  }
  const needed = hasRedis ? CONNECTIONS_PER_PROCESS.withRedis : CONNECTIONS_PER_PROCESS.withoutRedis
  const free = connections.most - connections.used
  if (free < needed) {
    found.push(
      database(
        'warning',
        `the server takes ${connections.most} connections and ${connections.used} are in use; each process of Pressroom opens up to ${needed}.`,
        'Raise max_connections, or run fewer processes.',
      ),
    )
  }
  if (found.length > 0) return found
  const state =
    typeof schema === 'object'
      ? `, ${schema.pending} migration(s) to come with the next start or "pressroom migrate"`
      : schema === 'new'
        ? ', empty: the first start sets it up'
        : ', up to date'
  return [database('ok', `Postgres ${version}${state}`)]
}

/** Looks at what wakes the workers. */
export async function lookAtQueue(settings: Pick<Settings, 'redisUrl'>): Promise<Look> {
  if (settings.redisUrl === null) return { findings: [queue('ok', 'kept in the database')] }
  try {
    const { version, eviction, isReplica } = await probeRedis(settings.redisUrl)
    if (isReplica) {
      const text = `REDIS_URL names a replica (Redis ${version}), which takes no writes.`
      return { findings: [queue('fault', text, 'Name the primary.')] }
    }
    if (Number.parseInt(version, 10) < 5) {
      const text = `Redis ${version} is too old for the queue.`
      return { findings: [queue('fault', text, 'Run Redis 6.2 or later.')] }
    }
    if (eviction && eviction !== 'noeviction') {
      const text = `Redis ${version} throws keys away when its memory is full (${eviction}): posts would be late, though not lost.`
      return { findings: [queue('warning', text, 'Set maxmemory-policy to noeviction.')] }
    }
    return { findings: [queue('ok', `Redis ${version}`)] }
  } catch (error) {
    return { findings: [faultOf('queue', error)] }
  }
}
