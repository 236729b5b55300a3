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
  close(at: Place & { chat: Chat; scope: 'channel' | 'chat'; why: string }): number
  /**
   * After a call that worked. It opens no door that was closed while the call was under way, and a
   * message in the channel opens none that was closed in a thread: there other rights are asked for.
   * @param since when the call was begun
   */
  open(at: Place & { chat: Chat; since: number }): void
}

interface Place {
  readonly channelId: string
  readonly inThread: boolean
}

interface Door {
  until: number
  readonly closedAt: number
  /** Refusals in a row. */
  readonly times: number
  readonly why: string
  readonly inThread: boolean
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
    close({ chat, channelId, inThread, scope, why }) {
      const door = `${chat.name}:${scope === 'channel' ? channelId : ''}`
      const before = closed.get(door)
      const times = (before?.times ?? 0) + 1
      const until = now() + closedMs * 2 ** Math.min(DOUBLINGS, times - 1)
      closed.set(door, { until, times, why, inThread, closedAt: now() })
      const about = { chat: chat.name, channelId, why, until: new Date(until).toISOString() }
      if (before?.why === why) {
        log.debug(about, 'the chat still refuses us')
      } else {
        log.error(about, `${chat.name} refuses to show posts in ${channelId}: ${advice(why)}`)
      }
      return until
    },
    open({ chat: { name: chat }, channelId, inThread, since }) {
      const opened = doorsOf(chat, channelId).filter((key) => {
        const door = closed.get(key)
        return door && door.closedAt < since && (inThread || !door.inThread) && closed.delete(key)
      })
      if (opened.length > 0) log.info({ chat, channelId }, 'the chat takes posts again')
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
