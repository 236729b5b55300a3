import { describe, expect, it } from 'vitest'
import { pdsOf } from '../../../../src/publisher/connectors/bluesky/wire.js'
import type { PublishRequest } from '../../../../src/publisher/connectors/connector.js'
import type { SandboxOptions } from '../../../../src/sandbox/platforms/index.js'
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
