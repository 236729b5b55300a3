import { describe, expect, it } from 'vitest'
import type { PublishRequest, Steps } from '../../../../src/publisher/connectors/connector.js'
import type { Answer, HttpRequest } from '../../../../src/publisher/connectors/http.js'
import type { Handles } from '../../../../src/publisher/core/target.js'
import { NOON } from '../../../support/clock.js'
import { json, requestOf } from '../scripted-steps.js'
import { openStandIn } from './stand-in.js'

const HOUR = 3_600_000

interface Written {
  readonly rkey: string
  readonly record: Handles
}

/** One target on a stand-in, with the handles it keeps from one attempt to the next. */
async function start() {
  const { clock, sandbox, connector, steps: plain } = await openStandIn()
  const written: Written[] = []
  const late: HttpRequest[] = []
  let handles: Handles = {}
  let arrives: 'at once' | 'with the next' | 'never' = 'at once'
  const steps: Steps = {
    ...plain,
    save: async (saved) => {
      handles = saved
    },
    mutate: async (request, saved = {}) => {
      handles = saved
      if (request.body && 'json' in request.body) written.push(request.body.json as Written)
      for (const earlier of late.splice(0)) await plain.mutate(earlier)
      if (arrives === 'with the next') late.push(request)
      if (arrives !== 'at once') return { kind: 'noAnswer', why: 'the connection was reset' }
      return plain.mutate(request)
    },
  }
  const attempt = (dueSince: number, when: typeof arrives = 'at once') => {
    arrives = when
    const content = { text: 'The harbour is open', media: [] }
    const target = { targetId: 't1', idempotencyKey: 't1', attempt: 1, frozenAt: NOON }
    const request: PublishRequest = { ...target, content, handles, dueSince }
    return connector.publish(request, steps)
  }
  return { clock, sandbox, attempt, written }
}

describe('a record that is not there', () => {
  const reads = async (answer: Answer) => {
    const { connector, steps } = await openStandIn()
    const read: Steps['read'] = async (request) =>
      request.url.includes('getRecord') ? answer : steps.read(request)
    const doubt = {
      ...requestOf(),
      mutationAt: NOON,
      evidence: [],
      otherRemoteIds: new Set<string>(),
    }
    return connector.lookUp?.(doubt, { ...steps, read })
  }

  it('is absent also in the words of an older server, but not in any others', async () => {
    const older = { error: 'InvalidRequest', message: 'Could not locate record: at://did/a/b' }
    expect(await reads(json(older, 400))).toMatchObject({ kind: 'absent', proof: 'conclusive' })
    const other = { error: 'InvalidRequest', message: 'Could not find repo: did:plc:acme' }
    expect(await reads(json(other, 400))).toMatchObject({ kind: 'error' })
  })
})

describe('a round that a person begins', () => {
  it('writes the time of its own, under the key of the first attempt', async () => {
    const { clock, attempt, written } = await start()
    expect((await attempt(NOON, 'never')).kind).toBe('ambiguous')
    clock.advance(5 * HOUR)
    const beganAt = clock.now()
    await attempt(beganAt, 'never')
    clock.advance(60_000)
    expect((await attempt(beganAt)).kind).toBe('published')
    expect(new Set(written.map(({ rkey }) => rkey)).size).toBe(1)
    expect(written.map(({ record }) => record.createdAt)).toEqual(
      [NOON, beganAt, beganAt].map((at) => new Date(at).toISOString()),
    )
  })

  it('makes no second post when the record of an earlier one comes while it is written', async () => {
    const { clock, sandbox, attempt } = await start()
    await attempt(NOON, 'with the next')
    clock.advance(HOUR)
    expect(await attempt(clock.now())).toMatchObject({
      kind: 'ambiguous',
      reason: { code: 'InvalidSwap' },
    })
    expect(sandbox.live('bluesky')).toHaveLength(1)
    expect((await attempt(clock.now())).kind).toBe('published')
    expect(sandbox.live('bluesky')).toHaveLength(1)
  })
})
