import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Account,
  accountSchema,
  createConnector,
} from '../../src/publisher/connectors/index.js'
import { seededRandom } from '../../src/sandbox/platforms/frame/faults.js'
import { accountEntry, createAccounts, provesAbsence, type StormAccount } from './accounts.js'
import { openChat, type StormChat } from './chat.js'
import { judge, type Said, type StoreImage, type Verdict } from './judge.js'
import { ACCOUNTS_PER_PLATFORM, POSTS_AT_ONCE, TELLING, WAITS } from './measures.js'
import { openGround } from './open-ground.js'
import type { StormOptions } from './options.js'
import { type Command, gather, type People } from './people.js'
import { openPlatforms } from './platforms.js'
import { readStore } from './read-store.js'
import { brew, type Weather } from './weather.js'

/** How a storm went. */
export interface Result {
  readonly verdict: Verdict
  readonly seconds: number
  readonly crashes: number
  readonly troubles: ReadonlyMap<string, number>
  /** Absent for a program without a chat. */
  readonly commands?: Commands
}

/** What a run is given by whoever starts it. */
export interface Place {
  /** For data and logs. */
  readonly folder: string
  /** The compiled file of a source. */
  entry(source: string): string
  print(line: string): void
}

interface Commands {
  readonly sent: number
  /** Slack could not deliver it, or nobody acknowledged it in time. */
  readonly unheard: number
  /** Acknowledged, and then neither a post nor a word: it died with its process. */
  readonly lost: number
  readonly redelivered: number
  /** Of "Retry failed". */
  readonly clicks: number
}

const PEOPLE = 40
const CHANNELS = 24
/** After the last post was asked for and the storm is over: whatever moves then is stuck. */
const SETTLES_WITHIN_MS = 90_000
/** The chat has said everything when it was silent for so long. */
const SILENCE_MS = 4_000

/** Sends the product through one storm, on one engine. */
export async function runStorm(options: StormOptions, place: Place): Promise<Result> {
  const { seed } = options
  const folder = join(place.folder, options.engine)
  const logs = join(folder, 'logs')
  mkdirSync(logs, { recursive: true })
  const accounts = createAccounts(ACCOUNTS_PER_PLATFORM)
  const chat = await openChat({ people: PEOPLE, channels: CHANNELS }, seededRandom(seed + 1))
  const platforms = await openPlatforms({
    entry: place.entry('bench/storm/sandbox-process.ts'),
    logs,
    accounts,
    seed,
  })
  const parts = {
    folder,
    logs,
    entry: place.entry('bench/storm/process.ts'),
    env: environment(folder, accounts, platforms.url, chat),
    read: readStore,
  }
  const ground = await openGround(options.engine, parts)
  try {
    await Promise.all(ground.children.map((child) => child.ready(60_000)))
    const startedAt = Date.now()
    const weather = brew(
      ground,
      seededRandom(seed + 2),
      options.pauseMs,
      () => chat.changes().count,
    )
    const people = gather({
      posts: options.posts,
      seed,
      chat,
      accounts,
      pictureUrl: platforms.pictureUrl,
      random: seededRandom(seed + 3),
      atOnce: POSTS_AT_ONCE,
      underWay: () => underWay(chat),
    })
    const show = setInterval(
      () => place.print(progress(startedAt, people, chat, weather, options)),
      5_000,
    )
    const late = setTimeout(people.stop, options.minutes * 60_000)
    await people.finished
    clearTimeout(late)
    // The storm goes on over what is still under way, and then ends.
    await settled(chat, 5_000)
    await weather.calm()
    await platforms.calm()
    chat.calm()
    const failure = weather.failure()
    if (failure) throw failure
    await Promise.all(ground.children.map((child) => child.ready(60_000)))
    await settled(chat, SETTLES_WITHIN_MS)
    const seconds = (Date.now() - startedAt) / 1_000
    clearInterval(show)
    await silence(chat)
    const crashes = ground.children.reduce((sum, child) => sum + child.crashes(), 0)
    await ground.end()
    const store = await ground.read()
    const verdict = judge({
      asked: people.asked,
      store,
      copies: await platforms.copies(),
      said: whatWasSaid(chat),
      deaths: ground.deaths,
      decidable: decidable(accounts, platforms.url),
    })
    return {
      verdict,
      seconds,
      crashes,
      troubles: weather.counts,
      commands: countCommands(people, store),
    }
  } finally {
    await ground.end()
    await ground.close()
    await platforms.close()
    await chat.close()
  }
}

