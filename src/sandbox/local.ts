import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type AccountsFile, parseAccounts } from '../accounts-file.js'
import type { Environment, Settings } from '../config.js'
import { createLog, createRedactor } from '../log.js'
import type { Program, Running, startProgram as StartProgram } from '../program.js'
import { openMemory } from './memory.js'
import { createMirror } from './page/mirror.js'
import { createLocalPage, type FaultMode, type PagePlatforms } from './page/server.js'
import {
  createSandbox,
  type Fault,
  PLATFORM_NAMES,
  type PlatformName,
  type Sandbox,
} from './platforms/index.js'
import { createSlackWorkspace, type SlackWorkspace } from './slack/index.js'

const CHANNEL = { id: 'C0LAUNCH', name: 'launch' }
const PEOPLE = [
  { id: 'U0MAYA', name: 'maya', realName: 'Maya' },
  { id: 'U0JONAS', name: 'jonas', realName: 'Jonas' },
  { id: 'U0PRIYA', name: 'priya', realName: 'Priya' },
]

/**
 * The product without any account: a chat in the browser that speaks Slack's own protocol, and
 * stand-ins for the platforms. The bot between them is the production one.
 */
export function startLocalWorkspace(
  settings: Settings,
  environment: Environment,
  startProgram: typeof StartProgram,
): Program {
  const base = `http://127.0.0.1:${settings.port}`
  const memory = openMemory(settings.dataDir)
  const slack = createSlackWorkspace({
    team: { id: 'T0LOCAL', name: 'Local workspace' },
    users: PEOPLE,
    channels: [CHANNEL],
    publicUrl: `${base}/slack`,
    ...memory.of('slack'),
  })
  const sandbox = createSandbox({
    publicUrl: `${base}/platforms`,
    ...memory.of('platforms'),
    changed: () => memory.write('platforms', sandbox.remember()),
  })
  for (const event of ['message', 'update', 'thread', 'delete', 'ephemeral'] as const) {
    slack.on(event, () => memory.write('slack', slack.remember()))
  }
  const faults = createFaultPanel(sandbox)
  const mirror = createMirror({
    ...memory.of('discord'),
    changed: (bytes) => memory.write('discord', bytes),
  })
  const page = createLocalPage({
    slack,
    platforms: faults,
    mirror,
    assetsDir: join(dirname(fileURLToPath(import.meta.url)), 'page/browser'),
  })
  const below =
    (prefix: string, handle: typeof page.handle): typeof page.handle =>
    async (request, response, path) =>
      path.startsWith(`${prefix}/`) ? handle(request, response, path.slice(prefix.length)) : false

  const fresh = !existsSync(join(settings.dataDir, 'db'))
  const program = startProgram(
    {
      ...settings,
      slack: {
        transport: 'socket',
        botToken: slack.botToken,
        appToken: slack.appToken,
        apiUrl: `${base}/slack/api/`,
      },
      publicUrl: settings.publicUrl ?? base,
      allowPrivateMedia: true,
      // Trials are watched: what takes minutes on a real platform may take seconds here.
      settleMs: environment.PRESSROOM_SETTLE_MS ? settings.settleMs : 1_000,
      backoffMs: environment.PRESSROOM_BACKOFF_MS ? settings.backoffMs : 2_000,
      requestTimeoutMs: environment.PRESSROOM_REQUEST_TIMEOUT_MS
        ? settings.requestTimeoutMs
        : 5_000,
      leaseMs: environment.PRESSROOM_LEASE_MS ? settings.leaseMs : 20_000,
      logLevel: environment.LOG_LEVEL ? settings.logLevel : 'warn',
    },
    environment,
    'start',
    {
      host: '127.0.0.1',
      routes: [
        below('/slack', slack.handle),
        below('/platforms', sandbox.handle),
        servePicture,
        page.handle,
      ],
      upgrade: page.upgrade,
      asDiscord: mirror.show,
      ...(settings.accountsFile
        ? {}
        : { accounts: sampleAccounts(`${base}/platforms`, environment) }),
    },
  )
  const ready = program.ready.then(async (running) => {
    if (!running) return undefined
    // The log keeps to warnings here, except for what every log says once commands are taken.
    if (!environment.LOG_LEVEL) {
      createLog({ level: 'info', redactor: createRedactor() }).info({ port: running.port }, 'ready')
    }
    if (fresh && !settings.accountsFile) await postSample(slack, sandbox, base)
    process.stdout.write(welcome(base, running))
    return running
  })
  return {
    ready,
    async stop() {
      const unended = await program.stop()
      await slack.close()
      return unended
    },
  }
}

