/**
 * What people in the channel feel: how long Slack waits for the acknowledgement of `/publish` while
 * nothing else happens and while many ask at once, how many chat calls a post costs, and when its
 * thread says that everything is live: `npm run bench`, or `tsx bench/chat.ts --posts 20`. The product
 * runs as anybody starts it, on the embedded store, before a stand-in of Slack with Slack's own rate
 * limits and platforms that answer at once.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createSandbox } from '../src/sandbox/platforms/index.js'
import { createSlackWorkspace } from '../src/sandbox/slack/index.js'
import { build, startProduct, stop } from './product.js'
import { accountEntry, createAccounts, sandboxAccounts } from './storm/accounts.js'

const CHANNELS = 8
const PLATFORMS = ['mastodon', 'facebook', 'x']
const WITHIN_MS = 300_000

const { values } = parseArgs({ options: { posts: { type: 'string', default: '40' } } })
const posts = Number(values.posts)

interface Asked {
  readonly ackMs: number
  readonly liveMs: number
}

async function main(): Promise<void> {
  build()
  const folder = mkdtempSync(join(tmpdir(), 'pressroom-bench-'))
  const accounts = createAccounts(1).filter(({ platform }) => PLATFORMS.includes(platform))
  const sandbox = createSandbox({ accounts: sandboxAccounts(accounts) ?? {}, quotas: false })
  const platforms = await sandbox.listen()
  const channels = Array.from({ length: CHANNELS }, (_, n) => `C0BENCH${n}`)
  const slack = createSlackWorkspace({
    users: [{ id: 'U0BENCH', name: 'maya', tz: 'Etc/UTC' }],
    channels: channels.map((id, n) => ({ id, name: `bench-${n}` })),
  })
  const { apiUrl, close } = await slack.listen()
  const file = join(folder, 'accounts.json')
  const entries = accounts.map((account) => accountEntry(account, platforms.url))
  writeFileSync(file, JSON.stringify({ accounts: entries }))
  let calls = 0
  slack.on('call', ({ method }) => {
    if (/^(chat|conversations|reactions|files|views)\./.test(method)) calls += 1
  })
  const liveAt = new Map<string, number>()
  const follow = ({ text, metadata }: { text: string; metadata?: unknown }): void => {
    const { event_type, event_payload } = (metadata ?? {}) as {
      event_type?: string
      event_payload?: { counts?: { live: number } }
    }
    if (event_type !== 'pressroom_post' || event_payload?.counts?.live !== accounts.length) return
    const marker = /post-\d+/.exec(text)?.[0] ?? ''
    if (!liveAt.has(marker)) liveAt.set(marker, performance.now())
  }
  slack.on('message', follow)
  slack.on('update', follow)

  let number = 0
  const ask = async (): Promise<Asked> => {
    number += 1
    const marker = `post-${number}`
    const channel = channels[number % CHANNELS] ?? ''
    const command = `${marker} The harbour is open again to:${accounts.map(({ name }) => name).join(',')}`
    const began = performance.now()
    const { error, ackMs } = await slack.as('U0BENCH').slash('/publish', command, channel)
    if (error !== undefined) throw new Error(`${marker} was not acknowledged: ${error}`)
    while (!liveAt.has(marker)) {
      if (performance.now() - began > WITHIN_MS) throw new Error(`${marker} did not become live`)
      await sleep(20)
    }
    return { ackMs, liveMs: (liveAt.get(marker) ?? 0) - began }
  }

  const { child } = await startProduct(folder, {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: apiUrl,
    PRESSROOM_ACCOUNTS: file,
    PRESSROOM_PUBLIC_URL: 'http://127.0.0.1:9',
    LOG_LEVEL: 'warn',
  })
  try {
    await ask() // the first one loads what the others use
    const alone: Asked[] = []
    const before = calls
    for (let n = 0; n < ALONE; n++) alone.push(await ask())
    await quiet(() => calls)
    const callsAlone = (calls - before) / ALONE
    const beforeAll = calls
    const crowd = await Promise.all(Array.from({ length: posts }, ask))
    await quiet(() => calls)
    const callsInCrowd = (calls - beforeAll) / posts
    console.log(`chat: posts to ${accounts.length} accounts each, ${CHANNELS} channels\n`)
    console.log(line('', 'one by one', `${posts} at once`, 'ratio'))
    const row = (what: string, of: (asked: readonly Asked[]) => number, unit: string) =>
      print(what, of(alone), of(crowd), unit)
    row('acknowledged, median', (list) => share(list, 0.5, 'ackMs'), 'ms')
    row('acknowledged, worst', (list) => share(list, 1, 'ackMs'), 'ms')
    row('thread says all live, median', (list) => share(list, 0.5, 'liveMs'), 'ms')
    print('chat calls a post', callsAlone, callsInCrowd, '')
  } finally {
    await stop(child)
    await slack.close()
    await close()
    await platforms.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

const ALONE = 10
const QUIET_MS = 3_000

/** Waits until no more calls come: the last edits of a thread follow its end. */
async function quiet(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count()
    await sleep(QUIET_MS)
  }
}

function share(list: readonly Asked[], part: number, of: keyof Asked): number {
  const sorted = list.map((asked) => asked[of]).sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0
}

function print(what: string, alone: number, crowd: number, unit: string): void {
  const shown = (value: number) => (unit === '' ? value.toFixed(1) : `${Math.round(value)} ${unit}`)
  console.log(line(what, shown(alone), shown(crowd), (crowd / alone).toFixed(1)))
}

function line(what: string, ...cells: string[]): string {
  return `${what.padEnd(32)}${cells.map((cell) => cell.padStart(14)).join('')}`
}

await main()
