import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createLog, createRedactor } from '../../../src/log.js'
import { openDoorbell } from '../../../src/publisher/queue/queue.js'
import { uniquePrefix } from '../../support/queue.js'
import { waitFor } from '../../support/wait-for.js'

const redisUrl = process.env.TEST_REDIS_URL
const DYING = fileURLToPath(new URL('../../support/dying-answerer.ts', import.meta.url))

// Only on Redis: the embedded queue starts empty, and both databases share this code.
it.skipIf(!redisUrl)(
  'a bell whose answerer was killed is answered by another within seconds',
  async () => {
    const prefix = uniquePrefix()
    const env = { PATH: process.env.PATH ?? '', REDIS_URL: redisUrl ?? '', PREFIX: prefix }
    const dying = spawn(process.execPath, ['--import', 'tsx', DYING], { env, stdio: 'ignore' })
    const [, signal] = await once(dying, 'exit')
    expect(signal).toBe('SIGKILL')
    const doorbell = await openDoorbell({
      redisUrl,
      prefix,
      log: createLog({ level: 'silent', redactor: createRedactor() }),
      database: undefined as never,
    })
    const heard: string[] = []
    const answering = await doorbell.answer({ concurrency: 1 }, async (id) => void heard.push(id))
    // The sweep rings in vain meanwhile: the queue holds this bell already.
    await doorbell.ring([{ targetId: 't1', version: 1, dueAt: 0 }], 0)
    await waitFor(
      'the other answers',
      () => heard,
      (ids) => ids.length > 0,
      15_000,
    )
    expect(heard).toEqual(['t1'])
    await answering.stop()
    await doorbell.empty()
    await doorbell.close()
  },
)
