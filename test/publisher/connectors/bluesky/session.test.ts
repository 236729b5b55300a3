import { describe, expect, it } from 'vitest'
import { pdsOf } from '../../../../src/publisher/connectors/bluesky/wire.js'
import type { PublishRequest, Steps } from '../../../../src/publisher/connectors/connector.js'
import type { Answer } from '../../../../src/publisher/connectors/http.js'
import type { SandboxOptions } from '../../../../src/sandbox/platforms/index.js'
import { json, requestOf } from '../scripted-steps.js'
import { openStandIn } from './stand-in.js'

const HOUR = 3_600_000

async function start(options: SandboxOptions = {}) {
  const { clock, sandbox, connector, steps } = await openStandIn(options)
  const publish = (targetId: string) => {
    const content = { text: `Hello from ${targetId}`, media: [] }
    const request: PublishRequest = {
      targetId,
      idempotencyKey: targetId,
      content,
      handles: {},
      attempt: 1,
      frozenAt: clock.now(),
      dueSince: clock.now(),
      otherRemoteIds: new Set(),
    }
    return connector.publish(request, steps)
  }
  const calls = (method: string) =>
    sandbox.requests('bluesky').filter(({ path }) => path.includes(method)).length
  return { clock, sandbox, connector, publish, calls, steps }
}

/** One post, on a server that answers the question about the session in this way. */
async function publishWith(answer: Answer) {
  const { connector, steps, sandbox } = await openStandIn()
  const prepare: Steps['prepare'] = async (request) =>
    request.url.includes('getSession') ? answer : steps.prepare(request)
  const outcome = await connector.publish(requestOf(), { ...steps, prepare })
  return { outcome, sandbox }
}

describe('the session', () => {
  it('is opened once for many posts at the same time', async () => {
    const { publish, calls, sandbox } = await start()
    const outcomes = await Promise.all(Array.from({ length: 40 }, (_, at) => publish(`t${at}`)))
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(40).fill('published'))
    expect(sandbox.live('bluesky')).toHaveLength(40)
    expect(calls('createSession')).toBe(1)
  })

  it('is renewed with its refresh token, without a new login', async () => {
    const { publish, calls, clock } = await start()
    await publish('first')
    clock.advance(5 * HOUR)
    expect(await publish('second')).toMatchObject({ kind: 'published' })
    expect(calls('createSession')).toBe(1)
    expect(calls('refreshSession')).toBe(1)
  })

  it('is opened anew when the server has forgotten it, at the same attempt', async () => {
    const { publish, calls, sandbox } = await start()
    await publish('first')
    sandbox.reset()
    expect(await publish('second')).toMatchObject({ kind: 'published' })
    expect(calls('createSession')).toBe(1)
    expect(sandbox.live('bluesky')).toHaveLength(1)
  })

  it.each([
    ['does not know the question', json({ error: 'NotFound', message: 'Not Found' }, 404)],
    ['finds it invalid', json({ error: 'InvalidRequest', message: 'unknown method' }, 400)],
    ['does not allow it', json({ error: 'MethodNotAllowed' }, 405)],
    ['has no words for it', { kind: 'answer', status: 404, headers: {}, text: '' }],
    ['has not built it', json({ error: 'MethodNotImplemented' }, 501)],
  ] as const)('need not be proven to a server that %s', async (_, answer) => {
    const { outcome, sandbox } = await publishWith(answer)
    expect(outcome.kind).toBe('published')
    expect(sandbox.live('bluesky')).toHaveLength(1)
  })

  it.each([
    ['refuses it', json({ error: 'AuthMissing' }, 401), 'permanent'],
    ['limits the account', json({ error: 'RateLimitExceeded' }, 429), 'transient'],
    ['is down', json({ error: 'InternalServerError' }, 502), 'transient'],
    ['is silent', { kind: 'noAnswer', why: 'the connection was reset' }, 'transient'],
  ] as const)('that does not hold, or a server that %s, sends nothing', async (_, answer, kind) => {
    const { outcome, sandbox } = await publishWith(answer)
    expect(outcome.kind).toBe(kind)
    expect(sandbox.live('bluesky')).toEqual([])
  })

  it('does not outlive the app password', async () => {
    const { publish, sandbox } = await start()
    await publish('first')
    sandbox.revoke('bluesky', 'did:plc:sandboxacme2345672345672')
    expect(await publish('second')).toMatchObject({ kind: 'permanent', reason: { class: 'auth' } })
  })

  it('waits for the logins that are limited, and says how long', async () => {
    const { connector, steps } = await start()
    for (let login = 0; login < 30; login++) await connector.checkCredentials(steps)
    expect(await connector.checkCredentials(steps)).toMatchObject({
      kind: 'unknown',
      reason: { class: 'rate_limit' },
    })
  })

  it('goes to the server that keeps the account, but never from TLS to none', () => {
    const document = (serviceEndpoint: string) => ({
      service: [
        { id: '#other', serviceEndpoint: 'https://other.example' },
        { id: 'did:plc:acme#atproto_pds', serviceEndpoint },
      ],
    })
    const login = 'https://bsky.social'
    expect(pdsOf(document('https://pds.example/'), login)).toBe('https://pds.example')
    expect(pdsOf(document('http://pds.example'), login)).toBe(login)
    expect(pdsOf(document('nonsense'), login)).toBe(login)
    expect(pdsOf(undefined, login)).toBe(login)
  })
})
