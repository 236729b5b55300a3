import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '../../src/sandbox/platforms/frame/faults.js'
import { type StormAccount, takesText } from './accounts.js'
import type { StormChat } from './chat.js'
import { REDELIVERY_RATE, SLOW } from './measures.js'

/** One post as a person asked for it. */
export interface Asked {
  readonly marker: string
  readonly accounts: readonly string[]
  readonly commands: Command[]
  /** When its message stood in the channel. */
  appearedAt?: number
}

/** One time that somebody pressed Enter. */
export interface Command {
  readonly triggerId: string
  /** Whether it was acknowledged in time. */
  readonly heard: boolean
  /** When it was sent. */
  readonly at: number
  /** What Slack told the person when it was not heard. */
  readonly error?: string | undefined
  /** Milliseconds until it was acknowledged; `Infinity` when it was not. */
  readonly ackMs: number
  /** Whether the person was told in private that it did not work. */
  told: boolean
}

export interface People {
  readonly asked: readonly Asked[]
  /** Redelivered commands and second clicks so far. */
  readonly repeats: { redelivered: number; clicks: number }
  /** Resolves when every post was asked for, or `stop` was called. */
  readonly finished: Promise<void>
  stop(): void
}

interface Crowd {
  readonly posts: number
  readonly seed: number
  readonly chat: StormChat
  readonly accounts: readonly StormAccount[]
  readonly pictureUrl: string
  readonly random: () => number
  /** Posts under way at most: people do not ask faster than the channel shows. */
  readonly atOnce: number
  underWay(): number
}

/** How long a person looks at the channel before trying again. */
const APPEARS_WITHIN_MS = 12_000 * SLOW
const AGAIN_AFTER_MS = 3_000
const MOST_TRIES = 40

/**
 * People who ask for posts, each one at a time, through slash commands; who try again when Slack
 * says that the command went nowhere or nothing appears, and press Retry twice where a target
 * failed. Nobody answers a question.
 */
export function gather(crowd: Crowd): People {
  const { chat, random } = crowd
  const asked: Asked[] = []
  const repeats = { redelivered: 0, clicks: 0 }
  const told = new Map<string, string>()
  let stopped = false
  chat.onTold((person, text) => told.set(person, text))
  pressRetry(crowd, repeats)

  async function work(person: string): Promise<void> {
    while (!stopped && asked.length < crowd.posts) {
      if (crowd.underWay() >= crowd.atOnce) {
        await sleep(50)
        continue
      }
      const wish = newWish(crowd, asked.length + 1)
      asked.push(wish.asked)
      await insist(person, wish)
    }
  }

  async function insist(person: string, { asked: post, command }: Wish): Promise<void> {
    const channel = pick(chat.channels, random)
    for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
      told.delete(person)
      const at = Date.now()
      const delivery = await chat.slack.as(person).slash('/publish', command, channel)
      const heard = delivery.error === undefined
      const sent: Command = {
        triggerId: delivery.triggerId ?? '',
        heard,
        at,
        error: delivery.error,
        ackMs: delivery.ackMs,
        told: false,
      }
      post.commands.push(sent)
      if (random() < REDELIVERY_RATE) {
        repeats.redelivered += 1
        void sleep(random() * 1_500).then(() => delivery.redeliver())
      }
      if (await appears(person, post, heard ? APPEARS_WITHIN_MS : AGAIN_AFTER_MS, heard)) return
      sent.told = told.has(person)
    }
  }

  /** Whether the post's message came; a private word that it did not work ends the wait. */
  async function appears(
    person: string,
    post: Asked,
    withinMs: number,
    heard: boolean,
  ): Promise<boolean> {
    const until = Date.now() + withinMs
    while (Date.now() < until) {
      if (chat.posts.has(post.marker)) {
        post.appearedAt = Date.now()
        return true
      }
      if (heard && /Nothing was queued|could not do that/.test(told.get(person) ?? '')) {
        await sleep(500)
        return chat.posts.has(post.marker)
      }
      await sleep(50)
    }
    return false
  }

  const finished = Promise.all(chat.people.map(work)).then(() => {})
  return {
    asked,
    repeats,
    finished,
    stop() {
      stopped = true
    },
  }
}

interface Wish {
  readonly asked: Asked
  readonly command: string
}

/**
 * A post to one account each of one to three platforms, and every tenth one to all of them. The
 * number decides, so that one seed always asks for the same posts. Pictures go along now and then,
 * and always where a platform takes nothing else.
 */
export function newWish(
  { seed, accounts, pictureUrl }: Pick<Crowd, 'seed' | 'accounts' | 'pictureUrl'>,
  number: number,
): Wish {
  const random = seededRandom(seed * 1_000_003 + number)
  const marker = `storm-${seed}-${number}`
  const known = [...new Set(accounts.map(({ platform }) => platform))]
  const count = number % 10 === 0 ? known.length : 1 + Math.floor(3 * random())
  const platforms = shuffled(known, random).slice(0, count)
  const names = platforms.map(
    (platform) =>
      pick(
        accounts.filter((one) => one.platform === platform),
        random,
      ).name,
  )
  const isPictured = random() < 0.15 || platforms.some((platform) => !takesText(platform))
  const media = isPictured ? ` media:${pictureUrl} alt:"The harbour at dawn"` : ''
  return {
    asked: { marker, accounts: names, commands: [] },
    command: `${marker} The harbour is open again to:${names.join(',')}${media}`,
  }
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

const MOST_RETRIES = 5

/** Two people press "Retry failed" at the same moment, and one of them twice. */
function pressRetry({ chat, random }: Crowd, repeats: People['repeats']): void {
  const pressed = new Map<string, number>()
  chat.onTarget(({ targetId, states }, message) => {
    const times = pressed.get(targetId) ?? 0
    if (states.at(-1)?.state !== 'failed' || times >= MOST_RETRIES) return
    pressed.set(targetId, times + 1)
    const one = pick(chat.people, random)
    const other = pick(chat.people, random)
    setTimeout(
      () => {
        for (const person of [one, one, other]) {
          repeats.clicks += 1
          const clicked = chat.slack.as(person).click(message, 'retry_failed', { value: targetId })
          clicked.catch(() => {}) // the button may be gone
        }
      },
      200 + random() * 800,
    )
  })
}

export function pick<T>(list: readonly T[], random: () => number): T {
  const found = list[Math.floor(random() * list.length)]
  if (found === undefined) throw new RangeError('nothing to pick from')
  return found
}