/** The product's own configuration, as anybody would write it. */
function environment(
  folder: string,
  accounts: readonly StormAccount[],
  sandboxUrl: string,
  { slack, apiUrl }: StormChat,
): Record<string, string> {
  const file = join(folder, 'accounts.json')
  const entries = accounts.map((account) => accountEntry(account, sandboxUrl))
  writeFileSync(file, JSON.stringify({ accounts: entries }))
  return {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    SLACK_API_URL: apiUrl,
    PORT: '0',
    PRESSROOM_ACCOUNTS: file,
    PRESSROOM_SECRET_KEY: '5'.repeat(64),
    PRESSROOM_TIME_ZONE: 'UTC',
    // The stand-ins do not fetch what they are given; see sandbox-process.ts.
    PRESSROOM_PUBLIC_URL: 'http://127.0.0.1:9',
    PRESSROOM_ALLOW_PRIVATE_MEDIA: '1',
    PRESSROOM_REQUEST_TIMEOUT_MS: String(WAITS.requestTimeoutMs),
    PRESSROOM_SETTLE_MS: String(WAITS.settleMs),
    PRESSROOM_BACKOFF_MS: String(WAITS.backoffMs),
    PRESSROOM_LEASE_MS: String(WAITS.leaseMs),
    PRESSROOM_RECHECK_MS: String(WAITS.recheckMs),
    LOG_LEVEL: 'warn',
    STORM_TELLING: JSON.stringify(TELLING),
  }
}

function countCommands({ asked, repeats }: People, { posts }: StoreImage): Commands {
  const sources = new Set(posts.flatMap(({ sourceKey }) => sourceKey ?? []))
  const became = ({ triggerId }: Command) =>
    [...sources].some((key) => triggerId !== '' && key.includes(triggerId))
  const all = asked.flatMap(({ commands }) => commands)
  // Whatever came before the command that became the post, and was neither refused nor answered.
  const lost = asked.flatMap(({ commands }) => {
    const taken = commands.findIndex(became)
    return commands.slice(0, Math.max(0, taken)).filter(({ heard, told }) => heard && !told)
  })
  return {
    sent: all.length,
    unheard: all.filter(({ heard }) => !heard).length,
    lost: lost.length,
    redelivered: repeats.redelivered,
    clicks: repeats.clicks,
  }
}

function decidable(
  accounts: readonly StormAccount[],
  sandboxUrl: string,
): (account: string, isLive: boolean) => boolean {
  const known = new Map(
    accounts.map((account) => {
      const entry = accountSchema.parse(accountEntry(account, sandboxUrl)) as Account
      return [account.name, { account, reads: createConnector(entry).lookUp !== undefined }]
    }),
  )
  return (name, isLive) => {
    const found = known.get(name)
    return found?.reads === true && (isLive || provesAbsence(found.account.platform))
  }
}

function underWay({ posts }: StormChat): number {
  let moving = 0
  for (const { counts } of posts.values())
    if (counts.processing + counts.needsRetry > 0) moving += 1
  return moving
}

async function settled(chat: StormChat, withinMs: number): Promise<void> {
  const until = Date.now() + withinMs
  while (underWay(chat) > 0 && Date.now() < until) await sleep(100)
}

async function silence(chat: StormChat): Promise<void> {
  const until = Date.now() + 30_000
  while (Date.now() - chat.changes().at < SILENCE_MS && Date.now() < until) await sleep(100)
}

function whatWasSaid({ posts, targets, slack, channels }: StormChat): Said {
  const seen = new Set<string>()
  const doubled: string[] = []
  for (const message of channels.flatMap((channel) => slack.messages(channel))) {
    const { event_type, event_payload } = message.metadata ?? {}
    const about = event_payload?.key ?? event_payload?.targetId ?? event_payload?.postId
    if (event_type === undefined || about === undefined) continue
    const key = `${event_type} ${about}`
    if (seen.has(key)) doubled.push(key)
    seen.add(key)
  }
  return { posts, targets, doubled }
}

function progress(
  startedAt: number,
  { asked }: People,
  chat: StormChat,
  { counts }: Weather,
  { posts }: StormOptions,
): string {
  const seconds = Math.round((Date.now() - startedAt) / 1_000)
  const troubles = [...counts].map(([name, count]) => `${name} ${count}`).join(', ')
  return `${String(seconds).padStart(5)} s  asked ${asked.length}/${posts}, shown ${chat.posts.size}, under way ${underWay(chat)}  (${troubles || 'calm'})`
}
