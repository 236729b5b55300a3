import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Environment } from '../../src/config.js'
import { examine } from '../../src/doctor/examine.js'
import type { Finding } from '../../src/doctor/finding.js'
import { createDiscordServer } from '../../src/sandbox/discord/server.js'
import { createSandbox } from '../../src/sandbox/platforms/index.js'
import { createSlackWorkspace } from '../../src/sandbox/slack/index.js'
import { scopes } from '../bot/slack/manifest.js'

const folder = mkdtempSync(join(tmpdir(), 'pressroom-doctor-'))
const slack = createSlackWorkspace({
  scopes: [...scopes],
  channels: [
    { id: 'C0SOCIAL', name: 'social' },
    { id: 'C0OUTSIDE', name: 'outside', botIsMember: false },
  ],
})
const poorSlack = createSlackWorkspace({
  scopes: scopes.filter((scope) => scope !== 'files:write'),
  channels: [{ id: 'C0SOCIAL', name: 'social' }],
})
const CHANNEL = '900000000000000010'
const discord = createDiscordServer({
  guilds: [
    {
      id: '900000000000000001',
      name: 'Acme',
      channels: [{ id: CHANNEL, name: 'social' }],
      members: [],
    },
  ],
})
const sandbox = createSandbox()
const stranger = createServer((_request, response) => void response.end('hello'))
const ends: (() => unknown)[] = []

let good: Environment
/** Ports where nobody answers and where somebody else does. */
let deadPort: number
let strangersPort: number
let poorSlackUrl: string
let mastodonUrl: string

beforeAll(async () => {
  const [onSlack, onPoorSlack, onDiscord, onSandbox] = await Promise.all([
    slack.listen(),
    poorSlack.listen(),
    discord.listen(),
    sandbox.listen(),
  ])
  await new Promise<void>((resolve) => stranger.listen(0, resolve))
  const dead = createServer()
  await new Promise<void>((resolve) => dead.listen(0, '127.0.0.1', resolve))
  deadPort = (dead.address() as AddressInfo).port
  await new Promise((resolve) => dead.close(resolve))
  strangersPort = (stranger.address() as AddressInfo).port
  poorSlackUrl = onPoorSlack.apiUrl
  mastodonUrl = sandbox.apiUrl(onSandbox.url, 'mastodon')
  ends.push(onSlack.close, onPoorSlack.close, onDiscord.close, onSandbox.close)
  good = {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: onSlack.apiUrl,
    DISCORD_TOKEN: discord.token,
    DISCORD_APPLICATION_ID: discord.applicationId,
    DISCORD_API_URL: onDiscord.apiUrl,
    PRESSROOM_DATA_DIR: join(folder, 'data'),
    PRESSROOM_ACCOUNTS: accountsFile('good', mastodonUrl),
    MASTO_TOKEN: 'sandbox-mastodon-token',
    PORT: '0',
  }
})

afterAll(async () => {
  await Promise.all(ends.map((end) => end()))
  await Promise.all([slack.close(), poorSlack.close()])
  await new Promise((resolve) => stranger.close(resolve))
})

function accountsFile(name: string, apiUrl: string, channel = 'C0SOCIAL'): string {
  const path = join(folder, `${name}.json`)
  const account = { name: 'masto', platform: 'mastodon', accessToken: `\${MASTO_TOKEN}`, apiUrl }
  const channels = [
    { chat: 'slack', channel, targets: ['masto'] },
    { chat: 'discord', channel: CHANNEL, targets: ['masto'] },
  ]
  writeFileSync(path, JSON.stringify({ accounts: [account], channels }))
  return path
}

const faultsIn = (found: readonly Finding[]) => found.filter(({ kind }) => kind === 'fault')

