import type { Log } from '../../log.js'
import type { Clock } from '../../store/clock.js'
import type { Chat } from '../chat.js'

/** Channels that refuse us, so that a hundred posts do not knock at the same closed door. */
export interface Doors {
  /**
   * Before anything is tried. When a closed door is due to be tried again, the first one may, and
   * the others wait for how it goes.
   * @returns until when to stay away; undefined to go ahead
   */
  knock(chat: string, channelId: string): number | undefined
  /** @returns until when to stay away, if somebody was refused after `since` */
  refusedSince(chat: string, channelId: string, since: number): number | undefined
  /** @returns when it is tried again */
  close(at: { chat: Chat; channelId: string; scope: 'channel' | 'chat'; why: string }): number
  open(chat: string, channelId: string): void
}

interface Door {
  until: number
  readonly closedAt: number
  /** Refusals in a row. */
  readonly times: number
  readonly why: string
}

const DOUBLINGS = 3

/** @param closedMs the first wait; doubled with every refusal, at most eight times as long */
export function createDoors(now: Clock, log: Log, closedMs: number): Doors {
  const closed = new Map<string, Door>()
  const doorsOf = (chat: string, channelId: string) => [`${chat}:${channelId}`, `${chat}:`]
  const found = (chat: string, channelId: string) =>
    doorsOf(chat, channelId).flatMap((door) => closed.get(door) ?? [])
  const latest = (doors: readonly Door[]) =>
    doors.length > 0 ? Math.max(...doors.map(({ until }) => until)) : undefined
  return {
    knock(chat, channelId) {
      const doors = found(chat, channelId)
      const until = latest(doors.filter((door) => door.until > now()))
      if (until === undefined) for (const door of doors) door.until = now() + closedMs
      return until
    },
    refusedSince: (chat, channelId, since) =>
      latest(found(chat, channelId).filter(({ closedAt }) => closedAt >= since)),
    close({ chat, channelId, scope, why }) {
      const door = `${chat.name}:${scope === 'channel' ? channelId : ''}`
      const before = closed.get(door)
      const times = (before?.times ?? 0) + 1
      const until = now() + closedMs * 2 ** Math.min(DOUBLINGS, times - 1)
      closed.set(door, { until, times, why, closedAt: now() })
      const about = { chat: chat.name, channelId, why, until: new Date(until).toISOString() }
      if (before?.why === why) {
        log.debug(about, 'the chat still refuses us')
      } else {
        log.error(about, `${chat.name} refuses to show posts in ${channelId}: ${advice(why)}`)
      }
      return until
    },
    open(chat, channelId) {
      if (doorsOf(chat, channelId).filter((door) => closed.delete(door)).length > 0) {
        log.info({ chat, channelId }, 'the chat takes posts again')
      }
    },
  }
}

function advice(why: string): string {
  switch (why) {
    case 'not_in_channel':
    case 'channel_not_found':
      return `${why}. Invite the bot to the channel; what was missed is shown then.`
    case 'is_archived':
      return `${why}. The channel is archived.`
    case 'missing_scope':
      return `${why}. The app lacks a permission; install it anew with the manifest.`
    default:
      return why
  }
}
