import { randomUUID } from 'node:crypto'
import { createLog, createRedactor } from '../../src/log.js'
import { openDoorbell, type ShownDoorbell } from '../../src/publisher/queue/queue.js'
import type { Database } from '../../src/store/database.js'
import { type TestDatabase, testDatabases } from './database.js'

export interface TestQueue {
  /** Names the pair in test titles. */
  readonly title: string
  readonly kind: 'database' | 'redis'
  readonly database: TestDatabase
  /**
   * Opens a doorbell.
   * @param prefix doorbells with the same prefix share one queue; without it, it is alone
   */
  open(database: Database, prefix?: string): Promise<ShownDoorbell>
}

/**
 * The queues to test on, for `describe.each`: in each database, and on Redis when `TEST_REDIS_URL`
 * names one.
 */
export function testQueues(): readonly TestQueue[] {
  const redisUrl = process.env.TEST_REDIS_URL
  const databases = testDatabases()
  const log = createLog({ level: 'silent', redactor: createRedactor() })
  const inDatabase = databases.map((database) => ({
    title: `in the ${database.engine} database`,
    kind: 'database' as const,
    database,
    open: (opened: Database, prefix = uniquePrefix()) =>
      openDoorbell({ database: opened, log, prefix }),
  }))
  const [database] = databases
  if (!redisUrl || !database) return inDatabase
  const onRedis: TestQueue = {
    title: 'on Redis',
    kind: 'redis',
    database,
    open: (opened, prefix = uniquePrefix()) =>
      openDoorbell({ database: opened, log, prefix, redisUrl }),
  }
  return [...inDatabase, onRedis]
}

/** Keeps tests that run at the same time apart on one server. */
export function uniquePrefix(): string {
  return `test-${randomUUID().slice(0, 8)}`
}
