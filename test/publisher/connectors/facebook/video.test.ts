import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBench } from '../../../support/connector-bench.js'
import { VIDEO } from '../../../support/sample-media.js'

const content = { text: 'The harbour, moving', media: [VIDEO] }
const bench = createBench({
  platform: 'facebook',
  account: { pageId: '1029', accessToken: 'sandbox-facebook-token' },
  token: 'sandbox-facebook-token',
  contents: { 'a video': content },
  provesAbsence: false,
})

beforeAll(bench.open)
beforeEach(bench.reset)
afterAll(bench.close)

describe('a video on Facebook', () => {
  it.each(['before', 'after'] as const)(
    'whose answer is lost %s accepting is in doubt',
    async (when) => {
      bench.fault({ kind: 'reset', on: 'mutation', when, times: 1 })
      const drive = await bench.drive(content)
      bench.expectTruth(drive)
      expect(drive.state.status).toBe(when === 'after' ? 'published' : 'unconfirmed')
    },
  )

  it('is live after every poll failed, as soon as one works', async () => {
    bench.fault({ kind: 'status', status: 503, on: 'read', when: 'before', times: 3 })
    const drive = await bench.drive(content)
    bench.expectTruth(drive)
    expect(drive.state).toMatchObject({ status: 'published', remoteId: bench.live()[0]?.id })
  })

  it.each(['status', 'bad_token', 'garbage'] as const)(
    'is not called failed when no poll works (%s)',
    async (kind) => {
      bench.fault({ kind, on: 'read', when: 'before', times: 'always' })
      const drive = await bench.drive(content)
      bench.expectTruth(drive)
      expect(drive.state.status).toBe('unconfirmed')
    },
  )

  it('survives a worker that dies at any point', async () => {
    await bench.atEveryPoint(content, false, (point) => ({ dieAt: point }))
  })
})