/** One account on every platform; the channel publishes to three of them when nobody says where. */
function sampleAccounts(platforms: string, environment: Environment): AccountsFile {
  const at = (platform: PlatformName) => ({
    name: platform,
    platform,
    apiUrl: `${platforms}/${platform}`,
  })
  const accounts = [
    { ...at('facebook'), pageId: '1029', accessToken: 'sandbox-facebook-token' },
    { ...at('instagram'), userId: '1784', accessToken: 'sandbox-instagram-token' },
    { ...at('threads'), userId: '9921', accessToken: 'sandbox-threads-token' },
    { ...at('bluesky'), identifier: 'acme.example', appPassword: 'sandbox-bluesky-token' },
    { ...at('mastodon'), accessToken: 'sandbox-mastodon-token' },
    { ...at('x'), accessToken: 'sandbox-x-token' },
    { ...at('linkedin'), author: 'urn:li:organization:77', accessToken: 'sandbox-linkedin-token' },
    { ...at('telegram'), chatId: '@acme', botToken: 'sandbox-telegram-token' },
    { ...at('discord'), webhookId: '1100000000000000001', webhookToken: 'sandbox-discord-token' },
    { name: 'newsletter', platform: 'manual', instructions: 'Paste it into the Friday newsletter' },
  ]
  const targets = ['facebook', 'instagram', 'newsletter']
  const channels = [{ chat: 'slack', channel: CHANNEL.id, targets }]
  return parseAccounts({ accounts, channels }, 'the sample accounts', environment)
}

/** A first look with a live, a failed and a waiting target, made by the product itself. */
async function postSample(slack: SlackWorkspace, sandbox: Sandbox, base: string): Promise<void> {
  const restricted: Fault = {
    on: 'prepare',
    when: 'before',
    kind: 'meta_code',
    code: 25,
    subcode: 2207050,
    times: 1,
  }
  sandbox.addFault('instagram', restricted)
  await slack
    .as('U0MAYA')
    .slash(
      '/publish',
      `Our new roast is out: Sunrise, with notes of apricot. media:${base}${SAMPLE_PATH} alt:"The sun rising over violet hills"`,
      CHANNEL.id,
    )
}

const SAMPLE_PATH = '/sample.jpg'

async function servePicture(_: IncomingMessage, response: ServerResponse, path: string) {
  if (path !== SAMPLE_PATH) return false
  const bytes = await readFile(new URL(`.${SAMPLE_PATH}`, import.meta.url))
  response.writeHead(200, { 'content-type': 'image/jpeg' }).end(bytes)
  return true
}

/** What each switch means, in the platform's own way of saying it. */
function faultsOf(mode: FaultMode, platform: PlatformName): readonly Fault[] {
  const meta = ['facebook', 'instagram', 'threads'].includes(platform)
  const refusal = { on: 'mutation', when: 'before', ...(meta ? BLOCKED : FORBIDDEN) } as const
  switch (mode) {
    case 'ok':
      return []
    case 'fail_once':
      return [{ ...refusal, times: 1 }]
    case 'fail_always':
      return [{ ...refusal, times: 'always' }]
    case 'accept_then_drop':
      return [{ on: 'mutation', when: 'after', kind: 'reset', times: 'always' }]
    case 'slow':
      return [{ on: 'any', when: 'after', kind: 'slow', delayMs: 3_000, times: 'always' }]
    case 'rate_limit':
      return [
        { on: 'mutation', when: 'before', kind: 'rate_limit', retryAfterS: 15, times: 'always' },
      ]
  }
}

const BLOCKED = { kind: 'meta_code', code: 368 } as const
const FORBIDDEN = { kind: 'status', status: 422 } as const

function createFaultPanel(sandbox: Sandbox): PagePlatforms {
  const names = PLATFORM_NAMES
  const modes = new Map<string, { mode: FaultMode; since: number }>()
  const faulted = (platform: PlatformName) =>
    sandbox.requests(platform).filter(({ fault }) => fault !== undefined).length
  const known = (name: string) => names.find((platform) => platform === name)
  return {
    names: () => [...names],
    fault(name) {
      const platform = known(name)
      const set = modes.get(name)
      if (!platform || !set) return 'ok'
      const spent = set.mode === 'fail_once' && faulted(platform) > set.since
      return spent ? 'ok' : set.mode
    },
    setFault(name, mode) {
      const platform = known(name)
      if (!platform) return
      modes.set(name, { mode, since: faulted(platform) })
      sandbox.clearFaults(platform)
      for (const fault of faultsOf(mode, platform)) sandbox.addFault(platform, fault)
    },
    live(name) {
      const platform = known(name)
      if (!platform) return []
      return sandbox
        .live(platform)
        .map(({ text, permalink, createdAt }) => ({
          text,
          permalink,
          createdAt: Date.parse(createdAt),
        }))
        .reverse()
    },
  }
}

function welcome(base: string, { port }: Running): string {
  return `
Pressroom is running in a local workspace; nothing here leaves this machine.

  Open   ${base.replace(/:\d+$/, `:${port}`).replace('127.0.0.1', 'localhost')}

  Try    /publish Hello, world to:facebook,bluesky
         Press "Retry failed" on the sample, and "I confirmed it's live" on the newsletter.
         Switch faults on under "Platforms", publish again, and watch the thread.

`
}
