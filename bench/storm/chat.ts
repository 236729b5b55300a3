import {
  createSlackWorkspace,
  type Message,
  type SlackWorkspace,
} from '../../src/sandbox/slack/index.js'
import { CHAT_FAULT_RATE } from './measures.js'

/** What one target's message in the thread has said, and when. */
export interface TargetThread {
  readonly targetId: string
  readonly postId: string
  readonly account: string
  readonly states: { readonly state: string; readonly at: number }[]
}

export interface PostThread {
  readonly postId: string
  readonly marker: string
  readonly channel: string
  readonly ts: string
  counts: Counts
}

export type Counts = Record<'live' | 'failed' | 'processing' | 'needsRetry' | 'needsPerson', number>

/** The chat of the storm: people, channels, and calls that go wrong. */
export interface StormChat {
  readonly slack: SlackWorkspace
  readonly apiUrl: string
  readonly people: readonly string[]
  readonly channels: readonly string[]
  /** By marker. */
  readonly posts: ReadonlyMap<string, PostThread>
  readonly targets: ReadonlyMap<string, TargetThread>
  /** When anything in the chat changed last, and how often it did. */
  changes(): { at: number; count: number }
  /** Runs for each change of a target's message. */
  onTarget(hear: (target: TargetThread, message: Message) => void): void
  /** Runs for whatever one person was told alone. */
  onTold(hear: (person: string, text: string, ts: string) => void): void
  calm(): void
  close(): Promise<void>
}

/** Every post carries one, so that it can be told from all others wherever it shows up. */
export const MARKER = /storm-\d+-\d+/

/** @param random decides which chat calls go wrong */
export async function openChat(
  size: { people: number; channels: number },
  random: () => number,
): Promise<StormChat> {
  const people = Array.from({ length: size.people }, (_, n) => `U0STORM${n}`)
  const channels = Array.from({ length: size.channels }, (_, n) => `C0STORM${n}`)
  const slack = createSlackWorkspace({
    users: people.map((id, n) => ({ id, name: `person${n}`, tz: 'Etc/UTC' })),
    channels: channels.map((id, n) => ({ id, name: `storm-${n}` })),
    rateLimits: 'off',
  })
  const { apiUrl, close } = await slack.listen()
  const posts = new Map<string, PostThread>()
  const targets = new Map<string, TargetThread>()
  const hearTarget = new Set<(target: TargetThread, message: Message) => void>()
  let changedAt = Date.now()
  let changes = 0
  let stormy = true

  function follow(message: Message): void {
    changedAt = Date.now()
    changes += 1
    const { metadata } = message
    if (metadata?.event_type === 'pressroom_post') {
      const marker = MARKER.exec(message.text)?.[0] ?? ''
      const known = posts.get(marker)
      const counts = metadata.event_payload.counts as Counts
      if (known) known.counts = counts
      else {
        const postId = String(metadata.event_payload.postId)
        posts.set(marker, { postId, marker, channel: message.channel, ts: message.ts, counts })
      }
    }
    if (metadata?.event_type === 'pressroom_target') {
      const { targetId, postId, account, state } = metadata.event_payload as Record<string, string>
      if (!targetId || !postId || !account || !state) return
      const target = targets.get(targetId) ?? { targetId, postId, account, states: [] }
      targets.set(targetId, target)
      if (target.states.at(-1)?.state !== state) target.states.push({ state, at: changedAt })
      for (const hear of hearTarget) hear(target, message)
    }
  }
  slack.on('message', follow)
  slack.on('update', follow)
  slack.on('call', ({ method }) => {
    if (stormy && /^(chat|conversations)\./.test(method) && random() < CHAT_FAULT_RATE) {
      spoilNext(slack, random)
    }
  })

  return {
    slack,
    apiUrl,
    people,
    channels,
    posts,
    targets,
    changes: () => ({ at: changedAt, count: changes }),
    onTarget: (hear) => void hearTarget.add(hear),
    onTold(hear) {
      slack.on('ephemeral', ({ user, text, ts }) => {
        hear(user, text, ts)
      })
      // Direct messages are in a channel of that person's own.
      slack.on('message', ({ channel, text, ts }) => {
        if (channel.startsWith('D')) hear(`U${channel.slice(1)}`, text, ts)
      })
    },
    calm() {
      stormy = false
      slack.faults.clear()
    },
    async close() {
      await slack.close()
      await close()
    },
  }
}

const SPOILED = ['chat.postMessage', 'chat.postMessage', 'chat.update', 'conversations.replies']

/** One call to come: half of the time it takes effect and its answer is lost. */
function spoilNext({ faults }: SlackWorkspace, random: () => number): void {
  const method = SPOILED[Math.floor(random() * SPOILED.length)] ?? 'chat.postMessage'
  const draw = random()
  if (draw < 0.4) faults.loseAnswer(method)
  else if (draw < 0.6) faults.failBefore(method)
  else if (draw < 0.75) faults.httpError(method, 503, 1, { applied: true })
  else if (draw < 0.85) faults.httpError(method, 502, 1, { applied: false })
  else if (draw < 0.95) faults.slow(method, 400)
  else faults.rateLimit(method, 1, 1)
}
