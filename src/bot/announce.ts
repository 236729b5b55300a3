import { loadUntold } from '../store/load-untold.js'
import { type PostBell, readPostBell } from '../store/post-bell.js'
import { within } from '../wait.js'
import { type Bell, createBell } from './announce/bell.js'
import { createDoors } from './announce/doors.js'
import { createLine } from './announce/line.js'
import { ANNOUNCE_SETTINGS, type AnnounceSettings } from './announce/settings.js'
import { type TellContext, tell } from './announce/tell.js'
import { createTurns } from './announce/turns.js'
import type { Chat } from './chat.js'
import type { BotDeps } from './deps.js'

export interface Announcer {
  /** Catches up with what was missed, then follows every change. */
  start(): Promise<void>
  /**
   * Lets the call under way end, gives every post back, and is quiet then.
   * @param finishMs how long it may go on before, to show what has happened by now
   */
  stop(finishMs?: number): Promise<void>
}

/**
 * Keeps the chats up to date with the posts. Any number of announcers may share one database: each
 * post is told by one of them at a time, and what one leaves behind another picks up.
 */
export function createAnnouncer(
  deps: BotDeps,
  chats: readonly Chat[],
  settings: Partial<AnnounceSettings> = {},
): Announcer {
  const all: AnnounceSettings = { ...ANNOUNCE_SETTINGS, ...settings }
  const log = deps.log.child({ part: 'announce' })
  const telling = new Map<string, { bell: Bell; ended: Promise<void> }>()
  const waiting = new Set<string>()
  const timers = new Set<NodeJS.Timeout>()
  let stopping = false
  let sweeping: Promise<void> | undefined
  let unlisten: (() => Promise<void>) | undefined

  const context: TellContext = {
    deps: { ...deps, log },
    chats: new Map(
      chats.map((chat) => [chat.name, { chat, turns: createTurns(chat.pace, deps.now) }]),
    ),
    settings: all,
    doors: createDoors(deps.now, log, all.closedMs),
    deliverContext: {
      orm: deps.database.orm,
      now: deps.now,
      log,
      settings: all,
      doubtSince: new Map(),
    },
    failures: new Map(),
    unshownFiles: new Map(),
    loading: createLine(all.loads),
    stopping: () => stopping,
  }

  function ring({ postId, isUrgent }: PostBell): void {
    if (stopping) return
    const current = telling.get(postId)
    if (current) {
      current.bell.ring(isUrgent)
    } else if (telling.size >= all.concurrency && !isUrgent) {
      waiting.add(postId)
    } else {
      waiting.delete(postId)
      const bell = createBell(isUrgent)
      telling.set(postId, { bell, ended: run(postId, bell) })
    }
  }

  async function run(postId: string, bell: Bell): Promise<void> {
    let tellAt: number | undefined
    try {
      tellAt = await tell(postId, bell, context)
    } catch (error) {
      log.error({ err: error, postId }, 'a post could not be claimed for telling')
    }
    telling.delete(postId)
    if (stopping) return
    const isUrgent = bell.isUrgent()
    if (bell.rang()) ring({ postId, isUrgent }) // after the last look at the post
    if (tellAt !== undefined) later(postId, tellAt - deps.now())
    const [next] = waiting
    if (next !== undefined) ring({ postId: next, isUrgent: false })
  }

  function later(postId: string, ms: number): void {
    if (ms > all.sweepEveryMs) return // a sweep finds it
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        ring({ postId, isUrgent: false })
      },
      Math.max(0, ms),
    )
    timers.add(timer)
  }

  async function sweep(): Promise<void> {
    try {
      const names = [...context.chats.keys()]
      const untold = await loadUntold(deps.database.orm, names, deps.now(), all.concurrency * 2)
      for (const bell of untold) if (!telling.has(bell.postId)) ring(bell)
    } catch (error) {
      log.warn({ err: error }, 'posts to be told could not be looked for')
    }
  }

  function sweepAgain(): void {
    if (stopping) return
    sweeping = sweep().then(() => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        sweepAgain()
      }, all.sweepEveryMs)
      timers.add(timer)
    })
  }

  /** Until everything is shown, for so long at most. */
  async function finish(ms: number): Promise<void> {
    const all = async () => {
      await sweep()
      while (telling.size > 0) await Promise.race([...telling.values()].map(({ ended }) => ended))
    }
    await within(ms, all())
  }

  return {
    async start() {
      if (chats.length === 0) return
      unlisten = await deps.database.listen('pressroom_changed', (payload) =>
        ring(readPostBell(payload)),
      )
      sweepAgain()
    },
    async stop(finishMs = 0) {
      if (finishMs > 0 && chats.length > 0) await finish(finishMs)
      stopping = true
      await unlisten?.()
      await sweeping
      for (const timer of timers) clearTimeout(timer)
      for (const { bell } of telling.values()) bell.ring()
      await Promise.all([...telling.values()].map(({ ended }) => ended))
    },
  }
}
