import type { FindResult, PostResult } from '../../../src/bot/chat.js'
import type { BotDeps } from '../../../src/bot/deps.js'
import type { ScorecardCard } from '../../../src/bot/scorecard/card.js'
import type { ScorecardChat, ScorecardMessage } from '../../../src/bot/scorecard/deliver.js'
import { createLog, createRedactor } from '../../../src/log.js'
import type { Database } from '../../../src/store/database.js'
import { policy } from '../../support/targets.js'

export interface Standing {
  readonly id: string
  readonly message: ScorecardMessage
}

type Fault =
  /** Posted, and nobody hears of it. */
  | 'answer lost'
  /** Nobody knows, and it was not posted. */
  | 'request lost'
  | 'limited'
  | 'refused'
  /** The call does not end before `Room.thaw`. */
  | 'frozen'

/** A chat in memory, with faults for the next calls of `post`, in order. */
export interface Room extends ScorecardChat {
  readonly standing: Standing[]
  readonly faults: (Fault | undefined)[]
  readonly removed: string[]
  cards(): ScorecardCard[]
  /** Calls that do not end. */
  frozen(): number
  thaw(): void
}

export function createRoom(): Room {
  const standing: Standing[] = []
  const faults: (Fault | undefined)[] = []
  const removed: string[] = []
  const frozen: (() => void)[] = []
  let count = 0
  const stand = (message: ScorecardMessage): PostResult => {
    count += 1
    standing.push({ id: `m${count}`, message })
    return { kind: 'posted', messageId: `m${count}` }
  }
  return {
    name: 'slack',
    standing,
    faults,
    removed,
    cards: () => standing.flatMap(({ message }) => ('card' in message ? [message.card] : [])),
    frozen: () => frozen.length,
    thaw: () => {
      for (const go of frozen.splice(0)) go()
    },
    async post(message) {
      switch (faults.shift()) {
        case 'answer lost':
          stand(message)
          return { kind: 'unknown', why: 'the answer was lost' }
        case 'request lost':
          return { kind: 'unknown', why: 'the request was lost' }
        case 'limited':
          return { kind: 'limited', retryAfterMs: 30_000 }
        case 'refused':
          return { kind: 'refused', why: 'not_in_channel', scope: 'channel', final: true }
        case 'frozen':
          await new Promise<void>((resolve) => frozen.push(resolve))
          return stand(message)
        default:
          return stand(message)
      }
    },
    async find({ key, part }): Promise<FindResult> {
      const found = standing.filter(({ message }) => message.key === key && message.part === part)
      const [first, ...others] = found.map(({ id }) => id)
      if (first === undefined) return { kind: 'absent' }
      return { kind: 'found', messageId: first, others }
    },
    async remove({ messageId }) {
      removed.push(messageId)
      const index = standing.findIndex(({ id }) => id === messageId)
      if (index >= 0) standing.splice(index, 1)
    },
  }
}

/** What scorecards need of a bot. */
export function botDeps(database: Database, now: () => number): BotDeps {
  return {
    database,
    now,
    random: Math.random,
    log: createLog({ level: 'silent', redactor: createRedactor() }),
    policy,
    timeZone: 'Europe/Vienna',
    platforms: {
      images: () => undefined,
      linkCard: () => undefined,
      check: () => [],
      retrySafety: () => 'safe',
      canRemove: () => true,
      capabilities: () => ({ canLookUp: true, canVerify: true }),
    },
    channelTargets: () => undefined,
    media: { allowPrivate: false, servesMedia: false },
  }
}
