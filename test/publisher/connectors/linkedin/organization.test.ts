import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createBench } from '../../../support/connector-bench.js'

const TEXT = { text: 'The harbour is open', media: [] }

describe('an organisation on LinkedIn', () => {
  const bench = createBench({
    platform: 'linkedin',
    account: { author: 'urn:li:organization:77', accessToken: 'sandbox-linkedin-token' },
    token: 'sandbox-linkedin-token',
    contents: {},
    provesAbsence: false,
  })
  beforeAll(bench.open)
  beforeEach(bench.reset)
  afterAll(bench.close)

  it('does not take an older post for its own when it is refused as a duplicate of it', async () => {
    await bench.drive(TEXT) // which ends five minutes later, with the last look at the post
    const { state } = await bench.drive(TEXT)
    expect(state).toMatchObject({ status: 'failed', reason: { class: 'duplicate' } })
    expect(bench.live()).toHaveLength(1)
  })

  it('recognises its own post in the refusal', async () => {
    bench.fault({ kind: 'duplicate_refusal', on: 'mutation', when: 'after', times: 1 })
    const { state } = await bench.drive(TEXT)
    expect(state).toMatchObject({ status: 'published', remoteId: bench.live()[0]?.id })
  })

  it('still sends what a rate limit put off, with a token that may not read', async () => {
    bench.fault({ kind: 'forbidden', on: 'read', when: 'before', times: 'always' })
    bench.fault({ kind: 'rate_limit', on: 'mutation', when: 'before', times: 1 })
    const { state } = await bench.drive(TEXT)
    expect(state.status).toBe('published')
    expect(bench.live()).toHaveLength(1)
  })

  it('asks a person after a doubt, with a token that may not read', async () => {
    bench.fault({ kind: 'forbidden', on: 'read', when: 'before', times: 'always' })
    bench.fault({ kind: 'reset', on: 'mutation', when: 'after', times: 1 })
    const { state } = await bench.drive(TEXT)
    expect(state.status).toBe('unconfirmed')
    expect(bench.live()).toHaveLength(1)
  })
})
