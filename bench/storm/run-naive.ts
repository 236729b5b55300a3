import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { seededRandom } from '../../src/sandbox/platforms/frame/faults.js'
import { type Database, rows } from '../../src/store/database.js'
import { createAccounts } from './accounts.js'
import type { Child } from './children.js'
import { judge, type StoreImage } from './judge.js'
import { ACCOUNTS_PER_PLATFORM, POSTS_EACH, UP_WITHIN_MS } from './measures.js'
import { openGround } from './open-ground.js'
import type { StormOptions } from './options.js'
import { newWish } from './people.js'
import { openPlatforms } from './platforms.js'
import type { Place, Result } from './run.js'
import { brew } from './weather.js'

const TARGETS_EACH = 2.5 * POSTS_EACH
/** When nothing has ended for so long, whatever is left never will. */
const STUCK_AFTER_MS = 20_000

/**
 * Sends the naive worker through the same storm: the same posts, faults, kills and restarts. It has
 * no chat, so what it says is what its table says.
 * @param lastedMs how long the product took: the posts are spread over the same time
 */
export async function runNaive(
  options: StormOptions,
  place: Place,
  lastedMs: number,
): Promise<Result> {
  const { seed } = options
  const folder = join(place.folder, `naive-${options.engine}`)
  const logs = join(folder, 'logs')
  mkdirSync(logs, { recursive: true })
  const accounts = createAccounts(ACCOUNTS_PER_PLATFORM)
  const sandbox = { entry: place.entry('bench/storm/sandbox-process.ts'), logs, accounts, seed }
  const platforms = await openPlatforms(sandbox)
  const { url: sandboxUrl, pictureUrl } = platforms
  const ground = await openGround(options.engine, {
    folder,
    logs,
    entry: place.entry('bench/storm/naive.ts'),
    env: { STORM_NAIVE: JSON.stringify({ accounts, sandboxUrl }) },
    openRequest: platforms.openRequest,
    read: readNaive,
  })
  try {
    await Promise.all(ground.children.map((child) => child.ready(UP_WITHIN_MS)))
    const takers = ground.children.filter(({ name }) => !name.startsWith('worker'))
    const ask = createAsker(takers)
    const wishes = Array.from(
      { length: options.posts },
      (_, index) => newWish({ seed, accounts, pictureUrl }, index + 1).asked,
    )
    const startedAt = Date.now()
    let given = 0
    let open = 0
    let movedAt = Date.now()
    const asked: typeof wishes = []
    const watch = setInterval(async () => {
      const now = await ask({})
      if (typeof now !== 'number' || now === open) return
      open = now
      movedAt = Date.now()
    }, 300)
    const show = setInterval(
      () => place.print(`naive  asked ${asked.length}/${options.posts}, ${open} targets open`),
      5_000,
    )
    const weather = brew(ground, seededRandom(seed + 2), options.pauseMs, () => given - open)
    for (const wish of wishes) {
      if (Date.now() - startedAt > options.minutes * 60_000) break
      while (open > TARGETS_EACH * options.people && Date.now() - movedAt < STUCK_AFTER_MS)
        await sleep(50)
      const dueAt = startedAt + (lastedMs * asked.length) / wishes.length
      await sleep(Math.max(0, dueAt - Date.now()))
      asked.push(wish)
      const { marker } = wish
      const jobs = wish.accounts.map((account) => ({ id: `${marker}-${account}`, marker, account }))
      while ((await ask({ jobs })) === undefined) await sleep(200)
      given += jobs.length
      open += jobs.length
      movedAt = Date.now()
    }
    await weather.calm()
    await platforms.calm()
    await Promise.all(ground.children.map((child) => child.ready(UP_WITHIN_MS)))
    while (open > 0 && Date.now() - movedAt < STUCK_AFTER_MS) await sleep(100)
    const seconds = (Math.max(movedAt, startedAt + 1) - startedAt) / 1_000
    clearInterval(watch)
    clearInterval(show)
    const crashes = ground.children.reduce((sum, child) => sum + child.crashes(), 0)
    await ground.end()
    const verdict = judge({
      asked,
      store: await ground.read(),
      copies: await platforms.copies(),
      questions: [],
      deaths: [],
      decidable: () => false,
    })
    return { verdict, seconds, crashes, troubles: weather.counts }
  } finally {
    await ground.end()
    await ground.close()
    await platforms.close()
  }
}

const ANSWERS_WITHIN_MS = 3_000

/** Asks one taker after the other; undefined when it was dead, frozen or too slow. */
function createAsker(takers: readonly Child[]): (message: object) => Promise<unknown> {
  const waiting = new Map<string, (value: unknown) => void>()
  let number = 0
  for (const taker of takers) {
    taker.onMessage((message) => {
      const { answer, value } = message as { answer?: string; value?: unknown }
      if (answer !== undefined) waiting.get(answer)?.(value ?? null)
    })
  }
  return (message) =>
    new Promise((resolve) => {
      number += 1
      const id = String(number)
      const settle = (value: unknown) => {
        clearTimeout(late)
        waiting.delete(id)
        resolve(value)
      }
      const late = setTimeout(() => settle(undefined), ANSWERS_WITHIN_MS)
      waiting.set(id, settle)
      const taker = takers[number % takers.length]
      if (!taker?.isReady() || !taker.send({ ask: id, ...message })) settle(undefined)
    })
}

async function readNaive({ orm }: Database): Promise<StoreImage> {
  const targets = await rows<{ id: string; marker: string; account: string; status: string }>(
    orm,
    sql`select id, marker, account, status from naive.targets`,
  )
  const markers = [...new Set(targets.map(({ marker }) => marker))]
  return {
    posts: markers.map((marker) => ({ id: marker, text: marker, sourceKey: null })),
    targets: targets.map(({ id, marker, account, status }) => ({
      id,
      postId: marker,
      account,
      status,
      remoteId: null,
    })),
    attempts: [],
    ends: [],
  }
}
