import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Environment, readSettings } from '../src/config.js'

const dataDir = mkdtempSync(join(tmpdir(), 'config-'))
const read = (environment: Environment) =>
  readSettings({ PRESSROOM_DATA_DIR: dataDir, ...environment })
const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_APP_TOKEN: 'xapp-1' }

describe('groups', () => {
  it('reads Slack over Socket Mode and over HTTP', () => {
    expect(read(slack).slack).toMatchObject({ transport: 'socket', appToken: 'xapp-1' })
    expect(read({ SLACK_BOT_TOKEN: 'xoxb-1', SLACK_SIGNING_SECRET: 's' }).slack).toMatchObject({
      transport: 'http',
      signingSecret: 's',
    })
  })

  it('means Socket Mode where Slack has the secret of HTTP as well', () => {
    const { slack: both } = read({ ...slack, SLACK_SIGNING_SECRET: 's' })
    expect(both).toMatchObject({ transport: 'socket', appToken: 'xapp-1' })
  })

  it.each([
    [{ SLACK_BOT_TOKEN: 'xoxb-1' }, 'SLACK_APP_TOKEN is missing'],
    [{ SLACK_APP_TOKEN: 'xapp-1' }, 'SLACK_BOT_TOKEN is missing'],
    [{ SLACK_SIGNING_SECRET: 's' }, 'SLACK_BOT_TOKEN is missing'],
    [{ DISCORD_TOKEN: 't' }, 'DISCORD_APPLICATION_ID is missing'],
    [{ DISCORD_APPLICATION_ID: '1' }, 'DISCORD_TOKEN is missing'],
  ])('refuses half of one: %j', (environment, words) => {
    expect(() => read(environment)).toThrow(words)
  })

  it('takes an empty value for none', () => {
    expect(read({ SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '' }).slack).toBeNull()
  })
})

describe('values', () => {
  it('has the documented defaults', () => {
    expect(read({})).toMatchObject({
      port: 3000,
      requestTimeoutMs: 30_000,
      settleMs: 5_000,
      backoffMs: 5_000,
      maxAttempts: 6,
      recheckMs: [300_000, 3_600_000, 86_400_000],
      scorecardCron: '0 16 * * 5',
      allowPrivateMedia: false,
    })
  })

  it('keeps a lease longer than the longest request', () => {
    expect(read({ PRESSROOM_REQUEST_TIMEOUT_MS: '60000' }).leaseMs).toBeGreaterThan(60_000)
  })

  it('takes any token for the HTTP API', () => {
    expect(read({ PRESSROOM_API_TOKEN: 'short' }).apiToken).toBe('short')
  })

  it('adds the slash that the root of the Web API needs', () => {
    const settings = read({ ...slack, SLACK_API_URL: 'http://127.0.0.1:9/api' })
    expect(settings.slack?.apiUrl).toBe('http://127.0.0.1:9/api/')
  })

  it.each([
    ['DATABASE_URL', 'mysql://root:pass-word@host/db'],
    ['REDIS_URL', 'http://:pass-word@host'],
    ['PORT', 'pass-word'],
    ['PRESSROOM_SETTLE_MS', 'soon'],
    ['PRESSROOM_TIME_ZONE', 'Mars/Base'],
    ['PRESSROOM_SECRET_KEY', 'pass-word'],
    ['PRESSROOM_RECHECK_MS', '1s'],
    ['LOG_LEVEL', 'loud'],
  ])('refuses a %s that cannot be one, by name and without its value', (name, value) => {
    const attempt = () => read({ [name]: value })
    expect(attempt).toThrow(name)
    expect(attempt).not.toThrow('pass-word')
  })
})
