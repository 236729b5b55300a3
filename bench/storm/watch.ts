import { setTimeout as sleep } from 'node:timers/promises'
import type { StormChat } from './chat.js'
import type { Said } from './judge.js'
import { SLOW } from './measures.js'

/** When no thread has said anything for so long, whatever is on its way is stuck. */
const STUCK_AFTER_MS = 45_000 * SLOW
const SETTLES_WITHIN_MS = 15 * 60_000
/** The chat has said everything when it was silent for so long. */
const SILENCE_MS = 4_000 * SLOW

/** Posts of which something is still on its way, as the channel shows it. */
export function underWay({ posts }: StormChat): number {
  let moving = 0
  for (const { counts } of posts.values())
    if (counts.processing + counts.needsRetry > 0) moving += 1
  return moving
}

/** Waits until nothing is on its way any more, or nothing moves. */
export async function settled(chat: StormChat, withinMs = SETTLES_WITHIN_MS): Promise<void> {
  const until = Date.now() + withinMs
  while (underWay(chat) > 0 && Date.now() < until) {
    if (Date.now() - chat.changes().at > STUCK_AFTER_MS) return
    await sleep(100)
  }
}

/** Waits until everything is said: nothing is on its way, and the chat has been silent for a while. */
export async function silence(chat: StormChat, withinMs = SETTLES_WITHIN_MS): Promise<void> {
  const from = Date.now()
  const silentFor = () => Date.now() - Math.max(from, chat.changes().at)
  while (silentFor() < (underWay(chat) > 0 ? STUCK_AFTER_MS : SILENCE_MS)) {
    if (Date.now() > from + withinMs) return
    await sleep(100)
  }
}

/** Everything the threads say now. */
export function whatWasSaid({ posts, targets, slack, channels }: StormChat): Said {
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
