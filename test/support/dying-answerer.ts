import { createLog, createRedactor } from '../../src/log.js'
import { openDoorbell } from '../../src/publisher/queue/queue.js'

/** A process that rings one bell, and is killed in the middle of answering it. */
const { REDIS_URL: redisUrl, PREFIX: prefix = '' } = process.env
const log = createLog({ level: 'silent', redactor: createRedactor() })
// On Redis the database is never touched.
const doorbell = await openDoorbell({ redisUrl, prefix, log, database: undefined as never })
await doorbell.answer({ concurrency: 1 }, async () => {
  process.kill(process.pid, 'SIGKILL')
})
await doorbell.ring([{ targetId: 't1', version: 1, dueAt: 0 }], 0)
