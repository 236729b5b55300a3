import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Connector } from '../../../src/publisher/connectors/connector.js'
import { send } from '../../../src/publisher/connectors/http.js'
import {
  accountSchema,
  createConnector,
  secretsOf,
  withCredentials,
} from '../../../src/publisher/connectors/index.js'
import { readRenewed } from '../../../src/publisher/connectors/oauth.js'
import { createSandbox, type Sandbox } from '../../../src/sandbox/platforms/index.js'
import { createSteppedClock, NOON } from '../../support/clock.js'

const DAY = 86_400_000
const clock = createSteppedClock()
const reader = {
  now: clock.now,
  read: (request: Parameters<typeof send>[0]) => send(request, { timeoutMs: 5000 }),
}
let sandbox: Sandbox
let server: { url: string; close(): Promise<void> }

beforeAll(async () => {
  sandbox = createSandbox({ clock: clock.now, fetchMedia: false })
  server = await sandbox.listen()
})
beforeEach(() => sandbox.reset())
afterAll(() => server.close())

const entry = (platform: 'x' | 'threads' | 'instagram' | 'facebook' | 'linkedin', more: object) =>
  accountSchema.parse({
    name: platform,
    platform,
    accessToken: `sandbox-${platform}-token`,
    apiUrl: sandbox.apiUrl(server.url, platform),
    ...more,
  })

describe("X's tokens", () => {
  const account = () => entry('x', { refreshToken: 'sandbox-x-token-refresh', clientId: 'app' })

  it('are renewed with a refresh token that works once', async () => {
    const first = await createConnector(account()).renewal?.ask(reader)
    expect(first).toMatchObject({ kind: 'renewed', expiresAt: NOON + 7_200_000 })
    const credentials = first?.kind === 'renewed' ? first.credentials : {}
    const renewed = createConnector(withCredentials(account(), credentials))
    expect(await renewed.checkCredentials(reader)).toEqual({ kind: 'ok', identity: '@acme' })
    expect(await createConnector(account()).renewal?.ask(reader)).toEqual({
      kind: 'refused',
      reason: {
        class: 'auth',
        code: 'invalid_grant',
        text: 'X does not renew the access token any more.',
        next: 'Put a new token into the accounts file and restart; what is held goes on by itself.',
      },
    })
    expect(await renewed.renewal?.ask(reader)).toMatchObject({ kind: 'renewed' })
  })

  it('are not renewed where the account has no refresh token, which needs its app', () => {
    expect(createConnector(entry('x', {})).renewal).toBeUndefined()
    expect(() => entry('x', { refreshToken: 'r' })).toThrow('needs clientId')
  })

  it('are all secret', () => {
    const secrets = secretsOf(
      entry('x', { refreshToken: 'r-1', clientId: 'c', clientSecret: 's-1' }),
    )
    expect(secrets).toEqual(['sandbox-x-token', 'r-1', 's-1'])
  })
})

describe.each([
  ['threads', { userId: '9921' }],
  ['instagram', { userId: '1784' }],
] as const)('the token of %s', (platform, more) => {
  it('is exchanged for one of sixty days', async () => {
    const renewed = await createConnector(entry(platform, more)).renewal?.ask(reader)
    expect(renewed).toMatchObject({ kind: 'renewed', expiresAt: clock.now() + 60 * DAY })
  })

  it('that was revoked is not exchanged any more', async () => {
    const connector = createConnector(entry(platform, more))
    sandbox.revoke(platform, more.userId)
    expect(await connector.renewal?.ask(reader)).toMatchObject({
      kind: 'refused',
      reason: { class: 'auth', code: '190' },
    })
    sandbox.restore(platform, more.userId)
  })
})

it('a token of Facebook Login lasts, so that Instagram renews none', () => {
  const apiUrl = 'https://graph.facebook.com'
  expect(createConnector(entry('instagram', { userId: '1', apiUrl })).renewal).toBeUndefined()
})

describe('a check tells when the token ends', () => {
  const check = (connector: Connector) => connector.checkCredentials(reader)

  it('on Threads', async () => {
    const connector = createConnector(entry('threads', { userId: '9921' }))
    expect(await check(connector)).toMatchObject({ kind: 'ok', expiresAt: clock.now() + 60 * DAY })
  })

  it('on Facebook and LinkedIn, where their app may ask', async () => {
    const app = { appId: '4242', appSecret: 'app-secret' }
    const page = createConnector(entry('facebook', { pageId: '1029', ...app }))
    expect(await check(page)).toMatchObject({ kind: 'ok', expiresAt: clock.now() + 60 * DAY })
    const more = { author: 'urn:li:organization:77', clientId: 'c', clientSecret: 's' }
    const company = createConnector(entry('linkedin', more))
    expect(await check(company)).toMatchObject({ kind: 'ok', expiresAt: clock.now() + 60 * DAY })
  })
})

describe('an answer to a renewal', () => {
  const answer = (status: number, body: unknown) =>
    readRenewed('X', { kind: 'answer', status, headers: {}, text: JSON.stringify(body) }, NOON)

  it.each([
    ['a 503', answer(503, { error: 'temporarily_unavailable' })],
    ['a 400 of no known shape', answer(400, { detail: 'Bad Request' })],
    ["a throttle in Meta's words", answer(400, { error: { code: 4, message: 'Too many calls' } })],
    ['a 200 without a token', answer(200, {})],
    ['no answer', readRenewed('X', { kind: 'noAnswer', why: 'it was late' }, NOON)],
  ])('that is %s may be different next time', (_what, renewed) => {
    expect(renewed.kind).toBe('unknown')
  })
})
