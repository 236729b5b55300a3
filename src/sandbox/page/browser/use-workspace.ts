import { useEffect, useReducer } from 'react'
import type { Message } from '../../slack/types.js'
import type { Change, Snapshot } from '../changes.js'

/** What one person sees, kept up to date; undefined until the server has answered. */
export function useWorkspace(user: string): Snapshot | undefined {
  const [snapshot, apply] = useReducer(reduce, undefined)
  useEffect(() => {
    const source = new EventSource(`page/events?${new URLSearchParams({ user })}`)
    source.onmessage = (event) => apply(JSON.parse(event.data))
    return () => source.close()
  }, [user])
  return snapshot
}

function reduce(state: Snapshot | undefined, change: Change): Snapshot | undefined {
  if (change.kind === 'snapshot') return change.snapshot
  if (!state) return state
  switch (change.kind) {
    case 'message':
      return { ...state, messages: put(state.messages, change.message, isSame(change.message)) }
    case 'ephemeral': {
      const { ephemeral } = change
      return { ...state, ephemerals: put(state.ephemerals, ephemeral, isSame(ephemeral)) }
    }
    case 'delete': {
      const isKept = (item: { channel: string; ts: string }) => !isSame(change)(item)
      const { messages, ephemerals } = state
      return { ...state, messages: messages.filter(isKept), ephemerals: ephemerals.filter(isKept) }
    }
    case 'views':
      return { ...state, views: change.views }
    case 'surroundings':
      return { ...state, surroundings: change.surroundings }
  }
}

const isSame = (a: { channel: string; ts: string }) => (b: { channel: string; ts: string }) =>
  a.channel === b.channel && a.ts === b.ts

function put<T>(items: T[], item: T, matches: (other: T) => boolean): T[] {
  const at = items.findIndex(matches)
  return at < 0 ? [...items, item] : items.with(at, item)
}

/** One line of a conversation: a message, or something only this person sees. */
export interface Line {
  channel: string
  ts: string
  author: string
  text: string
  isPrivate: boolean
  blocks?: Record<string, unknown>[]
  files?: Message['files']
  thread_ts?: string
  edited?: boolean
  replyCount?: number
  latestReply?: string
}

/** All lines of a channel in order, private ones among them. */
export function linesOf(state: Snapshot, channel: string): Line[] {
  const lines: Line[] = [
    ...state.messages.map((m) => ({
      ...m,
      author: m.user,
      isPrivate: false,
      edited: m.edited !== undefined,
      ...(m.reply_count ? { replyCount: m.reply_count } : {}),
      ...(m.latest_reply ? { latestReply: m.latest_reply } : {}),
    })),
    ...state.ephemerals.map((e) => ({ ...e, author: e.from, isPrivate: true })),
  ]
  return lines.filter((l) => l.channel === channel).sort((a, b) => (a.ts < b.ts ? -1 : 1))
}
