import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { seededRandom } from '../../src/sandbox/platforms/frame/faults.js'
import { createAccounts } from './accounts.js'
import { answerAll, openQuestions } from './answers.js'
import { openChat, type StormChat } from './chat.js'
import { type Commands, countCommands } from './commands.js'
import { decidable } from './decidable.js'
import { environment } from './environment.js'
import { judge, type Verdict } from './judge.js'
import { ACCOUNTS_PER_PLATFORM, POSTS_EACH, UP_WITHIN_MS, WAITS } from './measures.js'
import { openGround } from './open-ground.js'
import type { StormOptions } from './options.js'
import { gather, type People } from './people.js'
import { openPlatforms } from './platforms.js'
import { statedRates } from './rates.js'
import { readStore } from './read-store.js'
import { roll } from './rolling.js'
import { settled, silence, underWay, whatWasSaid } from './watch.js'
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

/** How it went for the product. */
export interface OwnResult extends Result {
  /** How long a lease was, milliseconds. */
  readonly leaseMs: number
}

/** What a run is given by whoever starts it. */
export interface Place {
  /** For data and logs. */
  readonly folder: string
  /** The compiled file of a source. */
  entry(source: string): string
  print(line: string): void
}

const CHANNELS = 24
/** Sends the product through one storm, on one engine. */
export async function runStorm(options: StormOptions, place: Place): Promise<OwnResult> {
  const { seed } = options
  const folder = join(place.folder, options.engine)
  const logs = join(folder, 'logs')
  for (const line of statedRates()) place.print(line)
  mkdirSync(logs, { recursive: true })
  const accounts = createAccounts(ACCOUNTS_PER_PLATFORM)
  const chat = await openChat(
    { people: options.people, channels: CHANNELS },
    seededRandom(seed + 1),
  )
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
    openRequest: platforms.openRequest,
    read: readStore,
  }
  const ground = await openGround(options.engine, parts)
  try {
    await Promise.all(ground.children.map((child) => child.ready(UP_WITHIN_MS)))
    const startedAt = Date.now()
    const weather = options.rolling
      ? roll(ground, options.pauseMs, place.print)
      : brew(ground, seededRandom(seed + 2), options.pauseMs, () => chat.changes().count)
    const people = gather({
      posts: options.posts,
      seed,
      chat,
      accounts,
      pictureUrl: platforms.pictureUrl,
      random: seededRandom(seed + 3),
      atOnce: POSTS_EACH * options.people,
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
    await Promise.all(ground.children.map((child) => child.ready(UP_WITHIN_MS)))
    await settled(chat)
    const seconds = (Date.now() - startedAt) / 1_000
    clearInterval(show)
    await silence(chat)
    const questions = openQuestions(chat, await platforms.copies())
    await answerAll(chat, questions, seededRandom(seed + 4))
    await silence(chat)
    const crashes = ground.children.reduce((sum, child) => sum + child.crashes(), 0)
    await ground.end()
    const store = await ground.read()
    const verdict = judge({
      asked: people.asked,
      store,
      copies: await platforms.copies(),
      said: whatWasSaid(chat),
      questions,
      deaths: ground.deaths,
      decidable: decidable(accounts, platforms.url),
    })
    return {
      verdict,
      seconds,
      leaseMs: WAITS.leaseMs,
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
