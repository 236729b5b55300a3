import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBench } from '../../../support/connector-bench.js'

const TEXT = { text: 'The harbour is open', media: [] }

describe('a post that Discord shows late', () => {
  const bench = createBench({
    platform: 'discord',
    account: { webhookId: '1100000000000000001', webhookToken: 'sandbox-discord-token' },
    token: 'sandbox-discord-token',
    contents: {},
    provesAbsence: false,
  })
  beforeAll(bench.open)
  beforeEach(bench.reset)
  afterAll(bench.close)

  it('is not sent again, because nobody but a person can know', async () => {
    bench.fault({ kind: 'reset', on: 'mutation', when: 'after', delayMs: 30, times: 1 })
    const asked = await bench.drive(TEXT)
    expect(asked.state.status).toBe('unconfirmed')
    await bench.untilLive()
    const drive = await bench.drive(TEXT, { from: asked.target, person: bench.looks })
    expect(drive.state).toMatchObject({ status: 'published', how: 'person' })
    expect(bench.live()).toHaveLength(1)
  })
})