/** Each is the good set-up with one thing broken, and the one fault that is to be named. */
const BROKEN: readonly {
  readonly what: string
  readonly change: () => Environment
  readonly about: string
  readonly says: RegExp
}[] = [
  {
    what: 'a Slack group that is half set',
    change: () => ({ SLACK_APP_TOKEN: undefined }),
    about: 'configuration',
    says: /^SLACK_APP_TOKEN is missing.*connections:write/,
  },
  {
    what: 'a database that refuses',
    change: () => ({
      DATABASE_URL: `postgres://press:secret@127.0.0.1:${deadPort}/press`,
      PRESSROOM_SECRET_KEY: 'ab'.repeat(32),
    }),
    about: 'database',
    says: /^DATABASE_URL: cannot use the database press on 127.0.0.1:\d+: the connection was refused/,
  },
  {
    what: 'a Redis that is not there',
    change: () => ({ REDIS_URL: `redis://:secret@127.0.0.1:${deadPort}` }),
    about: 'queue',
    says: /^REDIS_URL: cannot reach Redis on 127.0.0.1:\d+ .*ECONNREFUSED.*Start it/,
  },
  {
    what: 'an accounts file whose variable is not set',
    change: () => ({ MASTO_TOKEN: undefined }),
    about: 'accounts file',
    says: /good\.json: account "masto": accessToken takes its value from \$\{MASTO_TOKEN\}, which is not set/,
  },
  {
    what: 'an accounts file that is not there',
    change: () => ({ PRESSROOM_ACCOUNTS: join(folder, 'gone.yaml') }),
    about: 'configuration',
    says: /^PRESSROOM_ACCOUNTS names .*gone\.yaml, and there is no such file/,
  },
  {
    what: 'a Slack bot token that is refused',
    change: () => ({ SLACK_BOT_TOKEN: 'xoxb-of-yesterday' }),
    about: 'Slack',
    says: /^SLACK_BOT_TOKEN is refused \(invalid_auth\)/,
  },
  {
    what: 'a Slack app token that is refused',
    change: () => ({ SLACK_APP_TOKEN: 'xapp-of-yesterday' }),
    about: 'Slack',
    says: /^SLACK_APP_TOKEN is refused \(invalid_auth\)/,
  },
  {
    what: 'a Slack app without a scope',
    change: () => ({
      SLACK_API_URL: poorSlackUrl,
      SLACK_BOT_TOKEN: poorSlack.botToken,
      SLACK_APP_TOKEN: poorSlack.appToken,
    }),
    about: 'Slack',
    says: /^the bot lacks the scope files:write/,
  },
  {
    what: 'a channel the bot was not invited to',
    change: () => ({
      PRESSROOM_ACCOUNTS: accountsFile('outside', mastodonUrl, 'C0OUTSIDE'),
    }),
    about: 'Slack',
    says: /^the bot is not in the channel C0OUTSIDE/,
  },
  {
    what: 'a Discord token that is refused',
    change: () => ({ DISCORD_TOKEN: 'token-of-yesterday' }),
    about: 'Discord',
    says: /^DISCORD_TOKEN is refused/,
  },
  {
    what: 'a Discord application that is another',
    change: () => ({ DISCORD_APPLICATION_ID: '123' }),
    about: 'Discord',
    says: /^DISCORD_APPLICATION_ID is 123, and DISCORD_TOKEN belongs to the application \d+/,
  },
  {
    what: 'an account whose credential is refused',
    change: () => ({ MASTO_TOKEN: 'of-yesterday' }),
    about: 'account masto',
    says: /^the credential is refused/,
  },
  {
    what: 'an account whose platform cannot be reached',
    change: () => ({
      PRESSROOM_ACCOUNTS: accountsFile('unreached', `http://127.0.0.1:${deadPort}`),
    }),
    about: 'account masto',
    says: /^the credential cannot be checked/,
  },
  {
    what: 'a data folder that is a file',
    change: () => ({ PRESSROOM_DATA_DIR: good.PRESSROOM_ACCOUNTS }),
    about: 'configuration',
    says: /^PRESSROOM_DATA_DIR: .*good\.json is not a folder/,
  },
  {
    what: 'a port that another program has',
    change: () => ({ PORT: String(strangersPort) }),
    about: 'port',
    says: /^PORT: port \d+ is in use by another program/,
  },
]

describe('the doctor', () => {
  it('finds no fault in a good set-up', async () => {
    const found = await examine(good, Date.now)
    expect(faultsIn(found)).toEqual([])
    expect(found.map(({ about, kind }) => `${about}: ${kind}`)).toEqual([
      'configuration: ok',
      'accounts file: ok',
      'database: ok',
      'queue: ok',
      'Slack: ok', // bot token
      'Slack: ok', // app token
      'Slack: ok', // scopes
      'Discord: ok',
      'port: ok',
      'account masto: ok',
      'clock: ok',
    ])
  })

  it.each(BROKEN)('names $what', async ({ change, about, says }) => {
    const found = await examine({ ...good, ...change() }, Date.now)
    const faults = faultsIn(found)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatchObject({ about, text: expect.stringMatching(says) })
    expect(JSON.stringify(found)).not.toContain('secret@')
  })

  it('names a key that is none, and makes none itself', async () => {
    const PRESSROOM_DATA_DIR = join(folder, 'untouched')
    const broken = { ...good, PRESSROOM_DATA_DIR, PRESSROOM_SECRET_KEY: 'too short' }
    expect(faultsIn(await examine(broken, Date.now))).toMatchObject([
      { about: 'configuration', text: expect.stringMatching(/^PRESSROOM_SECRET_KEY is not 32/) },
    ])
    expect(existsSync(PRESSROOM_DATA_DIR)).toBe(false)
  })

  it('names a clock that is wrong', async () => {
    const found = await examine(good, () => Date.now() + 10 * 60_000)
    expect(faultsIn(found)).toMatchObject([
      { about: 'clock', text: expect.stringMatching(/10 minutes ahead of Slack and 10 minutes/) },
    ])
  })

  it('goes on after a fault, and names every one', async () => {
    const broken = { ...good, SLACK_APP_TOKEN: undefined, PORT: 'many', DISCORD_TOKEN: 'wrong' }
    const faults = faultsIn(await examine(broken, Date.now))
    expect(faults.map(({ about, text }) => `${about}: ${text.split(' ')[0]}`)).toEqual([
      'configuration: PORT',
      'configuration: SLACK_APP_TOKEN',
      'Discord: DISCORD_TOKEN',
    ])
  })
})
