import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBench } from '../../../support/connector-bench.js'
import { IMAGE } from '../../../support/sample-media.js'

const TEXT = { text: 'The harbour is open', media: [] }
const WHO = { kind: 'person', id: 'U1', name: 'Sam' } as const

/** Nobody but LinkedIn can read a member's posts, so a doubt ends with a person. */
describe('a member on LinkedIn', () => {
  const bench = createBench({
    platform: 'linkedin',
    account: { author: 'urn:li:person:sandbox', accessToken: 'sandbox-linkedin-member-token' },
    token: 'sandbox-linkedin-member-token',
    contents: {},
    provesAbsence: false,
  })
  beforeAll(bench.open)
  beforeEach(bench.reset)
  afterAll(bench.close)

  it('cannot be read, and says so by what it can do', () => {
    const { lookUp, verify } = bench.connector()
    expect([lookUp, verify]).toEqual([undefined, undefined])
  })

  it('publishes text and pictures', async () => {
    for (const content of [TEXT, { text: 'A picture', media: [IMAGE] }]) {
      bench.reset()
      const { state } = await bench.drive(content)
      expect(state).toMatchObject({ status: 'published', remoteId: bench.live()[0]?.id })
    }
  })

  it.each(['reset', 'stall', 'garbage', 'no_id', 'html_error'] as const)(
    'asks a person, and never sends again, after %s',
    async (kind) => {
      bench.fault({ kind, on: 'mutation', when: 'after', times: 1 })
      const drive = await bench.drive(TEXT)
      bench.expectTruth(drive)
      expect(drive.state.status).toBe('unconfirmed')
      expect(bench.live()).toHaveLength(1)
    },
  )

  it('makes no copy even if the person overlooks the post: the refusal names it', async () => {
    bench.fault({ kind: 'reset', on: 'mutation', when: 'after', times: 1 })
    const asked = await bench.drive(TEXT)
    const drive = await bench.drive(TEXT, {
      from: asked.target,
      person: ({ state }, at) => {
        if (state.status === 'unconfirmed') {
          return { type: 'verdictGiven', at, who: WHO, verdict: 'absent' }
        }
        return state.status === 'failed' ? { type: 'retryRequested', at, who: WHO } : undefined
      },
    })
    expect(bench.live()).toHaveLength(1)
    expect(drive.state).toMatchObject({ status: 'published', remoteId: bench.live()[0]?.id })
  })

  it('does not take somebody else’s post for its own when it is refused as a duplicate', async () => {
    await bench.drive(TEXT)
    const { state } = await bench.drive(TEXT)
    expect(state).toMatchObject({ status: 'failed', reason: { class: 'duplicate' } })
  })

  it('dies or freezes at any point without a copy or a lie', async () => {
    await bench.atEveryPoint(TEXT, false, (point) => ({ dieAt: point }))
    await bench.atEveryPoint(TEXT, true, (point) => ({ freezeAt: point }))
  })
})
