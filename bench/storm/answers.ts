import { setTimeout as sleep } from 'node:timers/promises'
import type { StormChat, TargetThread } from './chat.js'
import type { Copy } from './judge.js'
import { pick } from './people.js'

/** A target that a person was asked about, and what there was to see. */
export interface Question {
  readonly targetId: string
  readonly marker: string
  readonly account: string
  readonly isLive: boolean
}

/** Whoever is told that a click went nowhere presses again. */
const AGAIN_AFTER_MS = 3_000
const MOST_TRIES = 40

/** The questions that stand open in the threads. */
export function openQuestions(chat: StormChat, copies: readonly Copy[]): Question[] {
  const markers = new Map([...chat.posts.values()].map(({ postId, marker }) => [postId, marker]))
  const live = new Set(copies.map(({ marker, account }) => `${marker} ${account}`))
  return [...chat.targets.values()].filter(isOpen).map(({ targetId, postId, account }) => {
    const marker = markers.get(postId) ?? postId
    return { targetId, marker, account, isLive: live.has(`${marker} ${account}`) }
  })
}

function isOpen({ states }: TargetThread): boolean {
  return states.at(-1)?.state === 'unconfirmed'
}

/** People look at the platforms and answer what is so; what is not there they send again. */
export async function answerAll(
  { slack, people, channels }: StormChat,
  questions: readonly Question[],
  random: () => number,
): Promise<void> {
  const messages = new Map(
    channels
      .flatMap((channel) => slack.messages(channel))
      .map((message) => [message.metadata?.event_payload.targetId, message]),
  )
  for (const { targetId, isLive } of questions) {
    const message = messages.get(targetId)
    if (!message) continue
    const action = isLive ? 'confirm_live' : 'deny_live'
    // Whoever pressed "It's not there" presses "Retry failed" next; see people.ts.
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const person = slack.as(pick(people, random))
      const { error } = await person.click(message, action, { value: targetId })
      if (error === undefined) break
      await sleep(AGAIN_AFTER_MS) // Slack said that the click went nowhere
    }
  }
}
