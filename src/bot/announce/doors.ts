import type { Log } from '../../log.js'
import type { Clock } from '../../store/clock.js'
import type { Chat } from '../chat.js'

/** Channels that refuse us, so that a hundred posts do not knock at the same closed door. */
export interface Doors {
  /** @returns until when nothing is tried there; undefined when the door is open */
  closedUntil(chat: string, channelId: string): number | undefined
  /** @returns when it is tried again */
  close(at: { chat: Chat; channelId: string; scope: 'channel' | 'chat'; why: string }): number
  open(chat: string, channelId: string): void
}

const DOUBLINGS = 3

/** @param closedMs the first wait; doubled with every refusal, at most eight times as long */
export function createDoors(now: Clock, log: Log, closedMs: number): Doors {
  const closed = new Map<string, { until: number; times: number; why: string }>()
  const everywhere = (chat: string) => `${chat}:`
  return {
    closedUntil(chat, channelId) {
      const untils = [`${chat}:${channelId}`, everywhere(chat)].flatMap((door) => {
        const until = closed.get(door)?.until ?? 0
        return until > now() ? [until] : []
      })
      return untils.length > 0 ? Math.max(...untils) : undefined
    },
    close({ chat, channelId, scope, why }) {
      const door = scope === 'channel' ? `${chat.name}:${channelId}` : everywhere(chat.name)
      const before = closed.get(door)
      const times = (before?.times ?? 0) + 1
      const until = now() + closedMs * 2 ** Math.min(DOUBLINGS, times - 1)
      closed.set(door, { until, times, why })
      const about = { chat: chat.name, channelId, why, until: new Date(until).toISOString() }
      if (before?.why === why) {
        log.debug(about, 'the chat still refuses us')
      } else {
        log.error(about, `${chat.name} refuses to show posts in ${channelId}: ${advice(why)}`)
      }
      return until
    },
    open(chat, channelId) {
      const doors = [`${chat}:${channelId}`, everywhere(chat)]
      if (doors.filter((door) => closed.delete(door)).length > 0) {
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
