import { Redis } from 'ioredis'
import { unreachable } from './queue.js'

/** A Redis server as it is. */
export interface RedisFacts {
  readonly version: string
  /** What it does when its memory is full: `noeviction` throws nothing away. */
  readonly eviction: string
  /** A replica takes no writes. */
  readonly isReplica: boolean
}

const ANSWER_WITHIN_MS = 10_000

/**
 * Looks at a server, changing nothing.
 * @throws QueueUnavailableError
 */
export async function probeRedis(url: string): Promise<RedisFacts> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: ANSWER_WITHIN_MS,
    commandTimeout: ANSWER_WITHIN_MS,
  })
  // What is thrown says only that the connection is closed; why stands in the event before.
  let why: Error | undefined
  redis.on('error', (error) => {
    why ??= error
  })
  try {
    await redis.connect()
    const info = await redis.info()
    const field = (name: string) => new RegExp(`^${name}:(.*)$`, 'm').exec(info)?.[1]?.trim() ?? ''
    return {
      version: field('redis_version'),
      eviction: field('maxmemory_policy'),
      isReplica: field('role') === 'slave',
    }
  } catch (error) {
    throw unreachable(url, why ?? error)
  } finally {
    redis.disconnect()
  }
}
